"""What stands on Today, and the questions it leads to."""

from datetime import date, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accompany.access import actions as access
from accompany.access.models import Entry
from accompany.access.terms import Role
from accompany.base import clock, codes
from accompany.custody.terms import Custodian, Departure, QuestionKind
from accompany.people import queries as people
from accompany.sources import actions as sources
from accompany.sources.terms import Outcome
from tests.world import LIST, PASSWORD, proven


def gap(world, began="2026-01-08", until="2026-02-01"):
    """A person of whom nobody says where they were between two days."""
    person = world.person()
    world.stay(person, Custodian.CBP, "2026-01-05", began, Departure.TRANSFERRED)
    world.stay(person, Custodian.ORR, until)
    return person


def nowhere(world):
    """A person of whom nobody says where they are now."""
    person = world.person()
    world.stay(person, Custodian.CBP, "2026-01-05", "2026-02-20", Departure.TRANSFERRED)
    return person


def page(browser, path="/"):
    answer = browser.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_nothing_waits_in_an_empty_record(as_):
    assert "Nothing waits for you today." in page(as_(Role.CASEWORKER))


def test_a_gap_is_told_with_its_days_and_leads_to_the_line(as_, world):
    code = codes.shown(world.code(gap(world)))
    told = page(as_(Role.CASEWORKER))
    assert "<b>24</b> days" in told
    assert code in told
    assert reverse("person", args=[code]) in told


def test_who_is_nowhere_now_stands_before_the_gaps_that_are_over(as_, world, monkeypatch):
    over, person = codes.shown(world.code(gap(world))), nowhere(world)
    monkeypatch.setattr(clock, "today", lambda: date(2026, 3, 2))
    told = page(as_(Role.CASEWORKER))
    assert "<b>10</b> days" in told
    assert "over-due" in told
    assert told.index(codes.shown(world.code(person))) < told.index(over)


def test_today_opens_nothing_that_is_sealed(as_, world):
    gap(world)
    browser, before = as_(Role.CASEWORKER), Entry.objects.count()
    told = page(browser)
    assert Entry.objects.count() == before
    assert "Génesis" not in told


def test_the_longest_open_stands_first(as_, world):
    younger = codes.shown(world.code(gap(world, "2026-01-20", "2026-01-24")))
    older = codes.shown(world.code(gap(world, "2026-01-08", "2026-01-24")))
    told = page(as_(Role.CASEWORKER))
    assert told.index(older) < told.index(younger)


def test_an_answered_question_waits_no_more(as_, world):
    gap(world)
    (question,) = people.questions_waiting(QuestionKind.GAP, seen_by=world.admin)
    sources.answer_question(
        question, outcome=Outcome.EXPLAINED, words="", told=world.told(), by=world.admin
    )
    assert "Nothing waits for you today." in page(as_(Role.CASEWORKER))


def test_a_person_kept_to_a_team_waits_for_nobody_else(as_, world):
    person = gap(world)
    team = access.make_team(name="Frontera", members=["ines"], by=world.admin)
    access.keep_to_team(record=person, team=team.pk, by=world.admin)
    assert codes.shown(world.code(person)) not in page(as_(Role.CASEWORKER))


def test_another_organisation_sees_nothing_of_it(world):
    gap(world)
    seen = people.open_questions(seen_by=world.actor(Role.CASEWORKER, world.elsewhere))
    assert not seen.exists()


@pytest.mark.parametrize("role", [Role.ANALYST, Role.AUDITOR])
def test_who_sees_no_persons_comes_to_the_figures(as_, role):
    assert as_(role).get("/").url == reverse("figures")


@pytest.mark.parametrize("role", [Role.ANALYST, Role.AUDITOR])
def test_who_sees_no_persons_sees_no_questions(as_, role):
    assert as_(role).get(reverse("questions")).status_code == 404


def test_a_new_list_is_told_until_the_next_sign_in(world, db):
    browser = Client()
    come_in = {"username": "ines", "password": PASSWORD}
    browser.post(reverse("sign-in"), come_in)
    proven(browser)
    code = codes.shown(world.receive().code)
    assert code in page(browser)
    again = Client()
    again.post(reverse("sign-in"), come_in)
    proven(again)
    assert code in page(again)
    third = Client()
    third.post(reverse("sign-in"), come_in)
    proven(third)
    assert f'List <span class="code">{code}' not in page(third)


def test_questions_of_a_kind_come_in_pages_each_once(as_, world, monkeypatch):
    monkeypatch.setattr("accompany.web.today.A_PAGE", 2)
    days = [f"2026-01-{day:02}" for day in (10, 10, 12, 13, 14)]
    wanted = {codes.shown(world.code(gap(world, day, "2026-03-01"))) for day in days}
    browser, found, path = as_(Role.TRACER), [], f"{reverse('questions')}?kind=stays.gap"
    for _ in range(3):
        answer = browser.get(path)
        found += [asked.code for asked in answer.context["questions"]]
        path = f"{reverse('questions')}?kind=stays.gap&after={answer.context['next']}"
    assert answer.context["next"] is None
    assert sorted(found) == sorted(wanted)


def test_questions_without_a_day_come_in_pages_too(as_, world, monkeypatch):
    monkeypatch.setattr("accompany.web.today.A_PAGE", 1)
    rows = LIST.replace("2014-05-06", "tal vez mayo").replace("2017-11-30", "tal vez junio")
    world.receive(rows)
    browser, found, path = as_(Role.TRACER), [], f"{reverse('questions')}?kind=row.cell-unreadable"
    while True:
        answer = browser.get(path)
        found += [asked.id for asked in answer.context["questions"]]
        if answer.context["next"] is None:
            break
        path = f"{reverse('questions')}?kind=row.cell-unreadable&after={answer.context['next']}"
    assert len(found) == len(set(found)) == 2


def test_a_question_about_a_row_leads_to_the_row(as_, world):
    received = world.receive(LIST.replace("2014-05-06", "tal vez mayo"))
    told = page(as_(Role.TRACER), f"{reverse('questions')}?kind=row.cell-unreadable")
    assert reverse("row", args=[codes.shown(received.code), 2]) in told
    assert "column D" in told
    assert "tal vez" not in told


@pytest.mark.parametrize("asked", ["kind=nothing", "kind=stays.gap&after=x", "after=2026-01-01~y"])
def test_an_address_made_up_is_not_there(as_, world, asked):
    gap(world)
    assert as_(Role.TRACER).get(f"{reverse('questions')}?{asked}").status_code == 404


def test_the_questions_asked_of_the_database_do_not_grow_with_the_record(as_, world):
    browser = as_(Role.TRACER)
    for _ in range(11):
        gap(world)
        nowhere(world)
    few = _queries(browser)
    for _ in range(4):
        gap(world)
        nowhere(world)
    assert _queries(browser) == few


def _queries(browser):
    with CaptureQueriesContext(connection) as today:
        page(browser)
    with CaptureQueriesContext(connection) as questions:
        page(browser, f"{reverse('questions')}?kind=stays.gap")
    return len(today), len(questions)


def test_today_is_in_spanish_too(as_, world):
    gap(world)
    browser = as_(Role.CASEWORKER)
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "es"
    assert 'lang="es"' in page(browser)


def test_the_day_is_the_installation_s(as_, monkeypatch):
    midnight = clock.end_of_day(clock.today())
    monkeypatch.setattr(clock, "now", lambda: midnight - timedelta(minutes=1))
    last = page(as_(Role.CASEWORKER))
    assert f"{clock.today().day} " in last
