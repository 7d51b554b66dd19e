"""Erasing somebody in a browser: what goes is said first, one asks, another confirms."""

import re

import pytest
from django.urls import reverse
from django.utils.formats import date_format

from accompany.access.terms import Role
from accompany.base import clock, codes, grants
from accompany.custody.terms import Custodian
from accompany.erasure.models import Asked
from accompany.people import actions as people
from accompany.people.models import Person
from accompany.sources.actions import take_codes
from accompany.web import proof
from tests.cast import MOTHER, SON
from tests.world import PASSWORD, browser_of, later

ASK = {"ask": "1", "because": "withdrawn"}


@pytest.fixture
def ines(as_):
    return as_(Role.ADMINISTRATOR)


@pytest.fixture
def berta(world, signed_in):
    """A second person who may erase."""
    return signed_in(world.colleague(Role.ADMINISTRATOR))


def path(name, world, person):
    return reverse(name, args=[codes.shown(world.code(person))])


def text(answer):
    return answer.content.decode()


@pytest.fixture
def by_the_owner(monkeypatch):
    """As where another role owns the tables: this one may not delete."""
    monkeypatch.setattr(grants, "may_erase", lambda _connection: False)


def confirm(world, person, browser, **more):
    return browser.post(path("confirm-erasure", world, person), **more)


def erase(world, person, ines, berta):
    ines.post(path("erase", world, person), ASK)
    return confirm(world, person, berta)


def test_what_would_go_is_said_before_anything_is_asked(world, ines):
    family = world.family()
    told = text(ines.get(path("erase", world, family.son)))
    assert "it cannot be undone" in told
    assert "statements that name somebody else too" in told
    assert Asked.objects.count() == 0


def test_the_page_is_reached_from_the_person_s(world, ines):
    person = world.person()
    assert path("erase", world, person) in text(ines.get(path("person", world, person)))


def test_one_asks_and_another_confirms(world, ines, berta):
    person = world.person()
    address = path("erase", world, person)
    assert ines.post(address, ASK).url == reverse("erasures")
    assert "waits for another person" in text(ines.get(address))
    assert "Erase this person for ever" not in text(ines.get(address))
    assert codes.shown(world.code(person)) in text(berta.get(reverse("erasures")))
    told = confirm(world, person, berta, follow=True)
    assert "The person was erased." in text(told)
    assert not Person.objects.filter(pk=person).exists()


def test_who_asked_is_refused_to_confirm(world, ines):
    person = world.person()
    address = path("erase", world, person)
    ines.post(address, ASK)
    answer = confirm(world, person, ines)
    assert answer.status_code == 409
    assert "Nobody erases alone" in text(answer)
    assert Person.objects.filter(pk=person).exists()


def test_afterwards_the_code_answers_like_one_that_was_never_given(world, ines, berta):
    person = world.person()
    code, (never,) = world.code(person), take_codes(1)
    erase(world, person, ines, berta)
    for name in ("person", "family", "erase", "record-facts"):
        gone, nowhere = (ines.get(reverse(name, args=[codes.shown(one)])) for one in (code, never))
        assert (gone.status_code, page(gone)) == (404, page(nowhere))


def page(answer):
    """A page without the tokens of its forms, which are new each time, and its own address."""
    return re.sub(r'value="(\w{64}|/people/[^"]*)"', "", text(answer))


def test_who_confirms_proves_again_who_they_are_and_is_told_so_before(world, ines, berta):
    person = world.person()
    address = path("erase", world, person)
    berta.post(address, ASK)
    session = ines.session
    session[proof.PROVED_AT] = later(-1).isoformat()
    session.save()
    assert "you are asked again who you are" in text(ines.get(address))
    answer = confirm(world, person, ines, headers={"referer": f"http://testserver{address}"})
    assert answer.url == reverse("prove")
    assert Person.objects.filter(pk=person).exists()
    assert ines.post(reverse("prove"), {"password": PASSWORD}).url == address
    confirm(world, person, ines)
    assert not Person.objects.filter(pk=person).exists()


def test_it_is_dropped_and_the_person_stays(world, ines, berta):
    person = world.person()
    address = path("erase", world, person)
    ines.post(address, ASK)
    answer = berta.post(address, {"drop": "1"}, follow=True)
    assert "The person stays on record." in text(answer)
    assert "None waits." in text(ines.get(reverse("erasures")))


def test_no_reason_is_asked_again(world, ines):
    answer = ines.post(path("erase", world, world.person()), {"ask": "1"})
    assert answer.status_code == 422
    assert Asked.objects.count() == 0


