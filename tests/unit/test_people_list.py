"""The layout `people`: what a column of it tells, and what it leaves open."""

import pytest

from accompany.base.refusal import Refused
from accompany.exchange.people_list import COLUMNS, LAYOUT, with_mapping
from accompany.people import queries as people
from accompany.people.models import Membership
from accompany.people.terms import Standing
from accompany.sources import queries as sources

pytestmark = pytest.mark.django_db
HEADING = "family_name,given_name,standing\n"


def standings(world, *cells):
    """A list with one row for each cell of the column `standing`, and how its persons stand."""
    rows = (f"Pineda,Luz {number},{cell}\n" for number, cell in enumerate(cells))
    received = world.receive(HEADING + "".join(rows))
    told = Membership.objects.filter(of=received).order_by("id")
    return received, [one.standing for one in told]


def test_a_row_says_how_its_person_stands_on_the_list(world):
    _received, told = standings(world, "in", "out", "indicated", "")
    assert told == ["in", "out", "indicated", "in"]


def test_without_the_column_whom_a_row_names_is_on_the_list(world):
    received = world.receive()
    told = set(Membership.objects.filter(of=received).values_list("standing", flat=True))
    assert told == {"in"}


@pytest.mark.parametrize(
    ("cell", "asked"),
    [
        ("acaso", {"row.cell-unreadable": 1}),
        ("[redacted]", {"row.cell-redacted": 1}),
        ("unknown", {}),
    ],
)
def test_a_standing_that_cannot_be_read_is_not_known_and_asked_about(world, cell, asked):
    received, told = standings(world, cell)
    assert told == [Standing.NOT_KNOWN]
    assert sources.questions_by_kind(received) == asked


def test_who_is_out_or_not_known_is_a_person_of_the_list_all_the_same(world):
    received, _told = standings(world, "in", "out", "indicated", "acaso")
    assert people.counts_of(received) == (4, 0)


@pytest.mark.parametrize("word", ["in", "out", "indicated", "not all criteria met"])
def test_the_words_of_the_help_are_read(world, word):
    assert word in COLUMNS["standing"]
    _received, (told,) = standings(world, word)
    assert told != Standing.NOT_KNOWN


@pytest.mark.parametrize(
    "text",
    ["[columns]\na = " + "[" * 5_000, "a = " + "9" * 5_000 + "\n[columns]\n"],
    ids=["brackets within brackets", "a number of thousands of digits"],
)
def test_a_mapping_that_breaks_its_reader_is_refused(text):
    with pytest.raises(Refused, match="exchange.mapping-unreadable"):
        with_mapping(LAYOUT, text)
