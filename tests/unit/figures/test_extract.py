"""What figures count in: whose records, as they stood when, and nothing that is sealed."""

from datetime import UTC, date, datetime

import pytest

from accompany.access import trail
from accompany.access.terms import Ref, Role
from accompany.base import dates
from accompany.base.ids import uuid7
from accompany.custody import actions as custody
from accompany.custody.terms import Cause, Custodian, HandOverFact, HandOverKind, SeparationFact
from accompany.facilities.terms import PlaceKind
from accompany.figures import extract
from accompany.figures.catalogue import CATALOGUE, measure
from accompany.figures.extract import TABLES, extract_at
from accompany.people.terms import BirthFact, Sex
from accompany.sources import actions as sources
from accompany.sources.terms import Certainty
from tests.world import day

pytestmark = pytest.mark.django_db
LATER = date(2026, 3, 31)


@pytest.fixture
def separate(world):
    """Record that a child of the home organisation, or of another actor's, was separated."""

    def record(child, on=None, by=None, **told):
        fact = SeparationFact(
            child, uuid7(), Custodian.CBP, on or day("2026-01-06"), Cause.NOT_STATED
        )
        custody.record_separations([fact], told=world.told(**told), by=by or world.admin)

    return record


def counts(world, table=(), *, known=None, on=LATER, figure="children-separated", by=None):
    organisation = (by or world.admin).organisation
    found = extract_at(known or trail.known(), organisation)
    return measure(CATALOGUE[figure], found.engine, on=on).counts[table]


def how_many(world, **more):
    return counts(world, **more)[()]


def test_two_records_of_one_child_count_twice_until_they_are_joined(world, separate):
    one, other = world.persons(2)
    separate(one)
    separate(other)
    assert how_many(world) == 2

    world.join(one, other)
    assert how_many(world) == 1

    world.part(one, other)
    assert how_many(world) == 2


def test_the_past_is_joined_as_it_was(world, separate):
    one, other = world.persons(2)
    separate(one)
    separate(other)
    apart = trail.known()
    world.join(one, other)
    together = trail.known()
    world.part(one, other)

    assert [how_many(world, known=known) for known in (apart, together)] == [2, 1]


def test_what_joined_records_say_is_said_of_one_child(world, separate):
    one, other = world.person(sex=Sex.FEMALE), world.person(nationality="GT")
    separate(one)
    world.join(one, other)

    assert counts(world, table=("sex",)) == {("f",): 1}
    assert counts(world, table=("country",)) == {("GT",): 1}


def test_what_another_organisation_holds_is_not_counted(world, separate):
    theirs = world.actor(Role.CASEWORKER, world.elsewhere)
    separate(world.person())
    separate(world.person(by=theirs), by=theirs)
    separate(world.person(by=theirs), by=theirs)

    assert how_many(world) == 1
    assert how_many(world, by=theirs) == 2


def test_a_refuted_statement_is_not_counted(world, separate):
    separate(world.person(), certainty=Certainty.REFUTED)
    separate(world.person(), certainty=Certainty.DOUBTED)

    assert how_many(world) == 1


def test_what_is_recorded_later_was_not_known_before(world, separate):
    before = trail.known()
    separate(world.person())

    assert how_many(world, known=before) == 0
    assert how_many(world) == 1


@pytest.mark.parametrize(("zone", "counted"), [("America/Los_Angeles", 1), ("Europe/Paris", 0)])
def test_a_day_is_a_day_at_the_place(world, separate, zone, counted):
    # Half past six in the morning of the 7th in UTC is still the 6th in Los Angeles.
    moment = datetime(2026, 1, 7, 6, 30, tzinfo=UTC)
    separate(world.person(), on=dates.at_minute(moment, zone))

    assert how_many(world, on=date(2026, 1, 6)) == counted


@pytest.mark.parametrize("on", ["2026-03-07", "2026-03-08", "2026-03-09", "2026-11-01"])
def test_a_day_on_which_the_clocks_are_changed_is_one_day(world, separate, on):
    separate(world.person(), on=day(on))
    told = date.fromisoformat(on)

    assert how_many(world, on=told) == 1
    assert how_many(world, on=told.replace(month=1)) == 0


def test_a_span_counts_from_its_last_day(world, separate):
    separate(world.person(), on=dates.between(date(2026, 1, 6), date(2026, 1, 9), "UTC"))

    assert [how_many(world, on=date(2026, 1, number)) for number in (8, 9)] == [0, 1]