def test_what_is_sent_by_no_form_of_ours_does_nothing(world, ines):
    assert ines.post(path("erase", world, world.person()), {}).status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_the_page_is_not_there_for_others(world, as_, role):
    person = world.person()
    browser = as_(role)
    assert browser.get(path("erase", world, person)).status_code == 404
    assert browser.post(path("erase", world, person), ASK).status_code == 404
    assert browser.get(reverse("erasures")).status_code == 404
    assert Asked.objects.count() == 0


def test_the_page_is_not_there_for_whom_the_record_is_lent_to(world, signed_in):
    person = world.person()
    people.lend(person=person, to=world.elsewhere, until=later(days=0.1), by=world.admin)
    browser = signed_in(world.colleague(Role.ADMINISTRATOR, world.elsewhere))
    assert browser.get(path("erase", world, person)).status_code == 404


# --- where another role owns the tables ---------------------------------------------------------


def test_what_is_confirmed_waits_for_the_owner_and_the_pages_say_so(
    world, ines, berta, by_the_owner
):
    person = world.person()
    address = path("erase", world, person)
    ines.post(address, ASK)
    assert "This server may not delete" in text(berta.get(address))
    told = text(confirm(world, person, berta, follow=True))
    assert "Nothing goes until whoever runs the installation carries it out." in told
    assert "It waits for whoever runs the installation." in told
    for browser in (ines, berta):
        told = text(browser.get(address))
        assert "accompany erase --confirmed" in told
        assert path("confirm-erasure", world, person) not in told
    assert Person.objects.filter(pk=person).exists()


def test_it_is_confirmed_once_more_when_other_records_would_go(world, ines, berta, by_the_owner):
    person, other = world.persons(2)
    address = path("erase", world, person)
    ines.post(address, ASK)
    confirm(world, person, berta)
    world.join(person, other)
    assert "is not what it was then" in text(berta.get(address))
    assert "waits to be confirmed once more" in text(berta.get(reverse("erasures")))
    confirm(world, person, berta)
    assert "accompany erase --confirmed" in text(berta.get(address))


def test_what_is_confirmed_is_still_dropped(world, ines, berta, by_the_owner):
    person = world.person()
    ines.post(path("erase", world, person), ASK)
    confirm(world, person, berta)
    ines.post(path("erase", world, person), {"drop": "1"})
    assert not Asked.objects.exists()


def test_today_says_how_many_wait_for_whom_and_since_when(world, ines, berta, by_the_owner):
    one, other = world.persons(2)
    for person in (one, other):
        ines.post(path("erase", world, person), ASK)
    confirm(world, one, berta)
    told = text(ines.get(reverse("today")))
    assert "1 erasure waits for a second person" in told
    assert "1 erasure is confirmed and waits for whoever runs the installation" in told
    assert told.count(f"since {date_format(clock.today())}") == 2
    assert "rasure" not in text(as_colleague(world).get(reverse("today")))


def as_colleague(world):
    return browser_of(world.actor(Role.CASEWORKER))


# --- what others' pages say then ----------------------------------------------------------------


def test_the_others_pages_say_a_person_erased(world, ines, berta):
    family = world.family()
    erase(world, family.son, ines, berta)
    told = text(ines.get(path("person", world, family.mother)))
    assert told.count("a person erased") == 2  # the tie, and the separation
    assert SON.given not in told
    assert ines.get(path("family", world, family.mother)).status_code == 200


def test_the_others_told_by_a_person_erased_say_so(world, ines, berta):
    mother, son = world.person(MOTHER), world.person(SON)
    world.stay(son, Custodian.ORR, "2026-01-05", told=world.told(person=mother))
    erase(world, mother, ines, berta)
    assert "Said by a person erased" in text(ines.get(path("person", world, son)))


def test_a_page_of_an_earlier_day_says_how_many_were_erased_since(world, ines, berta):
    family = world.family()
    erase(world, family.son, ines, berta)
    told = text(ines.get(path("person", world, family.mother) + "?on=2020-01-01"))
    assert "1 person has been erased since" in told
    now = text(ines.get(path("person", world, family.mother)))
    assert "erased since" not in now


def test_a_figure_of_an_earlier_day_says_so_too(world, ines, berta):
    erase(world, world.family().son, ines, berta)
    address = reverse("figure", args=["children-separated"])
    told = text(ines.get(f"{address}?on=2020-01-01&known_on=2020-01-01"))
    assert "1 person has been erased since, and is not in this answer." in told


def test_an_erased_row_says_so(world, ines, berta):
    received = world.receive()
    person = Person.objects.exclude(row=None).order_by("pk").first()
    address = reverse("row", args=[codes.shown(received.code), person.row.place])
    erase(world, person.pk, ines, berta)
    assert "This row was erased." in text(ines.get(address))
