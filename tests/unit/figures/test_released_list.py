"""The list that ORR released, where it is at hand: the numbers that everything stands on."""

import os
from datetime import date
from pathlib import Path

import pytest
from django.db import transaction

from accompany.exchange import receiving
from accompany.exchange.receiving import Order
from accompany.figures.catalogue import CATALOGUE
from accompany.figures.ledger import Cell
from accompany.figures.queries import exact, publishable
from accompany.sources.models import Question
from tests.world import LEARNED, World

REPOSITORY = Path(__file__).parents[3]
DATA = Path(os.environ.get("ACCOMPANY_SHARED_DATA", REPOSITORY.parent / "shared" / "data"))
RELEASED = DATA / "separated_children_2018.csv"
AS_OF = date(2019, 4, 2)

pytestmark = pytest.mark.skipif(
    not RELEASED.exists(), reason="the released list is not at hand: set ACCOMPANY_SHARED_DATA"
)


@pytest.fixture(scope="module")
def found(django_db_setup, django_db_blocker):
    """Every table of the list, published and exact, and the kinds of questions it raised."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = World.set_up()
        order = Order("separated-children", RELEASED, RELEASED.name, LEARNED)
        receiving.receive(order, by=world.admin)
        found = {}
        for name, by in tables():
            asked = {"on": AS_OF, "by": by, "seen_by": world.admin}
            found[name, by] = publishable(name, **asked), exact(name, **asked)
        kinds = set(Question.objects.values_list("kind", flat=True))
        transaction.set_rollback(True)
    return found, kinds


@pytest.fixture
def answers(found):
    """Every table, by figure and what it is told by."""
    answers, _kinds = found
    return answers


def tables():
    for figure in CATALOGUE.values():
        for by in (None, *figure.dimensions):
            yield figure.name, by


def told(answers, name, by=None):
    published, _exact = answers[name, by]
    return {row.label: row.value for row in published.rows if row.measure == "children"}


def test_3108_children_were_separated(answers):
    assert told(answers, "children-separated") == {"All": 3_108}


def test_the_three_ends_are_those_of_the_list(answers):
    assert list(told(answers, "reunified").values()) == [2_192, 723, 193]


def test_1243_waited_four_or_more_days(answers):
    assert told(answers, "days-from-apprehension-to-orr-approval")["Four or more days"] == 1_243


def test_two_approvals_are_not_possible(answers):
    _published, exactly = answers["days-from-apprehension-to-orr-approval", None]

    assert [row.value for row in exactly.rows if row.by == {"wait": "not-told"}] == [2]


def test_at_most_13_numbers_of_lists_and_ends_are_withheld(answers):
    cells = {
        Cell(tuple(row.by), tuple(row.by.values())): row
        for published, _exact in answers.values()
        for row in (published.whole, *published.rows)
        if row.measure == "children" and "wait" not in row.by
    }
    numbers = [row for row in cells.values() if "not-stated" not in row.by.values()]

    assert len(numbers) == 79  # 78, and girls and boys have a third group beside them
    assert sum(row.is_withheld for row in cells.values()) <= 13


def test_no_list_by_itself_has_a_number_to_withhold(answers):
    assert not any(
        row.is_withheld
        for (name, _by), (published, _exact) in answers.items()
        for row in published.rows
        if name == "children-separated"
    )


def test_nobody_of_the_list_is_asked_where_they_are_now(found):
    """Those who left, left in a way that says out of whose care, or into whose; others are held."""
    _answers, kinds = found
    assert "stays.impossible-order" in kinds
    assert "stays.nobody-says" not in kinds
