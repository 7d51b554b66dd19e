"""Figures as pages: the number, what it does not say, and taking it along."""

import csv
import io
import json
import threading
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from accompany.access.models import Entry
from accompany.access.terms import Role
from accompany.base import clock
from accompany.cli import jobs
from accompany.custody.terms import Custodian, Departure
from accompany.figures import extract
from accompany.figures.queries import CATALOGUE, EXACT_NOTE
from accompany.figures.terms import Event
from tests.world import newest_entry

NAMES = list(CATALOGUE)


def figure(name, **asked):
    query = "&".join(f"{key}={value}" for key, value in asked.items())
    return f"{reverse('figure', args=[name])}?{query}"


@pytest.fixture
def children(world):
    """Fourteen children separated on one day, of whom twelve are with their mother again."""
    mother, *children = world.persons(15)
    world.separate(children, mother, "2026-01-06")
    for child in children:
        world.stay(child, Custodian.ORR, "2026-01-08", None)
    for child in children[:12]:
        world.reunify(child, mother)
    return children


def test_the_catalogue_tells_every_figure_in_words(as_):
    told = as_(Role.ANALYST).get(reverse("figures")).content.decode()
    for name in NAMES:
        assert reverse("figure", args=[name]) in told


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_tells_what_it_counts_and_what_it_does_not_say(as_, children, name):
    answer = as_(Role.ANALYST).get(figure(name, on="2026-03-01"))
    told = answer.content.decode()
    assert answer.status_code == 200
    for words in ("Definition", "What this does not say", "Sources", "version 1", "1 March 2026"):
        assert words in told, words


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_is_told_of_an_empty_record_too(as_, name):
    assert as_(Role.ANALYST).get(figure(name)).status_code == 200


def test_the_number_stands_on_the_page_and_leads_to_its_definition(as_, children):
    told = as_(Role.ANALYST).get(figure("children-separated", on="2026-03-01")).content.decode()
    assert '<a href="#definition">14</a>' in told
    assert 'id="definition"' in told


def test_what_is_withheld_is_a_word_and_never_a_number(as_, children):
    answer = as_(Role.ANALYST).get(figure("reunified", on="2026-03-01"))
    (still,) = [row for row in answer.context["answer"].rows if row.by == {"end": "still-in-care"}]
    assert still.is_withheld
    assert "withheld" in answer.content.decode()
    assert str(answer.context["withheld_note"]) in answer.content.decode()


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_is_told_apart_by_each_of_its_dimensions(as_, children, name):
    browser = as_(Role.ANALYST)
    for by in CATALOGUE[name].dimensions:
        answer = browser.get(figure(name, on="2026-03-01", by=by))
        assert answer.status_code == 200
        assert answer.context["tables"]
        assert "<svg" in answer.content.decode()


def test_groups_that_are_not_to_be_added_have_no_table_in_common(as_, children):
    answer = as_(Role.ANALYST).get(figure("reunified", on="2026-03-01", by="country"))
    assert len(answer.context["tables"]) == 3
    assert answer.context["heads"] == []


def test_a_day_before_it_happened_counts_nobody(as_, children):
    answer = as_(Role.ANALYST).get(figure("children-separated", on="2026-01-01"))
    assert answer.context["answer"].whole.value == 0


def test_as_known_on_a_day_before_it_was_recorded_nobody_is_counted(as_, children):
    day = (clock.today() - timedelta(days=1)).isoformat()
    answer = as_(Role.ANALYST).get(figure("children-separated", on="2026-03-01", known_on=day))
    assert answer.context["answer"].whole.value == 0


@pytest.mark.parametrize("asked", [{"on": "soon"}, {"by": "name"}, {"known_on": "x"}])
def test_what_is_not_understood_is_said_and_nothing_is_counted(as_, asked):
    answer = as_(Role.ANALYST).get(figure("children-separated", **asked))
    assert answer.status_code == 400
    assert "answer" not in answer.context


def test_a_day_to_come_is_refused_with_the_reason(as_):
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    answer = as_(Role.ANALYST).get(figure("children-separated", on=tomorrow))
    assert answer.status_code == 409
    assert "had not come" in answer.content.decode()


@pytest.mark.parametrize("address", ["/figures/nothing", "/figures/nothing.csv", "/figures/a.b"])
def test_a_figure_that_is_none_is_not_there(as_, address):
    assert as_(Role.ANALYST).get(address).status_code == 404


def test_the_table_can_be_taken_along(as_, children):
    path = reverse("figure-csv", args=["reunified"])
    answer = as_(Role.ANALYST).get(f"{path}?on=2026-03-01")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert "reunified-2026-03-01.csv" in answer["Content-Disposition"]
    assert {row["status"] for row in rows} <= {"shown", "withheld"}


