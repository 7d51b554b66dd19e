"""Who has had whom, where, since when, says who?"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from accompany.access.sealing import Sealer
from accompany.access.trail import Known
from accompany.base.dates import When
from accompany.custody import rules
from accompany.custody.models import (
    REUNIFICATION_FIELD,
    SEPARATION_FIELD,
    STAY_FIELD,
    Apprehension,
    HandOver,
    Reunification,
    Separation,
    Stay,
)
from accompany.custody.rules import DayTold, Open, StayTold
from accompany.custody.terms import (
    Cause,
    Custodian,
    Departure,
    HandOverKind,
    QuestionKind,
    ReunifiedWith,
    SeparatedFrom,
)
from accompany.people import queries as people
from accompany.people.models import Person
from accompany.people.queries import Said
from accompany.sources.models import Telling
from accompany.sources.queries import question_key, standing
from accompany.sources.terms import Certainty, QuestionFact

KINDS = tuple(kind.value for kind in QuestionKind)


@dataclass(frozen=True, slots=True)
class StaySaid:
    """A stay as one source has it. `words` (an address, a name) are opened for this page only."""

    custodian: Custodian
    place: UUID | None
    words: str | None
    began: When | None
    ended: When | None
    ended_by: Departure | None
    said: Said


@dataclass(frozen=True, slots=True)
class EventSaid:
    """An apprehension, hand-over, separation or reunification as one source has it."""

    what: str
    on: When | None
    place: UUID | None
    actor: Custodian | None
    taker: Custodian | None
    adult: UUID | None
    event: UUID | None
    cause: Cause | None
    taken_from: SeparatedFrom | None
    united_with: ReunifiedWith | None
    words: str | None
    said: Said


def stays_said(
    records: Iterable[UUID], sealers: dict[UUID, Sealer], known: Known | None = None
) -> list[StaySaid]:
    """Every stay of these records, in the order of their beginnings; those without one last."""
    found: list[Any] = list(standing(Stay, known).filter(person__in=set(records)))
    found.sort(key=lambda stay: (stay.began_earliest is None, stay.began_earliest, stay.pk))
    return [
        StaySaid(
            Custodian(stay.custodian),
            stay.place_id,
            _words(stay, STAY_FIELD, sealers),
            stay.began,
            stay.ended,
            Departure(stay.ended_by) if stay.ended_by else None,
            Said.of(stay),
        )
        for stay in found
    ]


def events_said(
    records: Iterable[UUID], sealers: dict[UUID, Sealer], known: Known | None = None
) -> list[EventSaid]:
    """Every dated event of these records' custody, separations from them as adults included."""
    wanted = set(records)
    mine = Q(person__in=wanted)
    both = mine | Q(adult__in=wanted)
    events = [
        *map(_apprehension, standing(Apprehension, known).filter(mine)),
        *map(_hand_over, standing(HandOver, known).filter(mine)),
        *(_separation(s, sealers) for s in standing(Separation, known).filter(both)),
        *(_reunification(r, sealers) for r in standing(Reunification, known).filter(both)),
    ]
    return sorted(events, key=_when)


def _when(event: EventSaid) -> Any:
    start = event.on.earliest if event.on else None
    return (start is None, start, event.said.id)


def _event(what: str, row: Any, **more: Any) -> EventSaid:
    blank = dict.fromkeys(
        ("actor", "taker", "adult", "event", "cause", "taken_from", "united_with", "words")
    )
    return EventSaid(what=what, on=row.on, place=row.place_id, said=Said.of(row), **(blank | more))


def _apprehension(row: Any) -> EventSaid:
    return _event("apprehended", row, actor=Custodian(row.agency))


def _hand_over(row: Any) -> EventSaid:
    giver, taker = Custodian(row.giver), Custodian(row.taker)
    return _event(HandOverKind(row.kind).value, row, actor=giver, taker=taker)


def _separation(row: Any, sealers: dict[UUID, Sealer]) -> EventSaid:
    return _event(
        "separated",
        row,
        actor=Custodian(row.actor),
        adult=row.adult_id,
        event=row.event,
        cause=Cause(row.cause),
        taken_from=SeparatedFrom(row.taken_from),
        words=_words(row, SEPARATION_FIELD, sealers),
    )


def _reunification(row: Any, sealers: dict[UUID, Sealer]) -> EventSaid:
    return _event(
        "reunified",
        row,
        adult=row.adult_id,
        event=row.event,
        united_with=ReunifiedWith(row.united_with),
        words=_words(row, REUNIFICATION_FIELD, sealers),
    )


