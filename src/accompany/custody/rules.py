"""
What does a person's line of stays leave open?

Plain values in, plain answers out: no database, no clock, no settings. A question is about the
statements that raise it, so that an answer holds until one of them is withdrawn.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import combinations
from typing import NamedTuple
from uuid import UUID

from accompany.base.dates import When
from accompany.base.refusal import Objection
from accompany.custody.terms import (
    GOVERNMENT,
    LEAVES_OPEN,
    ApprehensionFact,
    Custodian,
    Departure,
    HandOverFact,
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


Fact = StayFact | ApprehensionFact | HandOverFact | SeparationFact | ReunificationFact


def days_told(facts: Iterable[Fact]) -> Iterator[When | None]:
    """Every day that facts of custody tell of."""
    for fact in facts:
        yield from (fact.began, fact.ended) if isinstance(fact, StayFact) else (fact.on,)


class StayTold(NamedTuple):
    """A stay as the rules read it; `id` names the statement."""

    id: UUID
    custodian: Custodian
    place: UUID | None
    began: When | None
    ended: When | None
    source: UUID
    ended_by: Departure | None = None


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

SAYS_WHERE = ("transferred", "reunified")
"""What says where a person went, though nobody told of a stay there."""

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


def nobody_says(stays: Sequence[StayTold], days: Sequence[DayTold] = ()) -> Open | None:
    """
    Whether nobody says where a person is now, whom the government had.

    So it is after a transfer, or an end in government custody of which nobody told how it came:
    unless a stay goes on, or an event says where they went. A stay whose end was not told lasts
    until another certainly begins. Of one person's records the stays are one line.
    """
    line = sorted((stay for stay in stays if stay.ended), key=_start)
    if not line or any(_goes_on(stay, stays) for stay in stays):
        return None
    last = _last_to_end(line)
    transferred = last.ended_by is Departure.TRANSFERRED
    if last.ended_by not in LEAVES_OPEN or not (transferred or last.custodian in GOVERNMENT):
        return None
    if any(one.what in SAYS_WHERE and _not_before(one.on, last.ended) for one in days):
        return None
    since = last.ended.last_day if last.ended else None
    return Open(QuestionKind.NOBODY_SAYS, (last.id,), since)


def _goes_on(stay: StayTold, stays: Sequence[StayTold]) -> bool:
    if stay.ended is not None or stay.began is None:
        return False
    begins = (other.began for other in stays if other.began)
    return not any(stay.began.certainly_before(began) for began in begins)


_ALWAYS = datetime.min.replace(tzinfo=UTC)


def _start(stay: StayTold) -> tuple[datetime, UUID]:
    """When a stay began, or, where that was not told, the last moment before which it did."""
    told = stay.began or stay.ended
    return ((told.earliest or told.latest) if told else None) or _ALWAYS, stay.id


def _last_to_end(line: Sequence[StayTold]) -> StayTold:
    """An end whose day is not known lies before the next beginning; that of the last, nowhere."""
    ends = [(stay.ended.latest, stay.id, stay) for stay in line if stay.ended and stay.ended.latest]
    is_known = line[-1].ended is not None and line[-1].ended.latest is not None
    return max(ends)[-1] if is_known else line[-1]


def _not_before(event: When | None, ended: When | None) -> bool:
    return bool(event and ended and not event.certainly_before(ended))


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