def test_the_age_as_listed_and_the_year_of_birth_come_through(world, separate):
    separate(world.person(birth=BirthFact(age=4)))
    separate(world.person(birth=BirthFact(year=2012)))
    separate(world.person())

    assert counts(world, table=("age-group",)) == {
        ("0-4",): 1,
        ("13-15",): 1,
        ("not-stated",): 1,
    }


@pytest.mark.parametrize(
    ("kind", "category"), [(PlaceKind.OFFICE, "el-paso"), (PlaceKind.STATION, "other")]
)
def test_an_office_is_known_by_its_name_and_kind(world, separate, kind, category):
    child = world.person()
    separate(child)
    place = world.place("El Paso", kind)
    giver, taker = Custodian.CBP, Custodian.ORR
    fact = HandOverFact(child, HandOverKind.REFERRED, giver, taker, day("2026-01-07"), place)
    custody.record_hand_overs([fact], told=world.told(), by=world.admin)

    assert counts(world, table=("office",)) == {(category,): 1}


def test_an_end_comes_through_from_stays_and_reunifications(world):
    mother, one, other, third = world.persons(4)
    world.separate([one, other, third], mother)
    world.stay(one, Custodian.ORR, "2026-01-08", "2026-02-20")
    world.stay(other, Custodian.ORR, "2026-01-08", "2026-02-10")
    world.stay(third, Custodian.ORR, "2026-01-08")
    world.reunify(one, mother)

    assert counts(world, table=("end",), figure="reunified") == {
        ("separated-parent",): 1,
        ("discharged-otherwise",): 1,
        ("still-in-care",): 1,
    }


def test_chunks_come_to_the_same(world, separate, monkeypatch):
    monkeypatch.setattr(extract, "_CHUNK", 2)
    persons = world.persons(7)
    for person in persons:
        separate(person)
    world.join(persons[0], persons[6])

    assert how_many(world) == 6


def test_a_look_leaves_the_extract_as_it_is(world, separate):
    separate(world.person())
    before = extract_at(trail.known(), world.home)
    trail.look("test.look", by=world.admin, about=())

    assert extract_at(trail.known(), world.home) is before


def test_a_change_makes_it_anew(world, separate):
    before = extract_at(trail.known(), world.home)
    separate(world.person())

    assert extract_at(trail.known(), world.home) is not before


def test_a_process_keeps_two_extracts(world, separate):
    for _ in range(4):
        separate(world.person())
        extract_at(trail.known(), world.home)

    assert len(extract._extracts) == 2


def test_it_holds_row_numbers_days_and_terms_and_no_ids(world, separate):
    separate(world.person())
    columns = extract_at(trail.known(), world.home).engine.ask(
        "test", "SELECT table_name, data_type FROM information_schema.columns"
    )
    kinds = {row["data_type"].partition("(")[0] for row in columns}

    assert {row["table_name"] for row in columns} == set(TABLES)
    assert kinds == {"INTEGER", "SMALLINT", "DATE", "ENUM", "VARCHAR"}


def test_its_only_texts_are_countries_and_the_names_of_offices():
    texts = {
        column
        for shape in TABLES.values()
        for column, kind in shape.columns.items()
        if kind == "VARCHAR"
    }
    assert texts == {"nationality", "office"}


def test_no_column_of_it_is_sealed():
    taken = {
        (shape.model.__name__, column)
        for shape in TABLES.values()
        for column in (*shape.terms, *shape.texts, *shape.numbers, *shape.dates)
    }
    sealed = {
        (shape.model.__name__, column)
        for shape in TABLES.values()
        for column in shape.model.privacy.sealed
    }
    assert not taken & sealed


def test_it_says_who_told_and_how(world, separate):
    separate(world.person())
    found = extract_at(trail.known(), world.home)

    assert extract.told_by(found) == [("Casa Común", "phone")]


def test_it_does_not_say_who_told_another_organisation(world, separate):
    theirs = world.actor(Role.CASEWORKER, world.elsewhere)
    separate(world.person(by=theirs), by=theirs, organisation=world.agency("orr"))
    found = extract_at(trail.known(), world.home)

    assert extract.told_by(found) == []


def test_an_office_that_went_with_its_list_is_still_known_to_what_others_told(world, separate):
    child, place = world.person(), world.place("El Paso", PlaceKind.OFFICE)
    separate(child)
    giver, taker = Custodian.CBP, Custodian.ORR
    fact = HandOverFact(child, HandOverKind.REFERRED, giver, taker, day("2026-01-07"), place)
    custody.record_hand_overs([fact], told=world.told(), by=world.admin)
    about = Ref("person", child)
    with sources.correcting(
        "facilities.facility", place, about=about, reason="Otra lista.", by=world.admin
    ):
        pass
    assert counts(world, table=("office",)) == {("el-paso",): 1}
