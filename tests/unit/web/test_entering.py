"""Coming in, going out, and in what language."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accompany.access import actions, queries, throttling
from accompany.access.models import Entry, User
from accompany.access.terms import Event, Role
from accompany.base import clock
from tests.factors import add_app
from tests.world import PASSWORD, browser_of, newest_entry


def come_in(browser, username="ines", password=PASSWORD, **more):
    return browser.post(reverse("sign-in"), {"username": username, "password": password}, **more)


def test_every_page_sends_who_is_not_signed_in_to_the_sign_in(stranger):
    for name in ("today", "questions", "lists", "figures", "trail", "users", "help"):
        answer = stranger.get(reverse(name))
        assert (answer.status_code, answer.url) == (302, reverse("sign-in")), name


def test_signing_in_leads_to_today_and_leaves_an_entry(stranger):
    answer = come_in(stranger)
    assert (answer.status_code, answer.url) == (302, reverse("today"))
    assert newest_entry().event == Event.SIGNED_IN


def test_the_session_is_another_after_signing_in(stranger):
    stranger.get(reverse("sign-in"))
    session = stranger.session
    session["kept"] = "x"
    session.save()
    before = session.session_key
    stranger.cookies["sessionid"] = before
    come_in(stranger)
    assert stranger.cookies["sessionid"].value != before


def failures(stranger):
    actions.deactivate_user(username=_other(), by=queries.operator())
    return [
        come_in(stranger, password="falsch"),
        come_in(stranger, username="nadie"),
        come_in(stranger, username=_other()),
        come_in(stranger, username="", password=""),
    ]


def _other():
    found = User.objects.filter(made_by_setup=False).first()
    if found is None:
        found, _password = actions.invite_user(
            username="otra", called="Otra", role=Role.TRACER, by=queries.operator()
        )
        found.set_password(PASSWORD)
        found.save()
    return found.username


def test_whatever_was_wrong_the_answer_is_the_same(stranger):
    told = {(answer.status_code, _without_token(answer)) for answer in failures(stranger)}
    assert len(told) == 1


def _without_token(answer):
    lines = answer.content.decode().splitlines()
    return "\n".join(line for line in lines if "csrfmiddlewaretoken" not in line)


def test_after_ten_failures_the_right_password_is_not_tried_either(stranger):
    for _ in range(throttling.TRIES):
        come_in(stranger, password="falsch")
    assert come_in(stranger).status_code == 403


def test_a_quarter_of_an_hour_later_it_is_tried_again(stranger, monkeypatch):
    for _ in range(throttling.TRIES):
        come_in(stranger, password="falsch")
    later = clock.now() + throttling.WINDOW
    monkeypatch.setattr(clock, "now", lambda: later)
    assert come_in(stranger).status_code == 302


def test_failures_from_elsewhere_keep_nobody_out(stranger):
    for _ in range(throttling.TRIES):
        come_in(stranger, password="falsch", REMOTE_ADDR="198.51.100.7")
    assert come_in(stranger).status_code == 302


def test_a_proxy_that_speaks_https_says_from_where_somebody_comes(stranger, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    for number in range(throttling.TRIES):
        claimed = f"203.0.113.{number}, 198.51.100.7"  # the first part is the visitor's own word
        come_in(stranger, password="falsch", HTTP_X_FORWARDED_FOR=claimed)
    assert come_in(stranger, HTTP_X_FORWARDED_FOR="9.9.9.9, 198.51.100.7").status_code == 403
    assert come_in(stranger, HTTP_X_FORWARDED_FOR="198.51.100.8").status_code == 302


def test_without_a_proxy_nobody_can_claim_to_come_from_elsewhere(stranger):
    for number in range(throttling.TRIES):
        come_in(stranger, password="falsch", HTTP_X_FORWARDED_FOR=f"198.51.100.{number}")
    assert come_in(stranger, HTTP_X_FORWARDED_FOR="198.51.100.99").status_code == 403


def test_a_form_from_elsewhere_signs_nobody_in(world):
    strict = Client(enforce_csrf_checks=True)
    answer = come_in(strict)
    assert answer.status_code == 403
    assert "sessionid" not in strict.cookies


def test_one_press_signs_out_and_leads_to_the_weather(as_):
    browser = as_(Role.CASEWORKER)
    answer = browser.post(reverse("sign-out"))
    assert (answer.status_code, answer.url) == (302, reverse("weather"))
    assert answer["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert newest_entry().event == Event.SIGNED_OUT
    assert browser.get(reverse("today")).url == reverse("sign-in")


def test_the_way_out_is_open_even_if_the_page_is_too_old(world):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(reverse("sign-out")).url == reverse("weather")


def test_a_link_signs_nobody_out(as_):
    browser = as_(Role.CASEWORKER)
    assert browser.get(reverse("sign-out")).status_code == 405
    assert browser.get(reverse("lists")).status_code == 200


def test_the_page_about_the_weather_names_nothing_of_ours(stranger):
    told = stranger.get(reverse("weather")).content.decode()
    assert "Accompany" not in told
    assert "accompany" not in told
    assert "href" not in told


def test_who_must_choose_a_password_gets_nowhere_else(world, stranger):
    _user, password = actions.invite_user(
        username="nueva", called="Nueva", role=Role.CASEWORKER, by=world.admin
    )
    come_in(stranger, "nueva", password)
    assert stranger.get(reverse("lists")).url == reverse("choose-password")
    chosen = {"password": "cuatro-palabras-sin-rumbo", "again": "cuatro-palabras-sin-rumbo"}
    assert stranger.post(reverse("choose-password"), chosen).url == reverse("today")
    assert stranger.get(reverse("lists")).url == reverse("set-up-second-factor")
    assert Entry.objects.filter(event=Event.PASSWORD_CHOSEN).count() == 1


@pytest.mark.parametrize(
    ("password", "again"),
    [
        ("corta", "corta"),
        ("cuatro-palabras-sin-rumbo", "cuatro-palabras-con-rumbo"),
        (PASSWORD, PASSWORD),
    ],
)
def test_a_weak_password_a_slip_and_the_old_one_are_not_taken(as_, world, password, again):
    browser = as_(Role.ADMINISTRATOR)
    before = User.objects.get(pk=world.admin.user).password
    answer = browser.post(reverse("choose-password"), {"password": password, "again": again})
    assert answer.status_code == 200
    assert User.objects.get(pk=world.admin.user).password == before


def test_a_chosen_password_ends_what_was_begun_elsewhere(world):
    here, elsewhere = browser_of(world.admin), Client()
    add_app(User.objects.get(username="ines"))
    assert come_in(elsewhere).url == reverse("second-factor")
    chosen = {"password": "cuatro-palabras-sin-rumbo", "again": "cuatro-palabras-sin-rumbo"}
    here.post(reverse("choose-password"), chosen)
    assert here.get(reverse("lists")).status_code == 200
    assert elsewhere.get(reverse("second-factor")).url == reverse("sign-in")


def test_the_language_is_kept_for_the_next_sign_in(as_, world):
    browser = as_(Role.ADMINISTRATOR)
    browser.post(reverse("set-language"), {"language": "es", "next": "/help"})
    assert 'lang="es"' in browser.get(reverse("help")).content.decode()
    fresh = Client()
    come_in(fresh)
    assert fresh.cookies[settings.LANGUAGE_COOKIE_NAME].value == "es"


def test_a_language_nobody_speaks_here_changes_nothing(as_, world):
    browser = as_(Role.ADMINISTRATOR)
    browser.post(reverse("set-language"), {"language": "xx"})
    assert User.objects.get(pk=world.admin.user).language == "en"


def test_what_was_chosen_before_signing_in_holds(stranger, world):
    stranger.post(reverse("set-language"), {"language": "es"})
    come_in(stranger)
    assert User.objects.get(pk=world.admin.user).language == "es"


def test_the_language_form_leads_to_no_other_site(stranger):
    answer = stranger.post(
        reverse("set-language"), {"language": "es", "next": "https://elsewhere.example/"}
    )
    assert answer.url == "/"


def test_a_deactivated_account_is_out_at_once(as_, world):
    browser = as_(Role.TRACER)
    username = User.objects.get(pk=world.actor(Role.TRACER).user).username
    actions.deactivate_user(username=username, by=world.admin)
    assert browser.get(reverse("today")).url == reverse("sign-in")


def test_what_is_not_there_and_what_may_not_be_seen_answer_alike(as_):
    browser = as_(Role.ANALYST)
    kept, missing = browser.get(reverse("trail")), browser.get("/no-such-page")
    assert kept.status_code == missing.status_code == 404
    assert "no such page" in kept.content.decode()
    assert "no such page" in missing.content.decode()


def test_an_address_that_is_not_there_is_not_repeated(as_):
    told = as_(Role.ANALYST).get("/Tziquin-Balam?q=Tziquin-Balam")
    assert told.status_code == 404
    assert "Tziquin" not in told.content.decode().replace('value="/Tziquin-Balam"', "")


def test_a_fault_of_ours_tells_nothing_of_itself(as_, monkeypatch):
    def fails(**_anything):
        raise RuntimeError("Rosaura Inés Tziquin")

    browser = as_(Role.CASEWORKER)
    browser.raise_request_exception = False
    monkeypatch.setattr("accompany.sources.queries.lists", fails)
    answer = browser.get(reverse("lists"))
    assert answer.status_code == 500
    assert "Rosaura" not in answer.content.decode()


def test_no_page_is_kept_by_browser_or_proxy(as_, stranger):
    for browser in (as_(Role.CASEWORKER), stranger):
        for path in ("/", "/lists", "/sign-in", "/no-such-page"):
            assert browser.get(path)["Cache-Control"] == "no-store", path


def test_the_policy_allows_nothing_from_elsewhere_and_no_script_in_a_page(as_):
    policy = as_(Role.CASEWORKER).get("/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy + ";"
    assert "unsafe" not in policy
