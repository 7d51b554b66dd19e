"""What a reader of figures is told, and what is kept from them."""

import csv
import io
import json
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accompany.access import trail
from accompany.access.models import Entry
from accompany.access.terms import Role
from accompany.base import clock
from accompany.base.ids import uuid7
from accompany.custody import actions as custody
from accompany.custody.terms import Cause, Custodian, SeparationFact, StayFact
from accompany.figures import catalogue, queries
from accompany.figures.audit import Broken
from accompany.figures.catalogue import CATALOGUE
from accompany.figures.engine import MeasurementFailed
from accompany.figures.ledger import Cell
from accompany.figures.queries import exact, publishable
from accompany.figures.solver import NotDecided
from accompany.figures.terms import Event, Measure
from accompany.people import actions as people
from accompany.people.terms import PersonFact, Sex
from tests.world import DAUGHTER, day, newest_entry, refused

pytestmark = pytest.mark.django_db
ON = date(2026, 3, 1)


@pytest.fixture
def separate(world):
    """Separate so many girls and boys; each has been in ORR's care since the 8th of January."""

    def record(girls=0, boys=0):
        sexes = [Sex.FEMALE] * girls + [Sex.MALE] * boys
        facts = [
            PersonFact(id=uuid7(), names=(DAUGHTER,), sex=sex, nationality="GT") for sex in sexes
        ]
        people.record_persons(facts, told=world.told(), by=world.admin)
        separations = [
            SeparationFact(f.id, uuid7(), Custodian.CBP, day("2026-01-06"), Cause.NOT_STATED)
            for f in facts
        ]
        custody.record_separations(separations, told=world.told(), by=world.admin)
        return [fact.id for fact in facts]

    return record


@pytest.fixture
def analyst(world):
    return world.actor(Role.ANALYST)


@pytest.fixture
def tracer(world):
    return world.actor(Role.TRACER)


def numbers(answer):
    return {tuple(row.by.values()): row.value for row in answer.rows}


# What is told


def test_large_numbers_are_told(separate, analyst):
    separate(girls=20, boys=30)

    answer = publishable("children-separated", on=ON, by="sex", seen_by=analyst)

    assert numbers(answer) == {("f",): 20, ("m",): 30, ("other",): 0}
    assert answer.whole.value == 50


def test_a_small_number_is_withheld_with_what_would_give_it_away(separate, analyst):
    separate(girls=3, boys=30)

    answer = publishable("children-separated", on=ON, by="sex", seen_by=analyst)

    assert numbers(answer) == {("f",): None, ("m",): None, ("other",): 0}
    assert answer.withheld == 2


def test_percentages_are_of_published_numbers(separate, analyst):
    separate(girls=20, boys=30)
    told = publishable("children-separated", on=ON, by="sex", seen_by=analyst).rows

    assert [row.percent for row in told] == [40, 60, 0]


def test_no_percentage_is_told_of_what_is_withheld(separate, analyst):
    separate(girls=3, boys=30)
    told = publishable("children-separated", on=ON, by="sex", seen_by=analyst).rows

    assert [row.percent for row in told] == [None, None, 0]


def test_a_crossed_row_is_a_part_of_its_group(separate, analyst):
    separate(girls=20, boys=30)
    told = publishable("reunified", on=ON, by="country", seen_by=analyst).rows
    row = next(row for row in told if row.by == {"country": "GT", "end": "still-in-care"})

    assert (row.value, row.of, row.percent) == (50, 50, 100)


def test_what_is_withheld_in_one_view_is_not_told_by_another(separate, analyst, world):
    # One child is with a parent. By country there is but one group: its row is the list of ends.
    children = separate(girls=20, boys=30)
    world.reunify(children[0], world.person())

    ends = publishable("reunified", on=ON, seen_by=analyst).rows
    by_country = publishable("reunified", on=ON, by="country", seen_by=analyst).rows
    of_guatemala = [row for row in by_country if row.by["country"] == "GT"]

    assert [row.value for row in of_guatemala] == [row.value for row in ends]
    assert [row.is_withheld for row in ends] == [True, False, True]


