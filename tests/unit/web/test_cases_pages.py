"""Cases, lending for hours, lapsing: what pages show whom."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accompany.access.models import CaseMember, Lent, User
from accompany.access.terms import Role
from accompany.base import clock, codes
from tests.world import LIST


def shown(world, person):
    return codes.shown(world.code(person))


def text(answer):
    return answer.content.decode()


@pytest.fixture
def admin(as_):
    return as_(Role.ADMINISTRATOR)


def made_case(admin):
    """The address of a case just made."""
    return admin.post(reverse("make-case")).url


def test_a_case_is_made_and_filled(admin, world, signed_in):
    person, companion = world.person(), world.colleague(Role.COMPANION)
    address = made_case(admin)
    code, user = shown(world, person), world.username(companion)
    admin.post(address, {"do": "put", "record": code})
    admin.post(address, {"do": "join", "username": user})
    told = text(admin.get(address))
    assert code in told
    assert user in told
    assert signed_in(companion).get(reverse("person", args=[code])).status_code == 200
    assert "1" in text(admin.get(reverse("cases")))


def test_the_trail_tells_which_case_was_changed(admin):
    code = made_case(admin).rsplit("/", 1)[1]
    assert f"case {code}" in text(admin.get(reverse("trail")))


def test_persons_and_members_are_taken_out(admin, world):
    person, companion = world.person(), world.colleague(Role.COMPANION)
    address, code, user = made_case(admin), shown(world, person), world.username(companion)
    for done in ("put", "take"):
        admin.post(address, {"do": done, "record": code})
    for done in ("join", "leave"):
        admin.post(address, {"do": done, "username": user})
    told = text(admin.get(address))
    assert code not in told
    assert user not in told


def test_whom_the_administrator_does_not_see_is_counted_and_not_named(admin, world):
    person = world.person()
    address = made_case(admin)
    admin.post(address, {"do": "put", "record": shown(world, person)})
    world.keep_apart(person)
    told = text(admin.get(address))
    assert "One more, whom you do not see" in told
    assert shown(world, person) not in told


@pytest.mark.parametrize(
    "sent",
    [{"do": "put", "record": "K7Q-2M9-4"}, {"do": "join", "username": "nadie"}],
    ids=["a person", "a user"],
)
def test_whoever_is_not_there_is_refused_with_the_reason(admin, sent):
    answer = admin.post(made_case(admin), sent)
    assert answer.status_code == 409
    assert "Nothing was changed" in text(answer)


def test_a_button_made_up_is_not_there(admin):
    assert admin.post(made_case(admin), {"do": "open"}).status_code == 404


def test_a_place_that_lapsed_is_shown_and_renewed(admin, world):
    companion = world.companion(world.person())
    world.place_long_unused(companion)
    (case,) = (member.case for member in CaseMember.objects.select_related("case"))
    address = reverse("case", args=[codes.shown(case.code)])
    assert "has lapsed" in text(admin.get(address))
    admin.post(address, {"do": "join", "username": world.username(companion)})
    assert "has lapsed" not in text(admin.get(address))


def test_another_organisation_s_case_is_not_there(admin, world, signed_in):
    address = made_case(admin)
    there = signed_in(world.actor(Role.ADMINISTRATOR, world.elsewhere))
    assert there.get(address).status_code == 404
    assert address.rsplit("/", 1)[1] not in text(there.get(reverse("cases")))


# What a companion is shown


def test_a_companion_finds_the_persons_of_their_cases_alone(world, signed_in):
    mine, other = world.person(), world.person()
    browser = signed_in(world.companion(mine))
    found = text(browser.post(reverse("people"), {"text": "Pineda"}))
    assert shown(world, mine) in found
    assert shown(world, other) not in found


def test_a_companion_s_family_page_shows_those_of_the_case(world, signed_in):
    family = world.family()
    browser = signed_in(world.companion(family.daughter))
    told = text(browser.get(reverse("family", args=[shown(world, family.daughter)])))
    assert "Rosaura" not in told
    assert shown(world, family.son) not in told


def test_today_tells_a_companion_of_no_list_and_no_figure(world, signed_in):
    received = world.receive(LIST)
    browser = signed_in(world.companion(*world.persons_of(received)))
    told = text(browser.get("/"))
    assert codes.shown(received.code) not in told
    assert reverse("figures") not in told


def test_a_companion_is_shown_no_row_of_a_list(world, signed_in):
    received = world.receive(LIST)
    persons = world.persons_of(received)
    browser = signed_in(world.companion(*persons))
    told = text(browser.get(reverse("person", args=[shown(world, persons[0])])))
    assert "/lists/" not in told


def test_opening_a_record_keeps_the_place_from_lapsing(world, signed_in):
    person = world.person()
    browser = signed_in(world.companion(person))
    CaseMember.objects.update(used_on=clock.today() - timedelta(days=30))
    browser.get(reverse("person", args=[shown(world, person)]))
    assert CaseMember.objects.get().used_on == clock.today()


def test_a_page_of_anything_else_keeps_no_place_from_lapsing(world, signed_in):
    browser = signed_in(world.companion(world.person()))
    earlier = clock.today() - timedelta(days=30)
    CaseMember.objects.update(used_on=earlier)
    browser.get(reverse("people"))
    assert CaseMember.objects.get().used_on == earlier


# An account that lapsed


def test_an_account_that_lapsed_is_told_so_and_whom_to_ask(world, signed_in):
    lapsed = world.long_unused(world.colleague())
    told = text(signed_in(lapsed).get("/"))
    assert "Your account has lapsed" in told
    assert "It was not used for 6 weeks" in told


def test_an_account_that_lapsed_is_renewed_by_an_administrator(admin, world):
    lapsed = world.long_unused(world.colleague())
    assert "has lapsed" in text(admin.get(reverse("users")))
    admin.post(reverse("renew"), {"username": world.username(lapsed)})
    assert not world.today(lapsed).has_lapsed


def test_nobody_renews_themselves(world, signed_in):
    lapsed = world.long_unused(world.colleague(Role.ADMINISTRATOR))
    answer = signed_in(lapsed).post(reverse("renew"), {"username": world.username(lapsed)})
    assert answer.status_code == 409


def test_a_visit_notes_that_the_account_is_in_use(world, signed_in):
    somebody = world.colleague()
    User.objects.filter(pk=somebody.user).update(used_on=clock.today() - timedelta(days=3))
    signed_in(somebody).get(reverse("people"))
    assert User.objects.get(pk=somebody.user).used_on == clock.today()


# Lending


@pytest.fixture
def record(world):
    """Somebody on record, and the address of who sees them."""
    person = world.person()
    return person, reverse("who-sees", args=[shown(world, person)])


def lending(world, **more):
    return {"do": "lend", "to": str(world.elsewhere), "username": "", "hours": "3", **more}


def test_a_record_is_lent_for_hours_and_taken_back(admin, world, record, signed_in):
    person, address = record
    there = signed_in(world.actor(Role.CASEWORKER, world.elsewhere))
    page = reverse("person", args=[shown(world, person)])
    admin.post(address, lending(world))
    assert "Casa Vecina" in text(admin.get(address))
    assert there.get(page).status_code == 200
    admin.post(address, {"do": "take-back", "lent": str(Lent.objects.get().pk)})
    assert there.get(page).status_code == 404


@pytest.mark.parametrize("hours", ["11", "0", "-1", "x", ""])
def test_hours_are_one_to_ten(admin, world, record, hours):
    assert admin.post(record[1], lending(world, hours=hours)).status_code == 422
    assert not Lent.objects.exists()


def test_in_our_own_organisation_a_record_is_lent_to_one_account(admin, world, record):
    answer = admin.post(record[1], lending(world, to=str(world.home)))
    assert answer.status_code == 409
    assert "It is not said to whom the record is lent." in text(answer)


def test_a_record_is_put_into_a_case_from_its_page(admin, world, record):
    case = made_case(admin).rsplit("/", 1)[1]
    admin.post(record[1], {"do": "put", "case": case})
    assert case in text(admin.get(record[1]))
    assert admin.post(record[1], {"do": "put", "case": "K7Q-2M9-4"}).status_code == 409


def test_a_borrower_decides_for_nobody_who_sees_it(world, record, signed_in):
    person, address = record
    world.lend(person)
    there = signed_in(world.actor(Role.ADMINISTRATOR, world.elsewhere))
    assert there.get(reverse("person", args=[shown(world, person)])).status_code == 200
    assert there.get(address).status_code == 404


def test_only_who_manages_users_is_led_to_who_sees_a_record(as_, world, record):
    person, address = record
    page = reverse("person", args=[shown(world, person)])
    assert address in text(as_(Role.ADMINISTRATOR).get(page))
    assert address not in text(as_(Role.TRACER).get(page))
