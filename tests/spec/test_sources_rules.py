"""Which answers make sense to which kind of question, and which days have not come."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from accompany.base.dates import at_minute, between, in_month, on_day
from accompany.custody.terms import QuestionKind as StaysLeaveOpen
from accompany.sources.rules import (
    NOT_COME,
    OUTCOME_DOES_NOT_ANSWER,
    objections_to_answering,
    objections_to_days,
    objections_to_telling,
    outcomes_of,
)
from accompany.sources.terms import How, Outcome, QuestionKind, TellingFact

AS_TOLD, WRONG, EXPLAINED, TWO_PERSONS, NEVER = Outcome

OFFERED = {
    QuestionKind.CELL_UNREADABLE: {WRONG, EXPLAINED, NEVER},
    QuestionKind.CELL_REDACTED: {EXPLAINED, NEVER},
    QuestionKind.REPEATS: {TWO_PERSONS, WRONG, EXPLAINED, NEVER},
    QuestionKind.CONTRADICTS: {WRONG, EXPLAINED, NEVER},
    QuestionKind.RAGGED: {WRONG, EXPLAINED, NEVER},
    QuestionKind.TOLD_WITHOUT_DAY: {AS_TOLD, WRONG, EXPLAINED, NEVER},
    QuestionKind.ADULT_ON_LIST: {AS_TOLD, WRONG, EXPLAINED, NEVER},
    QuestionKind.PLACE_NOT_ON_RECORD: {AS_TOLD, WRONG, EXPLAINED, NEVER},
} | {kind: {WRONG, EXPLAINED, NEVER} for kind in StaysLeaveOpen}


def test_every_kind_of_question_has_its_answers():
    assert set(OFFERED) == {*QuestionKind, *StaysLeaveOpen}


@pytest.mark.parametrize("kind", OFFERED, ids=str)
def test_the_answers_offered_are_those_that_make_sense(kind):
    assert set(outcomes_of(kind)) == OFFERED[kind]


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("kind", OFFERED, ids=str)
def test_what_is_not_offered_is_refused(kind, outcome):
    refused = [] if outcome in OFFERED[kind] else [OUTCOME_DOES_NOT_ANSWER]
    assert objections_to_answering(kind, outcome) == refused


ZONE = "America/New_York"
TOMORROW = datetime(2026, 3, 3, tzinfo=ZoneInfo(ZONE))
DAYS = {
    "not told": (None, True),
    "today": (date(2026, 3, 2), True),
    "tomorrow": (date(2026, 3, 3), False),
    "today at the place": (on_day(date(2026, 3, 2), ZONE), True),
    "tomorrow at the place": (on_day(date(2026, 3, 3), ZONE), False),
    "tomorrow where it begins earlier": (on_day(date(2026, 3, 3), "Pacific/Guam"), True),
    "today where it lasts longer": (on_day(date(2026, 3, 2), "America/Los_Angeles"), True),
    "the last minute of today": (at_minute(datetime(2026, 3, 2, 23, 59), ZONE), True),
    "this month": (in_month(2026, 3, ZONE), True),
    "next month": (in_month(2026, 4, ZONE), False),
    "today or later": (between(date(2026, 3, 2), None, ZONE), True),
    "tomorrow or later": (between(date(2026, 3, 3), None, ZONE), False),
    "some day, not known": (between(None, None, ZONE), True),
}


@pytest.mark.parametrize(("day", "may_be"), DAYS.values(), ids=DAYS)
def test_what_has_certainly_not_come_is_refused(day, may_be):
    assert objections_to_days([day], TOMORROW) == ([] if may_be else [NOT_COME])


@pytest.mark.parametrize(("day", "may_be"), [(2, True), (3, False)])
def test_nobody_tells_or_learns_tomorrow(day, may_be):
    on, refused = date(2026, 3, day), [] if may_be else [NOT_COME]
    learned = TellingFact(how=How.PHONE, learned_on=on)
    told = TellingFact(how=How.PHONE, learned_on=date(2026, 3, 1), told_on=on)
    assert objections_to_telling(learned, TOMORROW) == refused
    assert objections_to_telling(told, TOMORROW) == refused
