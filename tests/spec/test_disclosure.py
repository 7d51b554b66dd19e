"""Attacks on a published figure, each by its name, and what the protection answers."""

import csv
import os
import re
import subprocess
import sys
from collections import Counter
from itertools import product
from pathlib import Path

import pytest

from accompany.base.refusal import Refused
from accompany.figures.audit import audit
from accompany.figures.disclosure import Choice, percent, protect
from accompany.figures.ledger import Cell, Ledger
from accompany.figures.solver import NotDecided

ENDS = ("reunified", "otherwise", "still in care")


def one_list(**counts):
    """A population of groups of these sizes, published as one list and its total."""
    sizes = {(group,): count for group, count in counts.items()}
    return Ledger({"group": tuple(counts)}, [("group",)], {("group",): sizes})


def by_end(rows):
    """A population of groups, each with its counts by end, published crossed."""
    counts = {
        (group, end): count
        for group, sizes in rows.items()
        for end, count in zip(ENDS, sizes, strict=True)
    }
    crossed = ("group", "end")
    return Ledger({"group": tuple(rows), "end": ENDS}, [crossed], {crossed: counts})


def shown(ledger):
    """The numbers that are shown, by the categories of their cell; the total has none."""
    published = protect(ledger)
    return {
        categories: count
        for counts in published.tables.values()
        for categories, count in counts.items()
        if count is not None
    }


def broken(ledger):
    return audit(protect(ledger).tables, ledger.guarded(10))


# Attacks


def test_large_numbers_all_show():
    assert shown(one_list(a=900, b=11)) == {(): 911, ("a",): 900, ("b",): 11}


def test_a_small_count_is_not_the_total_less_the_rest():
    numbers = shown(one_list(guatemala=900, honduras=500, india=7))

    assert numbers.keys() == {(), ("guatemala",)}


def test_two_small_counts_are_not_told_by_their_sum():
    assert len(shown(one_list(guatemala=900, honduras=500, angola=1, peru=2))) == 2


def test_two_small_counts_whose_sum_leaves_each_open_need_no_third():
    assert shown(one_list(guatemala=900, angola=7, peru=8)) == {(): 915, ("guatemala",): 900}


def test_a_zero_in_a_row_of_two_does_not_show():
    numbers = shown(by_end({"many": (40, 40, 40), "nicaragua": (1, 1, 0), "other": (40, 40, 40)}))

    assert not any("nicaragua" in categories for categories in numbers)


def test_a_zero_shows_where_all_totals_show():
    numbers = shown(by_end({"many": (40, 40, 40), "few": (0, 30, 30)}))

    assert numbers["few", "reunified"] == 0


def test_a_small_row_that_is_all_in_one_end_does_not_say_which():
    numbers = shown(by_end({"many": (40, 40, 40), "seven": (0, 7, 0), "other": (40, 40, 40)}))

    assert not any("seven" in categories for categories in numbers)


def test_a_row_of_more_than_ten_may_be_all_in_one_end():
    # Allowed for ends; lists by cause are not crossed.
    numbers = shown(by_end({"many": (40, 40, 40), "twelve": (12, 0, 0)}))

    assert [numbers["twelve", end] for end in ENDS] == [12, 0, 0]


BY_SEX = {("sex",): {("f",): 4, ("m",): 4, ("x",): 3}}
BY_OFFICE = {("office",): {("north",): 11, ("south",): 0}}


def two_views(counts):
    dimensions = {"sex": ("f", "m", "x"), "office": ("north", "south")}
    return Ledger(dimensions, [*counts], counts)


def test_two_views_protected_apart_give_each_other_away():
    # Why one ledger holds all views of a figure: of 11, none of three groups can be 10.
    by_sex, by_office = two_views(BY_SEX), two_views(BY_OFFICE)

    together = protect(by_sex).tables | protect(by_office).tables

    assert audit(protect(by_sex).tables, by_sex.guarded(10)) == []
    assert len(audit(together, by_sex.guarded(10))) == 3


def test_two_views_protected_together_do_not():
    assert broken(two_views(BY_SEX | BY_OFFICE)) == []


def test_the_same_ledger_is_protected_the_same_way_again():
    assert protect(coarse_crossing()) == protect(coarse_crossing())


def test_a_ring_of_tables_is_refused():
    dimensions = {"a": ("0", "1"), "b": ("0", "1"), "c": ("0", "1")}
    pairs = [("a", "b"), ("b", "c"), ("a", "c")]
    counts = {pair: dict.fromkeys(product("01", "01"), 20) for pair in pairs}

    with pytest.raises(Refused) as refused:
        Ledger(dimensions, pairs, counts)

    assert [one.code for one in refused.value.objections] == ["figures.tables-form-a-ring"]


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (7, 48, 15),
        (1, 8, 13),  # a half is rounded up
        (None, 48, None),  # 15 in a hundred of 48 is 7 and nothing else
        (7, None, None),
        (0, 0, None),
    ],
)
def test_a_percentage_comes_from_shown_numbers_only(part, whole, expected):
    assert percent(part, whole) == expected


