"""The second factor on the way in, one's own account, and proving again who one is."""

import json
import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accompany.access import actions, entering, queries, second_factors, sessions, throttling
from accompany.access.models import Entry, SecondFactor, Session, User
from accompany.access.terms import Event, Role
from accompany.base import clock
from accompany.web import known_devices
from tests.authenticator import Authenticator
from tests.factors import add_app, code_at, make_codes
from tests.world import PASSWORD, browser_of, newest_entry

FIREFOX = {"User-Agent": "Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0"}


@pytest.fixture
def ines(world):
    return User.objects.get(pk=world.admin.user)


@pytest.fixture
def browser(world):
    return Client(headers=FIREFOX)


@pytest.fixture
def with_app(ines):
    add_app(ines)
    return ines


def give_password(browser, username="ines", **more):
    return browser.post(reverse("sign-in"), {"username": username, "password": PASSWORD} | more)


def give_code(browser, code, **more):
    return browser.post(reverse("second-factor"), {"code": code}, **more)


def come_in(browser, **more):
    give_password(browser, **more)
    answer = give_code(browser, code_at())
    assert answer.url == reverse("today"), "not let in"


def is_in(browser):
    return browser.get(reverse("help")).status_code == 200


def later_by(monkeypatch, **span):
    later = clock.now() + timedelta(**span)
    monkeypatch.setattr(clock, "now", lambda: later)


def asked(answer):
    """What a page asks of a passkey."""
    told = re.search(r'<script id="passkey-asked".*?>(.*?)</script>', answer.content.decode())
    return json.loads(told[1]) if told else None


# --- the second half of the way in --------------------------------------------------------------


def test_the_password_alone_lets_nobody_in_who_has_a_second_factor(browser, with_app):
    assert give_password(browser).url == reverse("second-factor")
    assert not is_in(browser)
    assert not Entry.objects.filter(event=Event.SIGNED_IN).exists()


def test_a_code_lets_in_and_leaves_the_entry(browser, with_app):
    come_in(browser)
    assert is_in(browser)
    assert newest_entry().event == Event.SIGNED_IN


def test_a_code_without_the_password_lets_nobody_in(browser, with_app):
    assert give_code(browser, code_at()).url == reverse("sign-in")
    assert not is_in(browser)


def test_whatever_was_wrong_with_a_code_the_answer_is_the_same(browser, with_app):
    give_password(browser)
    wrong = ["", "000000", "abc", "k7q4-m9x2-4tz8", "9" * 61]
    told = {_without_token(give_code(browser, code)) for code in wrong}
    assert len(told) == 1


def _without_token(answer):
    assert answer.status_code == 403
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())


def test_a_recovery_code_lets_in_once(browser, with_app):
    code, *_others = make_codes(with_app)
    give_password(browser)
    assert give_code(browser, code).url == reverse("today")
    assert Entry.objects.filter(event=Event.RECOVERY_CODE_USED).count() == 1
    other = Client()
    give_password(other)
    assert give_code(other, code).status_code == 403


def test_the_first_half_lasts_ten_minutes(browser, with_app, monkeypatch):
    give_password(browser)
    later_by(monkeypatch, minutes=10)
    assert give_code(browser, code_at()).url == reverse("sign-in")


@pytest.mark.parametrize("ended", ["deactivate", "reset", "lock", "own password"])
def test_the_first_half_ends_with_what_ends_the_account_s_access(browser, world, with_app, ended):
    user = User.objects.get(pk=world.actor(Role.TRACER).user)
    user.set_password(PASSWORD)
    user.save()
    add_app(user)
    give_password(browser, user.username)
    if ended == "own password":
        actions.choose_password(user=user, password="otra", by=queries.actor_of(user))
    elif ended == "lock":
        entering.lock(username=user.username, by=world.admin)
    else:
        getattr(actions, f"{ended}_user")(username=user.username, by=world.admin)
    assert give_code(browser, code_at()).url == reverse("sign-in")
    assert not is_in(browser)


