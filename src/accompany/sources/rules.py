"""
How can a question be answered, and of which days can nobody have told yet?

Plain values in, plain answers out: no database, no clock, no settings.
"""

from collections.abc import Iterable
from datetime import date, datetime

from accompany.base.dates import When
from accompany.base.refusal import Objection
from accompany.sources.terms import Outcome, QuestionKind, TellingFact, Told

NOT_COME = Objection(
    "sources.day-not-come",
    "This day has not come yet.",
    "Read the days again. What is to come is recorded once it has happened.",
)
OUTCOME_DOES_NOT_ANSWER = Objection(
    "sources.outcome-does-not-answer",
    "That is no answer to a question of this kind.",
    "Choose one of the answers that the form offers, and say the rest in words.",
)

_EITHER_WAY = (
    Outcome.AS_TOLD,
    Outcome.SOURCE_WRONG,
    Outcome.EXPLAINED,
    Outcome.CANNOT_BE_KNOWN,
)
# It cannot be as it was told: nothing was told that could be read, or two things were.
_NOT_AS_TOLD = (Outcome.SOURCE_WRONG, Outcome.EXPLAINED, Outcome.CANNOT_BE_KNOWN)

_OUTCOMES: dict[str, tuple[Outcome, ...]] = {
    QuestionKind.CELL_UNREADABLE: _NOT_AS_TOLD,
    # What was struck out is neither right nor wrong.
    QuestionKind.CELL_REDACTED: (Outcome.EXPLAINED, Outcome.CANNOT_BE_KNOWN),
    QuestionKind.REPEATS: (
        Outcome.NOT_A_REPEAT,
        Outcome.SOURCE_WRONG,
        Outcome.EXPLAINED,
        Outcome.CANNOT_BE_KNOWN,
    ),
    QuestionKind.CONTRADICTS: _NOT_AS_TOLD,
    QuestionKind.RAGGED: _NOT_AS_TOLD,
    QuestionKind.TOLD_WITHOUT_DAY: _EITHER_WAY,
    QuestionKind.ADULT_ON_LIST: _EITHER_WAY,
    QuestionKind.PLACE_NOT_ON_RECORD: _EITHER_WAY,
}


def outcomes_of(kind: str) -> tuple[Outcome, ...]:
    """
    The answers that make sense to a question of a kind.

    Kinds of the areas above ask what several statements leave open together; of those none is *the
    source* as which it could be.
    """
    return _OUTCOMES.get(kind, _NOT_AS_TOLD)


def objections_to_answering(kind: str, outcome: Outcome) -> list[Objection]:
    """Why a question of this kind may not be answered so."""
    return [] if outcome in outcomes_of(kind) else [OUTCOME_DOES_NOT_ANSWER]


def objections_to_days(days: Iterable[When | date | None], tomorrow: datetime) -> list[Objection]:
    """
    Why none of these days may be recorded by hand: some day has certainly not come.

    `tomorrow` is the first moment after today. A list's rows are kept as they were told.
    """
    return [NOT_COME for day in days if day is not None and _is_to_come(day, tomorrow)]


def _is_to_come(day: When | date, tomorrow: datetime) -> bool:
    if isinstance(day, When):
        return day.earliest is not None and day.earliest >= tomorrow
    return day >= tomorrow.date()


def objections_to_telling(told: TellingFact | Told, tomorrow: datetime) -> list[Objection]:
    """Why nobody can have told it on that day, or we have learned it."""
    days = (told.learned_on, told.told_on) if isinstance(told, TellingFact) else (told.learned_on,)
    return objections_to_days(days, tomorrow)
