"""
What does a person's line of stays leave open?

Plain values in, plain answers out: no database, no clock, no settings. A question is about the
statements that raise it, so that an answer holds until one of them is withdrawn.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import NamedTuple
from uuid import UUID

from accompany.base.dates import When
from accompany.base.refusal import Objection
from accompany.custody.terms import (
    Custodian,
    QuestionKind,
    ReunificationFact,
    SeparationFact,
    StayFact,
)

ENDS_BEFORE_IT_BEGINS = Objection(
    "custody.ends-before-it-begins",
    "The stay would have ended before it began.",
    "Read both days again. If the source says so, leave out the day that is in doubt.",
)
NO_DAY_AT_ALL = Objection(
    "custody.stay-without-a-day",
    "The stay has neither a beginning nor an end, so it could not be drawn or counted.",
    "Give at least one of them, as closely as it was told.",
)
BOTH_THE_SAME = Objection(
    "custody.both-the-same",
    "The child and the adult are the same record.",
    "Choose another record for one of them.",
)


class StayTold(NamedTuple):
    """A stay as the rules read it; `id` names the statement."""

    id: UUID
    custodian: Custodian
    place: UUID | None
    began: When | None
    ended: When | None
    source: UUID


class DayTold(NamedTuple):
    """A dated event that has its place in the order of custody, such as `apprehended`."""

    id: UUID
    what: str
    on: When | None


@dataclass(frozen=True, slots=True)
class Open:
    """What is open: its kind, the statements that raise it, the day it is open since, if known."""

    kind: QuestionKind
    about: tuple[UUID, ...]
    since: date | None
    until: date | None = None


ORDER = ("apprehended", "referred", "approved")
"""The order in which these must have happened."""

_IN_ORDER = tuple(combinations(ORDER, 2))


def objections_to_stays(facts: Iterable[StayFact]) -> list[Objection]:
    """Every reason why one of these stays may not be recorded."""
    objections = []
    for fact in facts:
        if fact.began is None and fact.ended is None:
            objections.append(NO_DAY_AT_ALL)
        if fact.began and fact.ended and fact.ended.certainly_before(fact.began):
            objections.append(ENDS_BEFORE_IT_BEGINS)
    return objections


def objections_to_events(
    facts: Iterable[SeparationFact] | Iterable[ReunificationFact],
) -> list[Objection]:
    """Every reason why one of these separations or reunifications may not be recorded."""
    return [BOTH_THE_SAME for fact in facts if fact.adult == fact.child]


def questions_about(stays: Sequence[StayTold], days: Sequence[DayTold] = ()) -> list[Open]:
    """Every question that a person's stays and dated events raise, in the order of time."""
    return [*_wrong_orders(days), *_unknown_custodians(stays), *_gaps_and_overlaps(stays)]


def _wrong_orders(days: Sequence[DayTold]) -> list[Open]:
    told = {day.what: (day, day.on) for day in days if day.on is not None}
    found = []
    for earlier, later in _IN_ORDER:
        if earlier in told and later in told:
            (first, before), (second, after) = told[earlier], told[later]
            if after.certainly_before(before):
                about = (first.id, second.id)
                found.append(Open(QuestionKind.IMPOSSIBLE_ORDER, about, after.first_day))
    return found


def _unknown_custodians(stays: Sequence[StayTold]) -> list[Open]:
    return [
        Open(QuestionKind.UNKNOWN_CUSTODIAN, (stay.id,), _began(stay))
        for stay in stays
        if stay.custodian is Custodian.UNKNOWN
    ]


def _gaps_and_overlaps(stays: Sequence[StayTold]) -> list[Open]:
    """
    Between stays in the order of their beginnings.

    A stay whose end was not told lasts until the next begins: there is no gap after it, and what
    follows is no overlap. One that certainly ended before the next could have begun leaves a gap;
    one that certainly went on after the next had begun overlaps, unless both tell of the same
    custodian and place.
    """
    line = sorted(
        (stay for stay in stays if stay.began and stay.began.earliest),
        key=lambda stay: (stay.began.earliest, stay.id),  # type: ignore[union-attr]
    )
    found = []
    for place, then in enumerate(line[1:], start=1):
        before = line[place - 1]
        if before.ended and _leaves_gap(before.ended, then):
            found.append(
                Open(
                    QuestionKind.GAP,
                    (before.id, then.id),
                    before.ended.last_day,
                    then.began.first_day if then.began else None,
                )
            )
        if _overlaps(before, then):
            found.append(Open(QuestionKind.OVERLAP, (before.id, then.id), _began(then)))
    return found


def _leaves_gap(ended: When, then: StayTold) -> bool:
    """Whole days certainly lie between: an end and a beginning told to the day may touch."""
    return bool(
        then.began and ended.certainly_before(then.began) and _days_between(ended, then) > 1
    )


def _days_between(ended: When, then: StayTold) -> int:
    last, first = ended.last_day, then.began.first_day if then.began else None
    return 0 if last is None or first is None else (first - last).days


def _overlaps(before: StayTold, then: StayTold) -> bool:
    if (before.custodian, before.place) == (then.custodian, then.place):
        return False
    if before.ended is None:
        # Two sources that each tell of an open stay with another custodian do disagree.
        return then.ended is None and before.source != then.source
    return bool(then.began and then.began.certainly_before(before.ended))


def _began(stay: StayTold) -> date | None:
    return stay.began.first_day if stay.began else None