def test_signing_in_ends_the_session_elsewhere_and_says_so(browser, with_app):
    come_in(browser)
    here = Client()
    give_password(here)
    give_code(here, code_at(30))
    assert not is_in(browser)
    assert "Firefox on Android" in here.get(reverse("today")).content.decode()
    assert "Firefox on Android" not in here.get(reverse("today")).content.decode()


def test_the_session_s_key_is_new_after_each_half(browser, with_app):
    keys = []
    for step in (lambda: give_password(browser), lambda: give_code(browser, code_at())):
        step()
        keys.append(browser.cookies["sessionid"].value)
    assert len(set(keys)) == 2


def test_a_browser_left_alone_for_half_an_hour_is_signed_out(browser, with_app, monkeypatch):
    come_in(browser)
    later_by(monkeypatch, minutes=29)
    assert is_in(browser)
    later_by(monkeypatch, minutes=29)
    assert is_in(browser)
    later_by(monkeypatch, minutes=30)
    assert browser.get(reverse("today")).url == reverse("sign-in")


@pytest.mark.parametrize("name", ["second-factor", "prove", "add-passkey"])
def test_a_page_that_asks_for_a_passkey_runs_no_script_but_our_file(browser, ines, name, as_):
    make_passkey(as_(Role.ADMINISTRATOR), Authenticator(ORIGIN))
    give_password(browser)
    reader = browser if name == "second-factor" else browser_of(queries.actor_of(ines))
    told = reader.get(reverse(name), headers={"host": "localhost"}).content.decode()
    scripts = re.findall(r"<script ([^>]*)>", told)
    assert len(scripts) == 2
    for attributes in scripts:
        assert "/static/accompany/passkey.js" in attributes or "application/json" in attributes
    assert not re.search(r"\son\w+=", told)


# --- who must have one --------------------------------------------------------------------------


def test_who_sees_persons_and_has_none_gets_nowhere_but_to_set_it_up(browser, world):
    assert give_password(browser).url == reverse("today")
    for name in ("today", "people", "lists", "users", "trail", "account", "help"):
        assert browser.get(reverse(name)).url == reverse("set-up-second-factor"), name
    assert browser.get(reverse("set-up-second-factor")).status_code == 200


def test_an_analyst_comes_in_without(world, browser):
    user = User.objects.get(pk=world.actor(Role.ANALYST).user)
    user.set_password(PASSWORD)
    user.must_choose_password = False
    user.save()
    give_password(browser, user.username)
    assert is_in(browser)


def test_setting_up_an_app_shows_ten_codes_once_and_opens_the_rest(browser, world):
    give_password(browser)
    page = browser.get(reverse("add-app"))
    secret = "".join(page.context["secret"])
    answer = browser.post(reverse("add-app"), {"code": code_at(secret=secret), "name": "teléfono"})
    codes = answer.context["codes"]
    assert len(set(codes)) == second_factors.CODES
    assert all(code in answer.content.decode() for code in codes)
    assert is_in(browser)
    assert codes[0] not in browser.get(reverse("account")).content.decode()


def test_a_wrong_code_sets_nothing_up_and_the_picture_stays_the_same(browser, world):
    give_password(browser)
    before = browser.get(reverse("add-app")).context["secret"]
    answer = browser.post(reverse("add-app"), {"code": "12", "name": ""})
    assert answer.status_code == 409
    assert answer.context["secret"] == before
    assert not SecondFactor.objects.exists()


def test_the_picture_for_the_app_is_drawn_in_the_page(as_):
    told = as_(Role.CASEWORKER).get(reverse("add-app")).content.decode()
    assert "<svg" in told
    assert '"data:' not in told
    assert "style=" not in told


# --- passkeys -----------------------------------------------------------------------------------


ORIGIN = "http://localhost"