# Small populations


@pytest.mark.parametrize("total", range(1, 11))
def test_a_small_population_is_withheld_with_its_total_and_zeros(total):
    assert shown(one_list(a=total, b=0)) == {}


def test_nobody_at_all_shows_as_zero():
    assert set(shown(one_list(a=0, b=0)).values()) == {0}


@pytest.mark.parametrize("sizes", [*product((0, 1, 10, 11, 12), repeat=3)])
def test_no_small_list_is_broken(sizes):
    assert broken(one_list(**dict(zip("abc", sizes, strict=True)))) == []


def test_where_nothing_else_helps_the_total_is_withheld():
    # p1 is two children. Each of two withheld groups, of which none is empty as their totals show,
    # can only have its child in p1, since the shown zeros exclude all else: a reader counts two.
    counts = {
        ("a1", "b1", "p1"): 1,
        ("a2", "b2", "p1"): 1,
        ("a1", "b2", "p2"): 50,
        ("a2", "b1", "p3"): 50,
    }
    dimensions = {"a": ("a1", "a2"), "b": ("b1", "b2"), "p": ("p1", "p2", "p3")}
    crossed = ("a", "b", "p")
    choice = Choice(Ledger(dimensions, [crossed], {crossed: counts}), threshold=10, seconds=20.0)

    choice.keep_possible(Cell(("p",), ("p1",)), at_most=1)

    assert choice.protected().value((), ()) is None


# The promises of the ledger


def test_margins_and_zeros_are_added_up():
    ledger = Ledger({"sex": ("f", "m")}, [("sex",)], {("sex",): {("f",): 30}})

    assert [*ledger.cells.values()] == [30, 30, 0]


@pytest.mark.parametrize(
    "counts",
    [
        pytest.param({(): {(): 99}, ("sex",): {("f",): 30}}, id="that do not add up"),
        pytest.param({("sex",): {("x",): 30}}, id="outside the categories"),
        pytest.param({("sex",): {("f",): -1}}, id="below zero"),
        pytest.param({(): {(): 30}}, id="that are missing"),
        pytest.param({("end", "sex"): {}}, id="of a table out of order"),
    ],
)
def test_counts_that_are_no_population_are_a_fault(counts):
    dimensions = {"sex": ("f", "m"), "end": ENDS}

    with pytest.raises(ValueError, match=r"[Tt]able"):
        Ledger(dimensions, [("sex",)], counts)


def test_a_ledger_does_not_print_its_counts():
    assert "917" not in repr(one_list(a=917))


def test_out_of_time_is_not_an_answer():
    with pytest.raises(NotDecided):
        protect(coarse_crossing(), seconds=0.0)


def test_the_solver_prints_nothing():
    script = (
        "from tests.spec.test_disclosure import one_list, protect; protect(one_list(a=3, b=90))"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        check=True,
        env=environment,
        cwd=Path(__file__).parents[2],
    )

    assert run.stdout == b""


# The auditor


def test_the_auditor_objects_when_only_small_counts_are_withheld():
    ledger = one_list(guatemala=900, honduras=500, india=7)
    small = set(ledger.guarded(10))
    naive = tables_of(ledger, withheld=small)

    assert [(found.cell, 7 in found.excluded) for found in audit(naive, small)] == [
        (Cell(("group",), ("india",)), False)
    ]


def test_the_auditor_objects_to_a_guarded_count_that_is_shown():
    ledger = one_list(a=90, b=7)

    assert len(audit(tables_of(ledger, withheld=()), ledger.guarded(10))) == 1


def test_the_auditor_knows_that_what_is_withheld_is_not_zero():
    # 11 in two groups: were zero possible, either could be all of them; so each is 1 to 10.
    tables = {(): {(): 10}, ("group",): {("a",): None, ("b",): None}}

    (found,) = audit(tables, [Cell(("group",), ("a",))])

    assert found.excluded == (10,)


def test_the_auditor_knows_that_a_zero_does_not_show_beneath_a_withheld_total():
    tables = {(): {(): None}, ("group",): {("a",): None, ("b",): None}}

    assert audit(tables, [Cell(("group",), ("a",))]) == []


def test_the_auditor_does_not_judge_numbers_that_contradict_each_other():
    tables = {(): {(): 90}, ("group",): {("a",): 40, ("b",): 40}}

    with pytest.raises(ValueError, match="contradict"):
        audit(tables, [])


