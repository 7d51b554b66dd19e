"""Extracts that a job makes and keeps: the same as made at once, made once, and only a few."""

import threading
import zlib
from datetime import UTC, date, datetime

import pytest
from django_tasks_db.models import DBTaskResult

from accompany.access import trail
from accompany.access.terms import Role
from accompany.base import clock
from accompany.cli import jobs
from accompany.custody.terms import Custodian, Departure
from accompany.figures import actions, extract, packing, queries
from accompany.figures.extract import TABLES
from accompany.figures.models import ExtractAsked, ExtractKept, ExtractPiece
from accompany.figures.queries import NotThere
from accompany.people.terms import BirthFact, Sex
from tests.world import later

pytestmark = pytest.mark.django_db
ASKED = {"name": "children-separated", "may_wait": False}


@pytest.fixture(autouse=True)
def large(monkeypatch):
    """One person is as many as anybody should wait for, and nothing is in memory."""
    monkeypatch.setattr(extract, "LARGE", 0)
    extract.forget()


@pytest.fixture
def children(world):
    """Two children separated and held, one of them of another nationality and with a place."""
    mother, one = world.persons(2)
    other = world.person(birth=BirthFact(age=4), sex=Sex.MALE, nationality="GT")
    world.separate([one, other], mother)
    world.stay(one, Custodian.ORR, "2026-01-08")
    world.stay(other, Custodian.ORR, "2026-01-08", "2026-02-20", Departure.REUNIFIED)
    world.reunify(other, mother)
    return mother, one, other


def figure(world, **more):
    return queries.exact(**(ASKED | {"on": clock.today(), "seen_by": world.admin} | more))


def have_made(world, known_on=None):
    actions.have_extract_made(known_on=known_on, by=world.admin)


def work():
    jobs.work(threading.Event(), until_done=True)
    extract.forget()


def rows_of(engine):
    return {name: engine.ask(name, f"SELECT * FROM {name} ORDER BY rowid") for name in TABLES}


@pytest.mark.parametrize("piece", [1, 2, 100_000])
def test_an_extract_kept_is_the_one_that_was_made(world, children, monkeypatch, piece):
    monkeypatch.setattr(packing, "PIECE", piece)
    world.stay(children[0], Custodian.ICE, None, "2026-01-08")
    made = extract.made(trail.known(), world.home)
    have_made(world)
    work()

    found, _moment = extract.extract_there(trail.known(), world.home, newest=True)

    assert rows_of(found.engine) == rows_of(made.engine)
    assert any(row["began_first"] is None for row in rows_of(found.engine)["stay"])
    assert (found.tellings, found.content) == (made.tellings, made.content)


def test_nobody_waits_where_nothing_can_be_counted_yet(world, children):
    with pytest.raises(NotThere):
        figure(world)
    assert not ExtractKept.objects.exists()


def test_whoever_may_wait_has_it_made_at_once(world, children):
    assert figure(world, may_wait=True).whole.value == 2


def test_what_a_job_made_is_counted(world, children):
    have_made(world)
    work()
    answer = figure(world)
    assert (answer.whole.value, answer.is_behind) == (2, False)


def test_newer_facts_wait_and_the_answer_says_its_moment(world, children):
    have_made(world)
    work()
    before = ExtractKept.objects.get().moment
    world.separate(world.persons(1), children[0])

    answer = figure(world)

    assert (answer.whole.value, answer.is_behind) == (2, True)
    assert answer.known_on == before


def test_a_day_that_had_not_come_by_then_is_not_counted(world, children):
    have_made(world)
    work()
    yesterday = later(-1)
    ExtractKept.objects.update(moment=yesterday)
    world.person()
    assert figure(world).on == queries._day_of(yesterday)


def test_a_look_makes_nothing_newer(world, children):
    have_made(world)
    work()
    trail.look("test.look", by=world.admin, about=())
    assert not figure(world).is_behind


def test_a_past_moment_is_answered_from_itself_or_not_yet(world, children):
    have_made(world)
    work()
    past = datetime(2020, 1, 1, tzinfo=UTC)
    asked = {"known_on": past, "on": date(2019, 4, 2)}
    with pytest.raises(NotThere):
        figure(world, **asked)

    have_made(world, past)
    work()
    assert figure(world, **asked).whole.value == 0


def test_asked_for_twice_it_is_made_once(world, children):
    for _ in range(3):
        have_made(world)
    assert DBTaskResult.objects.count() == 1


def test_a_job_that_was_lost_is_asked_for_again(world, children):
    have_made(world)
    DBTaskResult.objects.all().delete()
    ExtractAsked.objects.update(asked_at=later(-1))
    have_made(world)
    have_made(world)
    assert DBTaskResult.objects.count() == 1


def test_done_twice_it_is_done_once(world, children):
    for _ in range(2):
        actions.make_extract.call(world.home.hex, "")
    assert ExtractKept.objects.count() == 1


def test_a_job_that_broke_can_be_asked_for_again(world, children, monkeypatch):
    have_made(world)
    monkeypatch.setattr(extract, "made", lambda *_: 1 / 0)
    work()
    assert not ExtractAsked.objects.exists()


def test_old_extracts_are_let_go(world, children):
    for _ in range(actions.KEPT + 2):
        world.separate(world.persons(1), children[0])
        actions.make_extract.call(world.home.hex, "")
    kept = set(ExtractKept.objects.values_list("pk", flat=True))
    assert len(kept) == actions.KEPT
    assert set(ExtractPiece.objects.values_list("of", flat=True)) == kept
    extract.forget()
    assert not figure(world).is_behind


def test_an_extract_that_is_being_let_go_is_not_counted(world, children):
    have_made(world)
    work()
    ExtractPiece.objects.first().delete()
    with pytest.raises(NotThere):
        figure(world)


def test_another_organisation_s_extract_is_not_there(world, children):
    have_made(world)
    work()
    with pytest.raises(NotThere):
        figure(world, seen_by=world.actor(Role.TRACER, world.elsewhere))


def test_what_is_kept_holds_no_id_of_a_person(world, children):
    have_made(world)
    work()
    packed = b"".join(
        zlib.decompress(bytes(one)) for one in ExtractPiece.objects.values_list("packed", flat=True)
    )
    assert b"GT" in packed
    assert not any(person.bytes in packed for person in children)


def test_a_few_persons_are_counted_at_once(world, children, monkeypatch):
    monkeypatch.setattr(extract, "LARGE", 4)
    assert figure(world).whole.value == 2
    assert not ExtractKept.objects.exists()
