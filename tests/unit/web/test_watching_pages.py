"""What readers try in vain is counted as it happens, and whoever watches sees it on the Trail."""

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accompany.access.models import Entry, InVain, User
from accompany.access.terms import NOBODY, Event, Role, Vain
from tests.factors import add_app
from tests.world import PASSWORD, World, browser_of


def counted() -> dict:
    return {(one.account, one.kind): one.times for one in InVain.objects.all()}


def sign_in(browser, username="ines", password=PASSWORD):
    return browser.post(reverse("sign-in"), {"username": username, "password": password})


def test_failed_sign_ins_are_counted_of_the_account_or_of_nobody(world: World, stranger):
    for _ in range(2):
        sign_in(stranger, password="falsch")
    sign_in(stranger, username="niemand")
    sign_in(stranger)
    assert counted() == {(world.admin.user, Vain.SIGN_IN): 2, (NOBODY, Vain.SIGN_IN): 1}


def test_a_wrong_second_factor_is_counted_of_its_account(world: World, stranger):
    add_app(User.objects.get(username="ines"))
    sign_in(stranger)
    stranger.post(reverse("second-factor"), {"code": "000000"})
    assert counted() == {(world.admin.user, Vain.SECOND_FACTOR): 1}


def test_a_page_that_is_not_there_for_its_reader_is_counted(world: World):
    analyst = world.colleague(Role.ANALYST)
    browser = browser_of(analyst)
    browser.get(reverse("people"))
    browser.get(reverse("person", args=["K7Q-2M9-4"]))
    assert counted() == {(analyst.user, Vain.NOT_THERE): 2}


def test_an_address_that_is_none_of_ours_is_not_counted(as_, stranger):
    as_(Role.ADMINISTRATOR).get("/favicon.ico")
    stranger.get("/favicon.ico")
    stranger.get(reverse("person", args=["K7Q-2M9-4"]))
    assert counted() == {}


def test_a_form_from_elsewhere_is_counted(world: World):
    browser = browser_of(world.admin, Client(enforce_csrf_checks=True))
    browser.post(reverse("set-language"), {"language": "es"})
    Client(enforce_csrf_checks=True).post(reverse("sign-in"), {})
    assert counted() == {
        (world.admin.user, Vain.FORM_FROM_ELSEWHERE): 1,
        (NOBODY, Vain.FORM_FROM_ELSEWHERE): 1,
    }


def test_a_proof_that_failed_is_counted(world: World):
    browser_of(world.admin).post(reverse("prove"), {"password": "falsch"})
    assert counted() == {(world.admin.user, Vain.PROOF): 1}


@pytest.mark.parametrize("role", [None, Role.ANALYST])
def test_a_file_from_who_may_send_none_is_counted(world: World, role):
    who = world.colleague(role) if role else None
    browser = Client(enforce_csrf_checks=True)
    if who:
        browser_of(who, browser)
    browser.get(reverse("help" if who else "sign-in"))
    browser.post(reverse("receive"), {"file": SimpleUploadedFile("x.csv", b"a,b")})
    assert (who.user if who else NOBODY, Vain.UPLOAD) in counted()


def test_a_file_that_is_too_large_is_counted_once(world: World, settings):
    settings.ACCOMPANY_UPLOAD_LIMIT = 100_000
    browser = browser_of(world.admin)
    browser.post(reverse("receive"), {"file": SimpleUploadedFile("x.csv", b"a" * 1_200_000)})
    assert counted() == {(world.admin.user, Vain.UPLOAD): 1}


def test_a_damaged_seal_is_counted_though_the_page_breaks(world: World):
    browser = browser_of(world.admin, Client(raise_request_exception=False))
    colleague = User.objects.get(pk=world.colleague().user)
    sealed = bytes(colleague.sealed_name)
    colleague.sealed_name = sealed[:-1] + bytes([sealed[-1] ^ 1])
    colleague.save()
    assert browser.get(reverse("users")).status_code >= 500
    assert counted() == {(world.admin.user, Vain.SEAL): 1}


def test_what_goes_right_is_not_counted(as_, stranger):
    sign_in(stranger)
    as_(Role.ADMINISTRATOR).get(reverse("people"))
    assert counted() == {}


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_whoever_watches_sees_it_on_the_trail_with_no_value(world: World, as_, stranger, role):
    sign_in(stranger, username="mi contraseña larga")
    sign_in(stranger, password="mi contraseña larga")
    page = as_(role).get(reverse("trail")).content.decode()
    assert "Tried in vain" in page
    assert "nobody who was signed in" in page
    assert "Inés T." in page
    assert "mi contrase" not in page


# --- very many pages ------------------------------------------------------------------------------


@pytest.fixture
def reader(world: World, settings):
    """A caseworker who has read as much as one may in an hour; and a person's code."""
    settings.ACCOMPANY_READS_AN_HOUR = 3
    actor, code = world.colleague(Role.CASEWORKER), world.code(world.person())
    user_name = world.username(actor)
    browser = browser_of(actor)
    for _ in range(3):
        assert browser.get(reverse("person", args=[code])).status_code == 200
    return browser, code, actor, user_name


def test_after_very_many_pages_it_asks_who_one_is(reader):
    browser, code, actor, _username = reader
    answer = browser.get(reverse("person", args=[code]))
    assert (answer.status_code, answer.url) == (302, reverse("prove"))
    assert "You have read very many pages" in browser.get(reverse("prove")).content.decode()
    assert counted() == {(actor.user, Vain.READ_MUCH): 1}


def test_a_search_is_a_page_that_one_reads(reader):
    browser, *_rest = reader
    assert browser.post(reverse("people"), {"name": "Ana"}).url == reverse("prove")


def test_a_proof_lets_one_read_on(reader, world: World):
    browser, code, actor, _username = reader
    user = User.objects.get(pk=actor.user)
    user.set_password(PASSWORD)
    user.save()
    session = browser.session
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.save()
    address = reverse("person", args=[code])
    browser.get(address)
    assert browser.post(reverse("prove"), {"password": PASSWORD}).url == address
    assert Entry.objects.filter(event=Event.PROVED_AGAIN).count() == 1
    assert browser.get(address).status_code == 200


def test_what_was_typed_into_a_form_is_recorded_however_much_was_read(reader):
    browser, code, *_rest = reader
    answer = browser.post(reverse("record-stay", args=[code]), {})
    assert answer.status_code == 422
    assert b"<form" in answer.content


@pytest.mark.parametrize("page", ["today", "account", "lock-account", "help"])
def test_pages_of_nobody_stay_open(reader, page):
    browser, *_rest = reader
    assert browser.get(reverse(page)).status_code == 200


def test_administrators_see_who_read_so_much(reader, as_):
    browser, code, *_rest = reader
    browser.get(reverse("person", args=[code]))
    assert "asked for a proof" in as_(Role.ADMINISTRATOR).get(reverse("users")).content.decode()


def test_the_bound_is_far_above_what_anybody_reads():
    assert django_settings.ACCOMPANY_READS_AN_HOUR >= 300
