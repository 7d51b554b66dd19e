"""Who works here, and the trail of what they did."""

from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from accompany.access import checkpoints
from accompany.access.models import Entry, User
from accompany.access.terms import Event, Role
from accompany.base import codes
from tests.world import DAUGHTER, browser_of, newest_entry

OTHERS = [Role.CASEWORKER, Role.TRACER, Role.ANALYST, Role.AUDITOR]
INVITED = {"username": "nueva", "called": "Nueva Colega", "role": "tracer"}


@pytest.mark.parametrize("role", OTHERS)
def test_only_an_administrator_sees_or_changes_who_works_here(as_, role):
    browser = as_(role)
    assert browser.get(reverse("users")).status_code == 404
    assert browser.post(reverse("invite"), INVITED).status_code == 404
    for name in ("deactivate", "reactivate", "reset"):
        assert browser.post(reverse(name), {"username": "ines"}).status_code == 404
    assert not User.objects.filter(username="nueva").exists()


def test_the_password_of_an_invitation_is_shown_once_and_works(as_):
    browser = as_(Role.ADMINISTRATOR)
    answer = browser.post(reverse("invite"), INVITED)
    password = answer.context["password"]
    assert password in answer.content.decode()
    assert password not in browser.get(reverse("users")).content.decode()
    assert password not in str(dict(browser.session))
    fresh = Client()
    fresh.post(reverse("sign-in"), {"username": "nueva", "password": password})
    assert fresh.get("/").url == reverse("choose-password")


def test_a_user_name_that_is_taken_is_refused_with_the_reason(as_):
    browser = as_(Role.ADMINISTRATOR)
    answer = browser.post(reverse("invite"), INVITED | {"username": "ines"})
    assert "There is an account with that user name." in answer.content.decode()


def test_an_account_is_deactivated_and_let_in_again(as_):
    browser = as_(Role.ADMINISTRATOR)
    browser.post(reverse("invite"), INVITED)
    browser.post(reverse("deactivate"), {"username": "nueva"})
    assert not User.objects.get(username="nueva").is_active
    browser.post(reverse("reactivate"), {"username": "nueva"})
    assert User.objects.get(username="nueva").is_active


def test_a_reset_shows_a_new_password_and_ends_the_old_one(as_):
    browser = as_(Role.ADMINISTRATOR)
    old = browser.post(reverse("invite"), INVITED).context["password"]
    new = browser.post(reverse("reset"), {"username": "nueva"}).context["password"]
    assert old != new
    fresh = Client()
    answer = fresh.post(reverse("sign-in"), {"username": "nueva", "password": old})
    assert answer.status_code == 403


def test_nobody_locks_themselves_out(as_):
    answer = as_(Role.ADMINISTRATOR).post(reverse("deactivate"), {"username": "ines"})
    assert answer.status_code == 409
    assert User.objects.get(username="ines").is_active


def test_a_user_of_another_organisation_does_not_exist(as_, world):
    elsewhere = User.objects.get(pk=world.actor(Role.TRACER, world.elsewhere).user)
    browser = as_(Role.ADMINISTRATOR)
    assert elsewhere.username not in browser.get(reverse("users")).content.decode()
    assert browser.post(reverse("reset"), {"username": elsewhere.username}).status_code == 409


def test_a_link_changes_nobody(as_):
    browser = as_(Role.ADMINISTRATOR)
    for name in ("deactivate", "reactivate", "reset"):
        assert browser.get(reverse(name)).status_code == 405


def test_a_form_from_elsewhere_changes_nobody(as_, world):
    strict = browser_of(world.admin, Client(enforce_csrf_checks=True))
    assert strict.post(reverse("invite"), INVITED).status_code == 403
    assert not User.objects.filter(username="nueva").exists()


# The trail


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.TRACER, Role.ANALYST])
def test_the_trail_is_for_those_who_watch_it(as_, role):
    assert as_(role).get(reverse("trail")).status_code == 404


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_the_trail_tells_codes_and_never_a_name(as_, world, role):
    code = codes.shown(world.code(world.person(DAUGHTER)))
    received = codes.shown(world.receive().code)
    told = as_(role).get(reverse("trail")).content.decode()
    assert code in told
    assert f"list {received}" in told
    assert "Persons were recorded" in told
    assert "Génesis" not in told
    assert "lista.csv" not in told


def test_an_auditor_finds_the_newest_checkpoint_to_note_down(as_, world):
    world.person()
    told = unescape(as_(Role.AUDITOR).get(reverse("trail")).content.decode())
    newest = checkpoints.newest(seen_by=world.admin)
    assert checkpoints.in_groups(newest.digest) in told


def test_an_older_page_of_the_trail_has_no_checkpoint(as_, world):
    answer = as_(Role.AUDITOR).get(f"{reverse('trail')}?before=2")
    assert answer.context["checkpoint"] is None


def test_reading_the_trail_leaves_an_entry(as_):
    as_(Role.AUDITOR).get(reverse("trail"))
    assert newest_entry().event == Event.TRAIL_READ


def test_the_trail_comes_in_pages_each_entry_once(as_, world, monkeypatch):
    monkeypatch.setattr("accompany.web.trail.A_PAGE", 3)
    for _ in range(7):
        world.person()
    browser, found, address = as_(Role.AUDITOR), [], reverse("trail")
    there = list(Entry.objects.order_by("-number").values_list("number", flat=True))
    while True:
        answer = browser.get(address)
        found += [line["number"] for line in answer.context["lines"]]
        if answer.context["next"] is None:
            break
        address = f"{reverse('trail')}?before={answer.context['next']}"
    assert found == there


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "1.5"])
def test_an_address_made_up_is_not_there(as_, before):
    assert as_(Role.AUDITOR).get(f"{reverse('trail')}?before={before}").status_code == 404


def test_everybody_may_read_the_help(as_):
    for role in Role:
        told = as_(role).get(reverse("help")).content.decode()
        assert "family_name" in told
        assert "Contested" in told


def test_what_another_organisation_did_is_not_in_the_trail(as_, world):
    there = world.person(by=world.actor(organisation=world.elsewhere))
    told = as_(Role.AUDITOR).get(reverse("trail")).content.decode()
    assert codes.shown(world.code(there)) not in told