def test_the_auditor_objects_if_any_number_withheld_for_another_is_shown():
    ledger = by_end({"many": (90, 80, 70), "few": (3, 50, 40), "other": (30, 20, 25)})

    assert faults_noticed(ledger) == {True}


# A list that an agency released, where it is at hand; no row of it is kept here.

REPOSITORY = Path(__file__).parents[2]
DATA = Path(os.environ.get("ACCOMPANY_SHARED_DATA", REPOSITORY.parent / "shared" / "data"))
RELEASED = DATA / "separated_children_2018.csv"
released_list = pytest.mark.skipif(
    not RELEASED.exists(), reason="the released list is not at hand: set ACCOMPANY_SHARED_DATA"
)

COARSE = {
    "sex": ("F", "M"),
    "country": ("Guatemala", "Honduras", "El Salvador", "Mexico", "Brazil", "other"),
    "age": ("0-4", "5-9", "10-12", "13-15", "16 and over"),
    "office": (
        "Harlingen (SNA)",
        "Phoenix, AZ (PHO)",
        "El Paso (ELP)",
        "Del Rio (DRO)",
        "San Diego (SND)",
        "other or not stated",
    ),
    "cause": ("zero tolerance", "gang", "criminal history", "other"),
    "end": ENDS,
}
ONE_WAY = [(dimension,) for dimension in COARSE]
WITH_ENDS = [*ONE_WAY, ("country", "end"), ("age", "end"), ("office", "end")]


def released(tables):
    """The children of the released list under coarse categories, as one ledger."""
    with RELEASED.open(encoding="utf-8", newline="") as file:
        children = [child(row) for row in csv.DictReader(file) if row["AGE"].isdigit()]
    counts = {
        table: Counter(tuple(one[dimension] for dimension in table) for one in children)
        for table in tables
    }
    return Ledger(COARSE, tables, counts)


def child(row):
    said = {heading: re.sub(r"\s+", " ", cell).strip() for heading, cell in row.items()}
    return {
        "sex": said["GENDER"],
        "country": said["COO"] if said["COO"] in COARSE["country"] else "other",
        "age": age_group(int(said["AGE"])),
        "office": named_office(said["REFERRING OFFICE"]),
        "cause": cause(said["Reason fo Separation"].lower()),
        "end": end(said["REUNITIED_SEP_PARENTS"].lower()),
    }


def age_group(age):
    return COARSE["age"][sum(age >= first for first in (5, 10, 13, 16))]


def named_office(said):
    return said if said in COARSE["office"] else "other or not stated"


def cause(said):
    words = {"zero tolerance": "zero tolerance", "gang": "gang", "cartel": "gang"}
    words |= {"criminal": "criminal history"}
    return next((coded for word, coded in words.items() if word in said), "other")


def end(said):
    words = {"reunited": "reunified", "still in care": "still in care"}
    return next((coded for word, coded in words.items() if word in said), "otherwise")


@released_list
def test_the_one_way_tables_of_the_released_list_withhold_nothing():
    published = protect(released(ONE_WAY))

    assert sum(map(len, published.tables.values())) == 27
    assert published.withheld == []


@released_list
def test_the_released_list_by_end_withholds_at_most_13_of_78_and_nothing_breaks():
    ledger = released(WITH_ENDS)

    published = protect(ledger)

    assert len(ledger.cells) == 78
    assert len(published.withheld) <= 13
    assert audit(published.tables, ledger.guarded(10)) == []


@released_list
def test_the_released_list_shows_its_three_ends():
    published = protect(released(WITH_ENDS))

    assert [published.value(("end",), (end,)) for end in ENDS] == [2192, 723, 193]


@released_list
def test_the_auditor_objects_if_any_number_of_the_released_list_is_shown_after_all():
    assert faults_noticed(released(WITH_ENDS)) == {True}


# Worlds of this file


def tables_of(ledger, withheld):
    """The tables as they would be published, with just these cells withheld."""
    tables = {}
    for cell, count in ledger.cells.items():
        value = None if cell in withheld else count
        tables.setdefault(cell.table, {})[cell.categories] = value
    return tables


def faults_noticed(ledger):
    """Whether the auditor objects, for each number withheld for another, if it is shown."""
    guarded = ledger.guarded(10)
    withheld = set(protect(ledger).withheld)
    return {
        bool(audit(tables_of(ledger, withheld - {other}), guarded))
        for other in withheld - set(guarded)
    }


def coarse_crossing():
    """Groups by end, of which five counts are small: enough to need others withheld."""
    return by_end(
        {
            "first": (400, 130, 60),
            "second": (300, 90, 41),
            "third": (80, 22, 9),
            "fourth": (25, 13, 4),
            "fifth": (17, 5, 12),
            "other": (14, 3, 7),
        }
    )