def make_passkey(browser, device):
    page = browser.get(reverse("add-passkey"), headers={"host": "localhost"})
    answer = json.dumps(device.made(asked(page)))
    return browser.post(
        reverse("add-passkey"), {"passkey": answer, "name": "llave"}, headers={"host": "localhost"}
    )


def sign(browser, device, name="second-factor"):
    page = browser.get(reverse(name), headers={"host": "localhost"})
    answer = json.dumps(device.signed(asked(page)))
    return browser.post(reverse(name), {"passkey": answer}, headers={"host": "localhost"}), answer


def test_a_passkey_that_was_set_up_signs_in(as_, browser):
    device = Authenticator(ORIGIN)
    assert make_passkey(as_(Role.ADMINISTRATOR), device).status_code == 200
    assert give_password(browser).url == reverse("second-factor")
    answer, _sent = sign(browser, device)
    assert answer.url == reverse("today")
    assert is_in(browser)


def test_what_a_passkey_signed_serves_once(as_, browser):
    device = Authenticator(ORIGIN)
    make_passkey(as_(Role.ADMINISTRATOR), device)
    give_password(browser)
    _answer, sent = sign(browser, device)
    again = Client()
    give_password(again)
    again.get(reverse("second-factor"), headers={"host": "localhost"})
    answer = again.post(reverse("second-factor"), {"passkey": sent}, headers={"host": "localhost"})
    assert answer.status_code == 403
    assert not is_in(again)


@pytest.mark.parametrize(
    "sent", ["", "[]", "{}", "null", "{" * 5_000, '{"id": 1}', "\x00", "7" * 20_001]
)
def test_what_is_no_answer_of_a_passkey_is_refused_like_any_other(as_, browser, sent):
    make_passkey(as_(Role.ADMINISTRATOR), Authenticator(ORIGIN))
    give_password(browser)
    browser.get(reverse("second-factor"), headers={"host": "localhost"})
    answer = browser.post(reverse("second-factor"), {"passkey": sent})
    assert answer.status_code == 403


def test_no_passkey_is_kept_of_an_answer_that_is_none(as_):
    answer = as_(Role.ADMINISTRATOR).post(reverse("add-passkey"), {"passkey": "{}", "name": ""})
    assert answer.status_code == 409
    assert not SecondFactor.objects.exists()


def test_a_host_that_the_settings_do_not_name_gets_no_passkey(as_):
    answer = as_(Role.CASEWORKER).get(reverse("add-passkey"), headers={"host": "evil.example"})
    assert answer.status_code == 400


# --- nobody keeps another out -------------------------------------------------------------------


def fail(browser, times, **more):
    for _ in range(times):
        browser.post(reverse("sign-in"), {"username": "ines", "password": "falsch"}, **more)


def test_who_signed_in_here_before_is_not_kept_out_by_who_tries_beside_them(browser, with_app):
    come_in(browser)
    Session.objects.all().delete()
    fail(Client(), throttling.TRIES_OF_AN_ORIGIN)
    assert give_password(browser).url == reverse("second-factor")
    assert give_password(Client()).status_code == 403


def test_a_known_device_has_ten_tries_too(browser, with_app):
    come_in(browser)
    Session.objects.all().delete()
    fail(browser, throttling.TRIES)
    assert give_password(browser).status_code == 403


def test_a_device_known_to_one_account_is_unknown_to_another(browser, world, with_app):
    come_in(browser)
    cookie = browser.cookies[settings.DEVICE_COOKIE_NAME].value
    request = type("Request", (), {"COOKIES": {settings.DEVICE_COOKIE_NAME: cookie}})()
    assert known_devices.origin(request, "ines") is not None
    assert known_devices.origin(request, "otra") is None


@pytest.mark.parametrize("cookie", ["", "x", "x:y:z", "eyJvZiI6ICJ4In0:1tx:zzz"])
def test_a_device_cookie_that_we_did_not_sign_is_none(cookie, world):
    request = type("Request", (), {"COOKIES": {settings.DEVICE_COOKIE_NAME: cookie}})()
    assert known_devices.origin(request, "ines") is None
    assert not known_devices.is_own(request)


