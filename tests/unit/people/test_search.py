"""A name, a code or an A-number leads to whom it may mean, and to nobody whom one may not see."""

import threading
from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accompany.access import actions as access
from accompany.access.terms import Role
from accompany.base import codes
from accompany.people import actions as people
from accompany.people import queries, rules, search
from accompany.people.search import Names, Narrowed
from accompany.people.terms import (
    AgeGroup,
    BirthFact,
    IdentifierFact,
    IdentifierKind,
    Issuer,
    NameFact,
    Sex,
)
from tests.world import DAUGHTER, MOTHER, later

pytestmark = pytest.mark.django_db

A_NUMBER = IdentifierFact(IdentifierKind.A_NUMBER, Issuer.DHS, "099871345")


def found(text, world, *, by=None, **more):
    """The ids of those found, in order."""
    hits = search.find(text, seen_by=by or world.admin, year=2026, **more).hits
    return [hit.person.pk for hit in hits]


def names_statement(world, person):
    """The statement of a person's only name."""
    sealers = queries.sealers_of([person])
    (saying,) = queries.names_said([person], sealers)
    return queries.statement(saying.said.kind, saying.said.id)


def test_a_misspelt_name_is_found(world):
    child = world.person(DAUGHTER)
    assert found("jenesis pinda", world) == [child]


def test_a_name_recorded_since_the_last_search_is_found(world):
    assert found("Tziquin", world) == []
    mother = world.person(MOTHER)
    assert found("Tziquin", world) == [mother]


def test_a_withdrawn_name_is_found_no_more(world):
    child = world.person(DAUGHTER)
    assert found("Génesis", world) == [child]
    people.correct(names_statement(world, child), reason="Era otra.", by=world.admin)
    assert found("Génesis", world) == []


def test_the_names_of_a_withdrawn_list_are_found_no_more(world):
    received = world.receive()
    assert found("Elvin", world)
    people.withdraw_list(received, because="Era la lista de otro.", by=world.admin)
    assert found("Elvin", world) == []


def test_an_index_is_built_anew_when_another_record_stands_where_one_was(world):
    names = Names()
    names._seen = search._Seen(1, b"of another record")
    names._index = search.WordIndex()
    child = world.person(DAUGHTER)
    index, _loading = names.fresh()
    assert [hit.person for hit in index.search("Génesis")] == [child]


def test_many_names_are_read_in_a_thread_and_it_is_told(world, monkeypatch):
    world.person(DAUGHTER)
    monkeypatch.setattr(search, "_AT_ONCE", 0)
    monkeypatch.setattr(search.threading.Thread, "start", lambda _thread: None)
    _index, loading = Names().fresh()
    assert loading


def test_when_much_came_at_once_it_is_read_in_a_thread_and_it_is_told(world, monkeypatch):
    names = Names()
    names.fresh()
    monkeypatch.setattr(search, "_CHANGED", 1)
    monkeypatch.setattr(search.threading.Thread, "start", lambda _thread: None)
    world.persons(3)
    _index, loading = names.fresh()
    assert loading


def test_a_code_is_found_as_it_is_read_aloud(world):
    child = world.person(DAUGHTER)
    code = world.code(child)
    assert found(f"{code[:3]} {code[3:6].lower()} {code[6:]}", world) == [child]


@pytest.mark.parametrize("written", ["A99871345", "099-871-345", "a 99 871 345", "A# 099871345"])
def test_an_a_number_is_found_however_it_is_written(world, written):
    child = world.person(DAUGHTER, identifiers=(A_NUMBER,))
    assert found(written, world) == [child]


@pytest.mark.parametrize("written", ["123456", "1234567890", "A12B45678", "", "Ana"])
def test_what_is_no_a_number_is_none(written):
    assert search.a_number(written) is None


def test_a_withdrawn_a_number_finds_nobody(world):
    child = world.person(DAUGHTER, identifiers=(A_NUMBER,))
    facts = queries.facts_said([child], queries.sealers_of([child]))
    (number,) = [one for one in facts if one.what == "identifier.a-number"]
    statement = queries.statement(number.said.kind, number.said.id)
    people.correct(statement, reason="Mal leído.", by=world.admin)
    assert found("099871345", world) == []


@pytest.mark.parametrize("text", ["Génesis", "099871345"])
def test_nobody_finds_whom_they_may_not_see(world, text):
    world.person(DAUGHTER, identifiers=(A_NUMBER,))
    stranger = world.actor(Role.CASEWORKER, world.elsewhere)
    assert found(text, world, by=stranger) == []


def test_a_code_of_a_record_one_may_not_see_finds_nothing(world):
    child = world.person(DAUGHTER)
    stranger = world.actor(Role.CASEWORKER, world.elsewhere)
    assert found(world.code(child), world, by=stranger) == []


def test_what_is_written_as_a_code_is_no_name_however_it_sounds(world):
    never_given = codes.shown(codes.checked(987_654_321))
    world.person(replace(DAUGHTER, given=never_given.replace("-", " ")))
    assert found(never_given, world) == []


def test_a_lent_record_is_found_until_the_loan_ends(world):
    child = world.person(DAUGHTER)
    stranger = world.actor(Role.CASEWORKER, world.elsewhere)
    access.lend(record=child, to=world.elsewhere, until=later(days=0.4), by=world.admin)
    assert found("Génesis", world, by=stranger) == [child]


def test_a_page_is_filled_behind_many_whom_one_may_not_see(world):
    world.persons(100)
    stranger = world.actor(Role.TRACER, world.elsewhere)
    near = world.person(NameFact("Génesis", "Pinto", "Tzi"), by=stranger)
    assert found("Génesis Pineda Tziquin", world, by=stranger, limit=5) == [near]