def test_the_definition_can_be_taken_along_with_the_numbers(as_, children):
    path = reverse("figure-json", args=["children-separated"])
    told = json.loads(as_(Role.ANALYST).get(f"{path}?on=2026-03-01&by=sex").content)
    assert told["whole"]["value"] == 14
    assert {"question", "unit", "population", "on", "known_on", "leaves_out"} <= told.keys()
    assert told["exact"] is False


def test_exact_numbers_are_marked_and_leave_an_entry(as_, children):
    browser = as_(Role.TRACER)
    path = reverse("figure-exact", args=["reunified"])
    answer = browser.post(path, {"on": "2026-03-01", "by": "", "known_on": ""})
    assert str(EXACT_NOTE) in answer.content.decode()
    assert {row.value for row in answer.context["answer"].rows} == {12, 0, 2}
    assert newest_entry().event == Event.EXACT_READ


def test_a_link_shows_no_exact_number(as_, children):
    browser, before = as_(Role.TRACER), Entry.objects.count()
    answer = browser.get(reverse("figure-exact", args=["reunified"]))
    assert answer.url == reverse("figure", args=["reunified"])
    assert Entry.objects.count() == before


@pytest.mark.parametrize("role", [Role.ANALYST, Role.CASEWORKER, Role.AUDITOR])
def test_exact_numbers_are_there_for_those_alone_who_may_see_them(as_, children, role):
    browser = as_(role)
    path = reverse("figure-exact", args=["reunified"])
    assert browser.post(path, {"on": "2026-03-01"}).status_code == 404
    assert path not in browser.get(figure("reunified", on="2026-03-01")).content.decode()


def test_a_figure_is_told_in_spanish_too(as_, children):
    browser = as_(Role.ANALYST)
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "es"
    told = browser.get(figure("children-separated", on="2026-03-01")).content.decode()
    assert 'lang="es"' in told
    assert "1 de marzo de 2026" in told


def test_days_in_care_are_told_as_quartiles_only_of_large_groups(as_, world):
    mother, *children = world.persons(46)
    world.separate(children, mother, "2026-01-06")
    for child in children:
        world.stay(child, Custodian.ORR, "2026-01-08", "2026-02-05", Departure.RELEASED)
    answer = as_(Role.ANALYST).get(figure("days-in-care", on="2026-03-01"))
    assert "about 4 weeks" in answer.content.decode()


# What takes long


@pytest.fixture
def large(monkeypatch):
    """One person is as many as anybody should wait for, and nothing is in memory."""
    monkeypatch.setattr(extract, "LARGE", 0)
    extract.forget()


def work():
    jobs.work(threading.Event(), until_done=True)


def test_a_page_waits_for_no_large_extract_and_looks_again_by_itself(as_, children, large):
    browser, asked = as_(Role.ANALYST), {"on": "2026-03-01", "by": "sex"}
    waiting = browser.get(figure("children-separated", **asked))
    assert "being made ready" in waiting.content.decode()
    _seconds, _, again = waiting["Refresh"].partition("; url=")
    assert parse_qs(urlsplit(again).query) == {name: [value] for name, value in asked.items()}
    work()
    answer = browser.get(again)
    assert answer.context["answer"].whole.value == 14
    assert "Refresh" not in answer


def test_one_job_is_asked_for_however_often_a_page_is_loaded(as_, children, large):
    browser = as_(Role.ANALYST)
    for name in NAMES:
        browser.get(figure(name))
    assert DBTaskResult.objects.count() == 1


def test_figures_of_what_was_known_are_shown_while_newer_facts_are_made_ready(
    as_, children, large, world
):
    browser, asked = as_(Role.ANALYST), figure("children-separated", on="2026-03-01")
    browser.get(asked)
    work()
    mother, child = world.persons(2)
    world.separate([child], mother)

    behind = browser.get(asked)

    assert behind.context["answer"].whole.value == 14
    assert "Newer facts are on record" in behind.content.decode()
    assert "Look again" in behind.content.decode()
    work()
    answer = browser.get(asked)
    assert answer.context["answer"].whole.value == 15
    assert "Newer facts" not in answer.content.decode()


def test_a_program_is_told_to_come_back(as_, children, large):
    browser = as_(Role.ANALYST)
    for address in ("figure-csv", "figure-json"):
        answer = browser.get(reverse(address, args=["reunified"]))
        assert (answer.status_code, answer["Retry-After"]) == (503, "3")
    work()
    assert browser.get(reverse("figure-json", args=["reunified"])).status_code == 200


def test_exact_numbers_that_are_not_there_yet_lead_back_to_the_figure(as_, children, large):
    path = reverse("figure-exact", args=["reunified"])
    before = Entry.objects.filter(event=Event.EXACT_READ).count()
    waiting = as_(Role.TRACER).post(path, {"on": "2026-03-01"})
    assert reverse("figure", args=["reunified"]) in waiting["Refresh"]
    assert Entry.objects.filter(event=Event.EXACT_READ).count() == before
