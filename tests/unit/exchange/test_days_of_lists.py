"""Days of a list that lie where no day should: kept as received, and asked about."""

import pytest

from accompany.custody.models import Separation, Stay
from accompany.exchange.receiving import LAYOUTS
from accompany.people.models import Person
from accompany.sources.models import Question
from accompany.sources.terms import QuestionKind
from tests.noise.files import as_text, good_table

DAYS = {"people": "held_since", "separated-children": "DATE_APPREHENDED"}


def receive(world, layout, **cells):
    """A good list of that kind, in whose last row some cells say something else."""
    heading, *rows = good_table(layout)
    for column, cell in cells.items():
        rows[-1][heading.index(column)] = cell
    return world.receive(as_text([heading, *rows]), layout=layout)


@pytest.mark.parametrize("day", ["9999-12-31", "12/31/9999", "9999-12"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_day_after_which_there_is_none_is_asked_about(world, layout, day):
    received = receive(world, layout, **{DAYS[layout]: day})
    asked = Question.objects.filter(of=received.pk, kind=QuestionKind.CELL_UNREADABLE)
    assert asked.count() == 1
    assert len(world.persons_of(received)) >= 2


AFTER = "5/20/2025"


def test_a_child_apprehended_after_the_day_of_the_list_is_separated_then_or_later(world):
    receive(world, "separated-children", DATE_APPREHENDED=AFTER)
    last = Separation.objects.latest("pk")
    assert (last.on.first_day.year, last.on.latest) == (2025, None)


def test_a_child_approved_after_the_day_of_the_list_left_then_or_later(world):
    receive(world, "separated-children", DATE_ORR_APPROVED=AFTER, **{"Date Discharged": ""})
    last = Stay.objects.filter(custodian="orr").latest("pk")
    assert (last.ended.first_day.year, last.ended.latest) == (2025, None)
    assert Person.objects.count() == 2