def test_the_same_is_answered_again_after_the_record_has_changed(separate, analyst):
    separate(girls=20)
    moment = clock.now()
    before = publishable("children-separated", on=ON, known_on=moment, seen_by=analyst)
    separate(girls=15)

    again = publishable("children-separated", on=ON, known_on=moment, seen_by=analyst)
    now = publishable("children-separated", on=ON, seen_by=analyst)

    assert again.as_json() == before.as_json()
    assert now.whole.value == 35


def test_an_empty_record_has_no_children(world, analyst):
    assert publishable("children-separated", on=ON, seen_by=analyst).whole.value == 0


def test_words_are_for_people(separate, analyst):
    separate(girls=3, boys=30)
    told = publishable("children-separated", on=ON, by="sex", seen_by=analyst).rows

    assert [(row.label, row.said) for row in told] == [
        ("Girls", "withheld"),
        ("Boys", "withheld"),
        ("Another, or not stated", "0"),
    ]


# Days


def in_care(world, children, ended=None):
    facts = [
        StayFact(child, Custodian.ORR, day("2026-01-08"), ended and day(ended))
        for child in children
    ]
    custody.record_stays(facts, told=world.told(), by=world.admin)


def days_of(answer, end):
    return [
        (row.measure, row.said)
        for row in answer.rows
        if row.by == {"end": end} and row.measure is not Measure.CHILDREN
    ]


def test_quartiles_are_told_in_whole_weeks(separate, analyst, world):
    in_care(world, separate(girls=44), ended="2026-02-12")  # 35 days
    answer = publishable("days-in-care", on=ON, seen_by=analyst)

    assert days_of(answer, "discharged-otherwise") == [
        (Measure.FIRST_QUARTILE, "about 5 weeks"),
        (Measure.MEDIAN, "about 5 weeks"),
        (Measure.THIRD_QUARTILE, "about 5 weeks"),
    ]


def test_days_that_are_not_over_are_days_so_far(separate, analyst, world):
    in_care(world, separate(girls=44))
    answer = publishable("days-in-care", on=ON, seen_by=analyst)
    row = next(row for row in answer.rows if row.measure is Measure.MEDIAN and row.value)

    assert (row.said, row.as_json()["at_least"]) == ("about 7 weeks so far", True)


def test_quartiles_of_43_children_are_withheld(separate, analyst, world):
    in_care(world, separate(girls=43), ended="2026-02-12")
    answer = publishable("days-in-care", on=ON, seen_by=analyst)

    assert {said for _, said in days_of(answer, "discharged-otherwise")} == {"withheld"}


def test_quartiles_of_a_group_whose_days_are_known_of_43_are_withheld(separate, analyst, world):
    children = separate(girls=50)
    in_care(world, children[:43])
    answer = publishable("days-in-care", on=ON, seen_by=analyst)

    assert {said for _, said in days_of(answer, "still-in-care")} == {"withheld"}


def test_exact_days_are_days(separate, tracer, world):
    in_care(world, separate(girls=1), ended="2026-02-12")
    answer = exact("days-in-care", on=ON, seen_by=tracer)

    assert [said for _, said in days_of(answer, "discharged-otherwise")] == ["35 days"] * 3
    assert [said for _, said in days_of(answer, "still-in-care")] == ["not known"] * 3


# What is refused


@pytest.mark.parametrize("name", CATALOGUE)
def test_figures_are_for_those_who_may_see_them(world, name):
    nobody = world.colleague(Role.ANALYST)
    stranger = type(nobody)(nobody.user, nobody.organisation, frozenset())
    with pytest.raises(PermissionDenied):
        publishable(name, on=ON, seen_by=stranger)


def test_exact_figures_ask_for_their_own_permission(world, analyst):
    with pytest.raises(PermissionDenied):
        exact("children-separated", on=ON, seen_by=analyst)


def test_an_unknown_figure_is_refused(analyst):
    with refused("figures.no-such-figure"):
        publishable("children-lost", on=ON, seen_by=analyst)


def test_a_dimension_that_nothing_is_told_by_is_refused(analyst):
    with refused("figures.no-such-dimension"):
        publishable("children-separated", on=ON, by="end", seen_by=analyst)


@pytest.mark.parametrize("by", ["sex", "stated-cause"])
def test_ends_are_not_told_by_sex_or_cause(analyst, by):
    with refused("figures.not-told-by-that"):
        publishable("reunified", on=ON, by=by, seen_by=analyst)