def test_the_second_page_goes_on_where_the_first_ended(world):
    everybody = set(world.persons(7))
    first = search.find("Génesis", seen_by=world.admin, limit=4)
    second = search.find("Génesis", seen_by=world.admin, limit=4, offset=4)
    assert (first.more, second.more) == (True, False)
    hits = [hit.person.pk for page in (first, second) for hit in page.hits]
    assert set(hits) == everybody
    assert len(hits) == 7


def test_a_withdrawn_record_is_found_by_its_code_alone_and_marked(world):
    received = world.receive()
    child = world.persons_of(received)[0]
    people.withdraw_list(received, because="Era la lista de otro.", by=world.admin)
    (hit,) = search.find(world.code(child), seen_by=world.admin).hits
    assert hit.is_withdrawn


def test_names_are_narrowed_too(world):
    world.person(DAUGHTER, sex=Sex.FEMALE)
    boy = world.person(DAUGHTER, sex=Sex.MALE)
    assert found("Génesis", world, narrowed=Narrowed(sex=Sex.MALE)) == [boy]


def newest(world, **more):
    """The ids of the newest records."""
    return [hit.person.pk for hit in search.newest(seen_by=world.admin, year=2026, **more).hits]


def test_the_newest_records_come_first_and_page_by_page(world):
    everybody = world.persons(5)[::-1]
    first = search.newest(seen_by=world.admin, limit=3)
    rest = search.newest(seen_by=world.admin, limit=3, before=first.further)
    assert [hit.person.pk for page in (first, rest) for hit in page.hits] == everybody
    assert (first.more, rest.more, rest.further) == (True, False, None)


@pytest.mark.parametrize(
    ("told", "narrowed"),
    [
        ({"sex": Sex.FEMALE}, Narrowed(sex=Sex.FEMALE)),
        ({"nationality": "GT"}, Narrowed(nationality="GT")),
        ({"birth": BirthFact(age=7)}, Narrowed(group=AgeGroup.TO_9)),
        ({"birth": BirthFact(year=2012)}, Narrowed(group=AgeGroup.TO_15)),
    ],
)
def test_records_are_narrowed_to_what_is_said_of_them(world, told, narrowed):
    child = world.person(DAUGHTER, **told)
    world.person(MOTHER, sex=Sex.ANOTHER, nationality="HN", birth=BirthFact(year=1990))
    assert newest(world, narrowed=narrowed) == [child]


def test_records_are_narrowed_to_the_subjects_of_a_list(world):
    received = world.receive()
    world.person(MOTHER)
    on_list = newest(world, narrowed=Narrowed(on_list=received))
    assert len(on_list) == 2
    assert set(on_list) < set(world.persons_of(received))


def test_where_few_fit_it_is_told_from_where_to_look_further(world, monkeypatch):
    monkeypatch.setattr(search, "_WINDOW", 2)
    old = world.person(DAUGHTER, sex=Sex.MALE)
    world.persons(5)
    narrowed = Narrowed(sex=Sex.MALE)
    first = search.newest(seen_by=world.admin, narrowed=narrowed)
    assert (first.hits, first.further is None) == ((), False)
    then = search.newest(seen_by=world.admin, narrowed=narrowed, before=first.further)
    assert [hit.person.pk for hit in then.hits] == [old]


def test_more_records_ask_no_more_questions(world):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            search.find("Génesis", seen_by=world.admin)
        return len(queries)

    world.persons(3)
    asked()
    few = asked()
    world.persons(40)
    asked()
    assert asked() == few


@pytest.mark.parametrize(
    "words",
    [
        "She is undocumented",
        "no tiene papeles; es indocumentada",
        "His immigration status is not known",
        "overstayed a visa",
        "Tiene la residencia permanente",
        "es ciudadano",
        "asylum-seeker",
        "SITUACIÓN MIGRATORIA",
    ],
)
def test_words_about_status_are_noticed(words):
    assert rules.speaks_of_status(words)


@pytest.mark.parametrize(
    "words",
    ["She lives with her aunt", "Lo dijo por teléfono", "Improvisa canciones", "Civil status", ""],
)
def test_other_words_are_not(words):
    assert not rules.speaks_of_status(words)


def test_a_birth_told_in_part_lies_within_its_month_or_year():
    assert rules.birth_span("2016-02") == (date(2016, 2, 1), date(2016, 2, 29))
    assert rules.birth_span("2016") == (date(2016, 1, 1), date(2016, 12, 31))
    assert rules.birth_span("not told") is None


def test_an_age_on_a_day_allows_a_year_of_births():
    assert rules.birth_span_of(9, date(2026, 3, 2)) == (date(2016, 3, 3), date(2017, 3, 2))


def test_a_child_turns_an_adult_on_the_birthday():
    born = (date(2008, 3, 2), date(2008, 3, 2))
    assert rules.is_child(born, date(2026, 3, 1))
    assert rules.is_child(born, date(2026, 3, 2)) is False
    assert rules.is_child((date(2008, 1, 1), date(2008, 12, 31)), date(2026, 3, 2)) is None


def test_the_index_is_kept_fresh_where_nobody_searches(monkeypatch):
    index, looked = Names(), threading.Event()
    monkeypatch.setattr(index, "fresh", looked.set)
    ended = index.stay_fresh(0.01)
    assert looked.wait(10)
    ended.set()


def test_a_database_that_is_gone_for_a_while_does_not_end_it(monkeypatch):
    index, looked, enough = Names(), [], threading.Event()

    def fresh():
        looked.append(True)
        if len(looked) == 2:
            enough.set()
        raise OSError

    monkeypatch.setattr(index, "fresh", fresh)
    ended = index.stay_fresh(0.01)
    assert enough.wait(10)
    ended.set()