def _words(row: Any, field: str, sealers: dict[UUID, Sealer]) -> str | None:
    sealer = sealers.get(row.person_id)
    if row.words is None or sealer is None:
        return None
    return sealer.open_text(row.words, field=field, row=row.pk)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the lines of some persons of one holder leave open."""

    persons: list[UUID]
    facts: list[QuestionFact]


def open_about(persons: Iterable[UUID]) -> dict[UUID, Asked]:
    """
    What these persons' lines of stays leave open, by the organisation that holds them.

    Records joined with theirs are asked about as well: together they say where somebody is now.
    """
    asked: dict[UUID, Asked] = {}
    sets = people.sets_of(persons)
    holders = dict(Person.objects.filter(pk__in=sets).values_list("pk", "holder"))
    stays, days = _lines(set(sets))
    lines: dict[tuple[UUID, UUID], list[UUID]] = {}
    for person, holder in holders.items():
        there = asked.setdefault(holder, Asked([], []))
        there.persons.append(person)
        found = rules.questions_about(stays.get(person, []), days.get(person, []))
        there.facts.extend(question_of(one, person) for one in found)
        lines.setdefault((holder, sets[person]), []).append(person)
    # One organisation's records alone: what others hold may not show, not even by its absence.
    for (holder, _canonical), members in lines.items():
        asked[holder].facts.extend(_nobody_says(members, stays, days))
    return asked


def _nobody_says(
    members: list[UUID], stays: dict[UUID, list[StayTold]], days: dict[UUID, list[DayTold]]
) -> Iterator[QuestionFact]:
    line = [stay for person in members for stay in stays.get(person, [])]
    said = [day for person in members for day in days.get(person, [])]
    one = rules.nobody_says(line, said)
    if one is not None:
        of = {stay.id: person for person in members for stay in stays.get(person, [])}
        yield question_of(one, of[one.about[0]])


def question_of(
    one: Open, person: UUID, *, row: UUID | None = None, place: int | None = None
) -> QuestionFact:
    """The question that something open becomes."""
    return QuestionFact(
        kind=one.kind.value,
        key=question_key(one.kind.value, *one.about),
        person=person,
        row=row,
        place=place,
        since=one.since,
    )


def _lines(persons: set[UUID]) -> tuple[dict[UUID, list[StayTold]], dict[UUID, list[DayTold]]]:
    stays: dict[UUID, list[StayTold]] = {}
    days: dict[UUID, list[DayTold]] = {}
    found: QuerySet[Any] = standing(Stay, None).filter(person__in=persons)
    found = found.exclude(certainty=Certainty.REFUTED)
    for stay in found.select_related("source"):
        told = StayTold(
            stay.pk,
            Custodian(stay.custodian),
            stay.place_id,
            stay.began,
            stay.ended,
            _who_told(stay.source),
            Departure(stay.ended_by) if stay.ended_by else None,
        )
        stays.setdefault(stay.person_id, []).append(told)
    taken: Iterable[Any] = standing(Apprehension, None).filter(person__in=persons)
    for one in taken:
        days.setdefault(one.person_id, []).append(DayTold(one.pk, "apprehended", one.on))
    handed: Iterable[Any] = standing(HandOver, None).filter(person__in=persons)
    for one in handed:
        days.setdefault(one.person_id, []).append(DayTold(one.pk, one.kind, one.on))
    united: QuerySet[Any] = standing(Reunification, None).filter(person__in=persons)
    for one in united.exclude(certainty=Certainty.REFUTED):
        days.setdefault(one.person_id, []).append(DayTold(one.pk, "reunified", one.on))
    return stays, days


def _who_told(telling: Telling) -> UUID:
    """Whoever told twice is one source still; of documents each is its own."""
    return telling.organisation_id or telling.person or telling.pk


def statement(kind: str, key: UUID) -> Any:
    """One statement of custody that stands, by its kind and id."""
    models: dict[str, Any] = {
        model._meta.label_lower: model
        for model in (Apprehension, HandOver, Stay, Separation, Reunification)
    }
    model = models.get(kind)
    return None if model is None else model.objects.now().filter(pk=key).first()


def gaps_of(persons: Iterable[UUID]) -> dict[bytes, tuple[date | None, date | None]]:
    """The days between which each gap in these persons' lines lies, by its question's key."""
    stays, _days = _lines(set(persons))
    found = (one for line in stays.values() for one in rules.questions_about(line))
    return {
        question_key(one.kind.value, *one.about): (one.since, one.until)
        for one in found
        if one.kind is QuestionKind.GAP
    }