def test_a_day_that_has_not_come_is_refused(analyst):
    with refused("figures.day-not-come"):
        publishable("reunified", on=clock.today() + timedelta(days=1), seen_by=analyst)


def test_a_day_after_the_moment_of_knowledge_is_refused(analyst):
    with refused("figures.day-not-come"):
        publishable(
            "reunified", on=ON, known_on=clock.end_of_day(date(2026, 2, 1)), seen_by=analyst
        )


def test_a_day_is_known_at_its_own_end(separate, analyst):
    moment = clock.end_of_day(clock.today()) - timedelta(microseconds=1)

    assert publishable("reunified", on=clock.today(), known_on=moment, seen_by=analyst)


def test_what_takes_too_long_is_refused_and_nothing_is_told(separate, analyst, monkeypatch):
    def undecided(_ledger):
        raise NotDecided

    separate(girls=12)
    trail.seal()
    monkeypatch.setattr(catalogue, "protect", undecided)
    with refused("figures.not-decided"):
        publishable("children-separated", on=ON, seen_by=analyst)


def test_what_the_auditor_breaks_is_not_told(separate, analyst, monkeypatch):
    broken = Broken(Cell(("sex",), ("f",)), (1,))
    separate(girls=12)
    monkeypatch.setattr(catalogue, "audit", lambda *_: [broken])
    with pytest.raises(MeasurementFailed) as failed:
        publishable("children-separated", on=ON, seen_by=analyst)

    assert "12" not in str(failed.value)


# The trail


def test_an_exact_figure_leaves_its_entry(separate, tracer):
    separate(girls=3)
    exact("children-separated", on=ON, by="sex", seen_by=tracer)
    entry = newest_entry()

    assert (entry.event, entry.actor) == (Event.EXACT_READ, tracer.user)
    assert json.loads(entry.counts) == {"numbers": 3}


def test_a_protected_figure_leaves_none(separate, analyst):
    separate(girls=3)
    before = Entry.objects.count()
    publishable("children-separated", on=ON, by="sex", seen_by=analyst)

    assert Entry.objects.count() == before


def test_an_exact_figure_is_exact_and_says_so(separate, tracer):
    separate(girls=3, boys=30)
    answer = exact("children-separated", on=ON, by="sex", seen_by=tracer)

    assert numbers(answer) == {("f",): 3, ("m",): 30, ("other",): 0}
    assert "not for publication" in str(answer.note)


# Files


def test_json_carries_all_that_the_number_needs(separate, analyst):
    separate(girls=3, boys=30)
    told = publishable("children-separated", on=ON, by="sex", seen_by=analyst).as_json()

    assert told["on"] == "2026-03-01"
    assert told["known_on"] == trail.known().moment.isoformat()
    assert told["sources"] == [{"told_by": "Casa Común", "how": "phone"}]
    assert {"question", "unit", "population", "rule_version", "leaves_out"} <= told.keys()
    assert told["values"] == [
        {"by": {"sex": "f"}, "value": None, "withheld": True},
        {"by": {"sex": "m"}, "value": None, "withheld": True},
        {"by": {"sex": "other"}, "value": 0},
    ]
    assert json.loads(json.dumps(told)) == told


def test_a_csv_leaves_a_withheld_value_empty(separate, analyst):
    separate(girls=3, boys=30)
    written = publishable("children-separated", on=ON, by="sex", seen_by=analyst).as_csv()
    told = list(csv.DictReader(io.StringIO(written)))

    assert [(row["sex"], row["value"], row["status"]) for row in told] == [
        ("f", "", "withheld"),
        ("m", "", "withheld"),
        ("other", "0", "shown"),
    ]


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_figure_is_written_in_both_formats(separate, analyst, name):
    separate(girls=50)
    answer = publishable(name, on=ON, seen_by=analyst)
    told = list(csv.DictReader(io.StringIO(answer.as_csv())))

    assert len(told) == len(answer.as_json()["values"]) == len(answer.rows)


def test_the_figures_are_listed_for_those_who_may_see_them(analyst):
    assert [figure.name for figure in queries.figures(seen_by=analyst)] == list(CATALOGUE)