def test_wrong_codes_are_throttled_and_the_right_one_is_not_tried_then(browser, with_app):
    give_password(browser)
    for _ in range(throttling.TRIES):
        give_code(browser, "000000")
    assert give_code(browser, code_at()).status_code == 403


def test_wrong_codes_from_anywhere_never_hinder_a_known_device(browser, with_app):
    come_in(browser)
    Session.objects.all().delete()
    guesser = Client()
    give_password(guesser)
    for number in range(throttling.TRIES_A_DAY):
        give_code(guesser, "000000", REMOTE_ADDR=f"198.51.100.{number}")
    assert give_code(guesser, code_at(30), REMOTE_ADDR="203.0.113.9").status_code == 403
    give_password(browser)
    assert give_code(browser, code_at(30)).url == reverse("today")


def test_wrong_codes_after_the_right_password_are_told(browser, with_app, as_):
    """To the owner, and to administrators, who could not know otherwise (decision 0014)."""
    give_password(browser)
    for _ in range(3):
        give_code(browser, "000000")
    administrator = as_(Role.ADMINISTRATOR)
    for name in ("account", "users"):
        assert "3 wrong codes" in administrator.get(reverse(name)).content.decode()


# --- going out ----------------------------------------------------------------------------------


def test_a_borrowed_device_keeps_nothing_after_signing_out(browser, with_app):
    come_in(browser)
    assert not browser.cookies[settings.DEVICE_COOKIE_NAME]["max-age"]
    answer = browser.post(reverse("sign-out"))
    assert answer["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert answer.url == reverse("weather")


def test_one_s_own_device_keeps_only_the_mark_by_which_it_is_known(browser, with_app):
    come_in(browser, own_device="on")
    answer = browser.post(reverse("sign-out"))
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    kept = {name for name, cookie in browser.cookies.items() if cookie.value}
    assert kept == {settings.DEVICE_COOKIE_NAME}
    fail(Client(), throttling.TRIES)
    assert give_password(browser).url == reverse("second-factor")


def test_the_page_after_it_leads_to_no_other_site(stranger):
    told = stranger.get(reverse("weather")).content.decode()
    assert not re.search(r"href|src=|action=|http", told)


# --- one's own account --------------------------------------------------------------------------


def test_the_account_shows_what_its_owner_has(browser, with_app):
    make_codes(with_app)
    come_in(browser)
    told = browser.get(reverse("account")).content.decode()
    for words in ("teléfono", "Firefox on Android", "this one", "10 are left", "ines"):
        assert words in told


def test_somebody_who_has_the_password_alone_shows_and_is_ended(browser, with_app):
    thief = Client()
    come_in(browser)
    give_password(thief)
    told = browser.get(reverse("account")).content.decode()
    assert "no second factor yet" in told
    half = Session.objects.get(is_open=False)
    browser.post(reverse("end-session"), {"session": str(half.pk)})
    assert give_code(thief, code_at(30)).url == reverse("sign-in")
    assert is_in(browser)


def test_a_second_factor_is_renamed_and_the_last_one_stays(browser, with_app):
    come_in(browser)
    factor = str(second_factors.of(with_app.pk)[0].id)
    browser.post(reverse("rename-second-factor"), {"factor": factor, "name": "azul"})
    assert second_factors.of(with_app.pk)[0].name == "azul"
    assert browser.post(reverse("remove-second-factor"), {"factor": factor}).status_code == 409
    assert second_factors.has_any(with_app.pk)


@pytest.mark.parametrize("name", ["rename-second-factor", "remove-second-factor", "end-session"])
@pytest.mark.parametrize("value", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_an_id_made_up_changes_nothing(as_, name, value):
    field = "session" if name == "end-session" else "factor"
    answer = as_(Role.CASEWORKER).post(reverse(name), {field: value})
    assert answer.status_code in (302, 409)


def test_its_owner_locks_it_at_once_and_the_administrators_are_told(world, as_):
    tracer = User.objects.get(pk=world.actor(Role.TRACER).user)
    browser = as_(Role.TRACER)
    assert browser.get(reverse("lock-account")).status_code == 200
    assert User.objects.get(pk=tracer.pk).locked_at is None
    answer = browser.post(reverse("lock-account"))
    assert answer.status_code == 200
    assert "Clear-Site-Data" in answer
    assert not is_in(browser)
    administrator = as_(Role.ADMINISTRATOR)
    for name in ("today", "users"):
        told = administrator.get(reverse(name)).content.decode()
        assert f"The account {tracer.username} is locked" in told
    administrator.post(reverse("lock-seen"), {"username": tracer.username})
    assert "is locked" not in administrator.get(reverse("today")).content.decode()
    assert as_(Role.CASEWORKER).get(reverse("users")).status_code == 404


def test_a_locked_account_is_told_the_same_as_a_wrong_password(browser, with_app, world):
    entering.lock(username="ines", by=world.admin)
    locked = give_password(browser)
    wrong = browser.post(reverse("sign-in"), {"username": "ines", "password": "falsch"})
    assert _without_token(locked) == _without_token(wrong)


# --- proving it again ---------------------------------------------------------------------------


def stale(browser, monkeypatch):
    later_by(monkeypatch, minutes=6)
    return browser


def prove(browser, password=PASSWORD):
    return browser.post(reverse("prove"), {"password": password})


def test_a_page_that_asks_for_proof_comes_after_it(as_, monkeypatch):
    browser = stale(as_(Role.ADMINISTRATOR), monkeypatch)
    assert browser.get(reverse("add-app")).url == reverse("prove")
    assert browser.get(reverse("prove")).status_code == 200
    assert prove(browser).url == reverse("add-app")
    assert newest_entry().event == Event.PROVED_AGAIN
    assert browser.get(reverse("add-app")).status_code == 200


def test_what_was_pressed_is_not_done_by_itself_afterwards(as_, world, monkeypatch):
    tracer = User.objects.get(pk=world.actor(Role.TRACER).user)
    browser = stale(as_(Role.ADMINISTRATOR), monkeypatch)
    before = User.objects.get(pk=tracer.pk).password
    page = {"Referer": "http://testserver/users?x=1"}
    pressed = {"username": tracer.username}
    assert browser.post(reverse("reset"), pressed, headers=page).url == reverse("prove")
    assert "press the button there again" in browser.get(reverse("prove")).content.decode()
    assert prove(browser).url == "/users?x=1"
    assert User.objects.get(pk=tracer.pk).password == before


@pytest.mark.parametrize(
    "referer", ["https://elsewhere.example/users", "javascript:x", "", "//x/y"]
)
def test_nobody_is_sent_elsewhere_after_it(as_, monkeypatch, referer):
    browser = stale(as_(Role.ADMINISTRATOR), monkeypatch)
    browser.post(reverse("recovery-codes"), headers={"Referer": referer})
    assert prove(browser).url == reverse("today")


def test_a_wrong_password_proves_nothing_and_is_throttled(as_, monkeypatch):
    browser = stale(as_(Role.ADMINISTRATOR), monkeypatch)
    for _ in range(throttling.TRIES):
        assert prove(browser, "falsch").status_code == 403
    assert prove(browser).status_code == 403
    assert browser.get(reverse("add-app")).url == reverse("prove")


def test_a_passkey_proves_it_too(as_, monkeypatch):
    browser, device = as_(Role.ADMINISTRATOR), Authenticator(ORIGIN)
    make_passkey(browser, device)
    stale(browser, monkeypatch)
    browser.get(reverse("add-app"))
    answer, _sent = sign(browser, device, "prove")
    assert answer.url == reverse("add-app")


def test_a_code_of_the_app_does_not(as_, with_app, monkeypatch):
    browser = stale(as_(Role.ADMINISTRATOR), monkeypatch)
    answer = browser.post(reverse("prove"), {"password": code_at(), "code": code_at()})
    assert answer.status_code == 403


ASKS_AGAIN = {
    "add-app", "add-passkey", "remove-second-factor", "recovery-codes", "choose-password",
    "invite", "reset", "list-file", "figure-exact", "referral-file",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(ASKS_AGAIN))
def test_exports_and_work_on_accounts_ask_again(as_, monkeypatch, name):
    arguments = {
        "list-file": ["K7Q2M94"],
        "referral-file": ["K7Q2M94", UUID(int=7)],
        "figure-exact": ["reunified"],
    }.get(name, [])
    browser = stale(as_(Role.ADMINISTRATOR), monkeypatch)
    assert browser.post(reverse(name, args=arguments)).url == reverse("prove")


# --- a one-time way in --------------------------------------------------------------------------


def way_for(username, world):
    return reverse("way-in", args=[entering.make_way_in(username=username, by=world.admin)])


def test_loading_a_way_in_uses_nothing_up(browser, world, with_app):
    way = way_for("ines", world)
    for _ in range(3):
        assert browser.get(way).status_code == 200
    assert not is_in(browser)
    assert browser.post(way).url == reverse("today")
    assert is_in(browser)
    assert Client().post(way).status_code == 403


def test_who_has_no_second_factor_sets_one_up_after_it(browser, world):
    browser.post(way_for("ines", world))
    assert browser.get(reverse("today")).url == reverse("set-up-second-factor")


def test_but_in_a_demo(browser, world, settings):
    settings.ACCOMPANY_IS_DEMO = True
    browser.post(way_for("ines", world))
    assert is_in(browser)


def test_a_way_that_was_not_made_says_so(browser, world):
    answer = browser.post(reverse("way-in", args=["x" * 40]))
    assert answer.status_code == 403
    assert "serves once" in answer.content.decode()


# --- what administrators do ---------------------------------------------------------------------


def test_administrators_see_who_is_signed_in_and_sign_them_out(world, as_):
    tracer = User.objects.get(pk=world.actor(Role.TRACER).user)
    theirs = browser_of(world.actor(Role.TRACER), Client(headers=FIREFOX))
    administrator = as_(Role.ADMINISTRATOR)
    assert "signed in now" in administrator.get(reverse("users")).content.decode()
    administrator.post(reverse("end-sessions"), {"username": tracer.username})
    assert not is_in(theirs)
    assert sessions.of([tracer.pk]) == {}


def test_administrators_lock_and_unlock_with_a_new_first_password(world, as_, browser):
    tracer = User.objects.get(pk=world.actor(Role.TRACER).user)
    add_app(tracer)
    administrator = as_(Role.ADMINISTRATOR)
    administrator.post(reverse("lock"), {"username": tracer.username})
    assert User.objects.get(pk=tracer.pk).locked_at is not None
    pressed = {"username": tracer.username, "second_factors": "too"}
    password = administrator.post(reverse("reset"), pressed).context["password"]
    answer = browser.post(reverse("sign-in"), {"username": tracer.username, "password": password})
    assert answer.url == reverse("today")
    assert browser.get(reverse("today")).url == reverse("choose-password")


@pytest.mark.parametrize("name", ["lock", "lock-seen", "end-sessions", "reset", "renew"])
@pytest.mark.parametrize("username", ["", "nadie", "\0", "x" * 5_000])
def test_an_account_that_is_not_there_is_refused(as_, name, username):
    answer = as_(Role.ADMINISTRATOR).post(reverse(name), {"username": username})
    assert answer.status_code == 409


@pytest.mark.parametrize("name", ["lock", "lock-seen", "end-sessions"])
def test_only_administrators_do_so(world, as_, name):
    for role in Role:
        if role is not Role.ADMINISTRATOR:
            answer = as_(role).post(reverse(name), {"username": "ines"})
            assert answer.status_code == 404
    assert User.objects.get(username="ines").locked_at is None
