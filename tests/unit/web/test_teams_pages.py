"""Teams on the pages, and the step on a record's page that keeps it to one."""

import pytest
from django.urls import reverse

from accompany.access import actions as access
from accompany.access.models import Team, Wall
from accompany.access.terms import Role
from accompany.base import codes
from accompany.base.ids import uuid7


def shown(world, person):
    return codes.shown(world.code(person))


def text(answer):
    return answer.content.decode()


@pytest.fixture
def admin(as_):
    return as_(Role.ADMINISTRATOR)


def made_team(admin, name="Norte"):
    """The address of a team just made."""
    return admin.post(reverse("make-team"), {"name": name}).url


def key_of(address):
    return address.rsplit("/", 1)[1]


# --- teams --------------------------------------------------------------------------------------


def test_a_team_is_made_filled_and_called_otherwise(admin, world):
    user = world.username(world.colleague())
    address = made_team(admin)
    assert "Nobody yet." in text(admin.get(address))
    admin.post(address, {"do": "join", "username": user})
    admin.post(address, {"do": "name", "name": "Sur"})
    assert user in text(admin.get(address))
    told = text(admin.get(reverse("teams")))
    assert "Sur" in told
    assert user in told
    admin.post(address, {"do": "leave", "username": user})
    assert user not in text(admin.get(address))


def test_the_teams_are_reached_from_the_users(admin):
    assert reverse("teams") in text(admin.get(reverse("users")))


def test_a_name_that_is_taken_or_empty_is_told_so(admin):
    address = made_team(admin)
    answer = admin.post(reverse("make-team"), {"name": "Norte"})
    assert answer.status_code == 409
    assert "There is a team of that name already." in text(answer)
    assert admin.post(reverse("make-team"), {"name": ""}).status_code == 422
    assert admin.post(address, {"do": "name", "name": ""}).status_code == 409
    assert Team.objects.get().name == "Norte"


def test_a_user_who_is_not_there_is_refused_with_the_reason(admin):
    answer = admin.post(made_team(admin), {"do": "join", "username": "nadie"})
    assert answer.status_code == 409
    assert "There is no such account in this organisation." in text(answer)


def test_a_button_made_up_is_not_there(admin):
    assert admin.post(made_team(admin), {"do": "open"}).status_code == 404


def test_another_organisation_s_team_is_not_there(admin, world, signed_in):
    address = made_team(admin)
    there = signed_in(world.actor(Role.ADMINISTRATOR, world.elsewhere))
    assert there.get(address).status_code == 404
    assert key_of(address) not in text(there.get(reverse("teams")))


def test_the_trail_tells_which_team_was_changed(admin):
    made_team(admin)
    assert "team Norte" in text(admin.get(reverse("trail")))


# --- a record kept to a team --------------------------------------------------------------------


@pytest.fixture
def record(world):
    """Somebody on record, and the address of who sees them."""
    person = world.person()
    return person, reverse("who-sees", args=[shown(world, person)])


def test_a_record_is_kept_to_a_team_and_opened_again(admin, world, record, as_):
    person, address = record
    page = reverse("person", args=[shown(world, person)])
    team = made_team(admin)
    admin.post(team, {"do": "join", "username": "ines"})
    tracer = as_(Role.TRACER)
    admin.post(address, {"do": "keep", "team": key_of(team)})
    assert "Only the team Norte" in text(admin.get(address))
    assert tracer.get(page).status_code == 404
    admin.post(address, {"do": "open", "team": key_of(team)})
    assert "Only the team Norte" not in text(admin.get(address))
    assert tracer.get(page).status_code == 200


def test_a_team_is_offered_once_and_without_one_it_is_said_how_to_make_it(admin, record):
    address = record[1]
    assert reverse("teams") in text(admin.get(address))
    team = made_team(admin)
    admin.post(team, {"do": "join", "username": "ines"})
    assert f'<option value="{key_of(team)}">' in text(admin.get(address))
    admin.post(address, {"do": "keep", "team": key_of(team)})
    assert f'<option value="{key_of(team)}">' not in text(admin.get(address))


def test_who_is_not_in_the_team_is_told_so_and_led_away(admin, record):
    address = record[1]
    team = made_team(admin)
    answer = admin.post(address, {"do": "keep", "team": key_of(team)}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("people")
    assert "The record is kept to the team, and you are not in it." in text(answer)
    assert admin.get(address).status_code == 404


@pytest.mark.parametrize("do", ["keep", "open"])
def test_a_team_that_is_not_ours_is_not_there(admin, world, record, do):
    theirs = access.make_team(name="Sur", by=world.actor(Role.ADMINISTRATOR, world.elsewhere))
    for key in (theirs.pk, uuid7(), "x", ""):
        assert admin.post(record[1], {"do": do, "team": str(key)}).status_code == 404
    assert not Wall.objects.exists()
