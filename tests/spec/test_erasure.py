"""In what groups is an erased person counted? In those in which figures count the person."""

from dataclasses import replace
from datetime import date

import pytest

from accompany.base import clock
from accompany.base.ids import uuid7
from accompany.erasure import rules
from accompany.erasure.rules import objections_to_confirming
from accompany.erasure.terms import Because, Population, Told, Waiting
from accompany.figures.separation import CHILDREN_SEPARATED, SEPARATED, TOLD_APART
from tests.drawn import engine_of, world_of

PARTED = date(2018, 5, 3)


@pytest.mark.parametrize("country", [None, "HN", "GT", "CO"])
@pytest.mark.parametrize("office", [None, "Del Rio", "El Paso", "Nogales"])
@pytest.mark.parametrize(
    ("age", "born"),
    [(None, None), (4, None), (5, None), (12, None), (15, 1990), (16, None), (None, 2010)],
)
def test_the_groups_are_those_of_figures(country, office, age, born):
    parted = {"taken_from": "parent", "on_first": PARTED, "on_last": PARTED}
    world = world_of({}) | {
        "separation": [{"child": "ana", **parted}],
        "description": [{"child": "ana", "nationality": country}],
        "birth": [{"child": "ana", "age": age, "year": born}],
        "hand_over": [{"child": "ana", "kind": "referred", "office": office}],
    }
    sql = SEPARATED + TOLD_APART + "SELECT * FROM told_apart"
    (row,) = engine_of(world).ask("told", sql, on=date(2019, 1, 1))
    told = Told(country, age, born, office, separated_in=2018, first_in=2017)
    groups = dict(rules.groups_of(told))
    assert groups == {name: row[name] for name in ("country", "age-group", "office")}


def test_the_categories_are_those_of_figures():
    dimensions = CHILDREN_SEPARATED.dimensions
    assert {*rules.COUNTRIES, "other"} == set(dimensions["country"].categories)
    assert {*rules.OFFICES.values(), "other"} == set(dimensions["office"].categories)


@pytest.mark.parametrize(
    ("told", "population", "year"),
    [
        (Told(separated_in=2018, first_in=2017), Population.SEPARATED, 2018),
        (Told(first_in=2017), Population.OTHERS, 2017),
        (Told(), Population.OTHERS, 0),
    ],
)
def test_the_year_is_that_of_the_separation_or_of_what_came_first(told, population, year):
    assert (rules.population_of(told), rules.year_of(told)) == (population, year)


ANA, BEN = uuid7(), uuid7()
ASKED = Waiting(uuid7(), Because.WITHDRAWN, ANA, clock.now())
CONFIRMED = replace(ASKED, confirmed_by=BEN, confirmed_at=clock.now(), holds=True)
CHANGED = replace(CONFIRMED, holds=False)


@pytest.mark.parametrize(
    ("waiting", "by", "codes"),
    [
        (None, ANA, ["erasure.not-asked"]),
        (ASKED, ANA, ["erasure.second-person"]),
        (ASKED, None, ["erasure.second-person"]),
        (ASKED, BEN, []),
        (CONFIRMED, BEN, ["erasure.confirmed-already"]),
        (CONFIRMED, ANA, ["erasure.second-person", "erasure.confirmed-already"]),
        (CHANGED, BEN, []),
        (CHANGED, ANA, ["erasure.second-person"]),
    ],
)
def test_another_confirms_than_who_asked(waiting, by, codes):
    assert [one.code for one in objections_to_confirming(waiting, by)] == codes


@pytest.mark.parametrize(
    ("waiting", "codes"),
    [
        (None, ["erasure.not-confirmed"]),
        (ASKED, ["erasure.not-confirmed"]),
        (CHANGED, ["erasure.changed-since"]),
        (CONFIRMED, []),
    ],
)
def test_what_is_carried_out_is_what_was_confirmed(waiting, codes):
    assert [one.code for one in rules.objections_to_carrying_out(waiting)] == codes
