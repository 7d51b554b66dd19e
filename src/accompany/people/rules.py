"""
What holds of names, ages and joined records?

Plain values in, plain answers out: no database, no clock, no settings.
"""

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import date, timedelta
from uuid import UUID

from accompany.base.dates import When
from accompany.base.names import normalise
from accompany.base.refusal import Objection
from accompany.people.terms import (
    DETERMINED,
    AgeGroup,
    ArrivalFact,
    BirthFact,
    IdentifierFact,
    NameFact,
    PersonFact,
    StandingFact,
    TieFact,
)

LARGEST_SET = 50

NOBODY = Objection(
    "people.nothing-told",
    "The record says nothing by which the person could be known again.",
    "Give at least a name, a number, or a year of birth.",
)
TIE_TO_ONESELF = Objection(
    "people.tie-to-oneself",
    "A person was tied to themselves.",
    "Choose another record as the relative.",
)
A_NUMBER_WRONG = Objection(
    "people.a-number-wrong",
    "An A-number has seven to nine digits, and this has not.",
    "Read it again from the paper, or leave it empty and say that it is not known.",
)
SET_TOO_LARGE = Objection(
    "people.set-too-large",
    "More than 50 records would be one person. One wrong link can draw in many.",
    "Ask a second person to look at the records that are joined already.",
)
SAME_RECORD = Objection(
    "people.same-record",
    "Both codes are of the same record.",
    "Give the code of the other record.",
)
JOINED_ALREADY = Objection(
    "people.joined-already",
    "These two records are joined already.",
    "Nothing needs to be done.",
)
NOT_JOINED = Objection(
    "people.not-joined",
    "These two records are not joined by a link of their own.",
    "Look at the page of the person for the links that stand.",
)
REASONS_MISSING = Objection(
    "people.reasons-missing",
    "Two records are joined or parted only for a reason that others can read.",
    "Say in a sentence what makes you sure.",
)
LENT_TO_READ = Objection(
    "people.lent-to-read",
    "The record belongs to another organisation, which lent it to yours to be read.",
    "Ask that organisation to record or change this.",
)

NOT_ON_LIST = Objection(
    "people.not-on-list",
    "No row of that list is about this person, so they have no standing on it to change.",
    "Look at the person's page for the lists that name them.",
)
STANDING_NOT_DETERMINED = Objection(
    "people.standing-not-determined",
    "That a standing is not known determines nothing.",
    "Say that the person is on the list, is off it, or is indicated.",
)
TWO_STANDINGS = Objection(
    "people.two-standings",
    "One telling has one person on one list with two standings.",
    "Give the standing that was told last.",
)


def objections_to_recording(
    persons: Iterable[PersonFact], *, known: bool = False
) -> list[Objection]:
    """Every reason why one of these may not be recorded; `known`: they are on record already."""
    objections: list[Objection] = []
    for person in persons:
        told = person.names or person.identifiers or person.birth
        described = person.sex or person.nationality
        if not (told or (known and described)):
            objections.append(NOBODY)
        objections += _objections_to_numbers(person.identifiers)
    return objections


def _objections_to_numbers(identifiers: Iterable[IdentifierFact]) -> list[Objection]:
    return [
        A_NUMBER_WRONG
        for one in identifiers
        if one.kind == "a-number"
        and one.value is not None
        and not (one.value.isascii() and one.value.isdigit() and len(one.value) == 9)
    ]


def objections_to_ties(ties: Iterable[TieFact]) -> list[Objection]:
    """Every reason why one of these ties may not be recorded."""
    return [TIE_TO_ONESELF for tie in ties if tie.person == tie.relative]


def days_told(facts: Iterable[PersonFact | ArrivalFact]) -> Iterator[When | date | None]:
    """Every day that these facts tell of."""
    for fact in facts:
        if isinstance(fact, ArrivalFact):
            yield fact.on
            continue
        yield from (identifier.given for identifier in fact.identifiers)
        if fact.birth is not None:
            yield from _days_of_birth(fact.birth)


def _days_of_birth(birth: BirthFact) -> Iterator[date | None]:
    """The first day it can have been; of a year too, and the day of a stated age."""
    span = birth_span(birth.told) if birth.told else None
    yield span[0] if span else None
    yield date(birth.year, 1, 1) if birth.year else None
    yield birth.age_on


OnList = tuple[UUID, UUID]
"""A person, and a list."""


def objections_to_standings(
    facts: Sequence[StandingFact], on_lists: Container[OnList]
) -> list[Objection]:
    """Every reason why one of these may not be recorded; `on_lists`: who is named on which list."""
    objections = []
    told: dict[OnList, str] = {}
    for fact in facts:
        of = (fact.person, fact.of)
        if of not in on_lists:
            objections.append(NOT_ON_LIST)
        if fact.standing not in DETERMINED:
            objections.append(STANDING_NOT_DETERMINED)
        if told.setdefault(of, fact.standing) != fact.standing:
            objections.append(TWO_STANDINGS)
    return objections


def canonical_of(members: Iterable[UUID], links: Iterable[tuple[UUID, UUID]]) -> dict[UUID, UUID]:
    """
    For each member the least id of the set that the links make of them (union-find).

    Every order of links gives the same answer.
    """
    parent = {member: member for member in members}

    def root(one: UUID) -> UUID:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for a, b in links:
        low, high = sorted((root(a), root(b)))
        parent[high] = low
    return {member: root(member) for member in parent}


def age_group(age: int | None) -> AgeGroup | None:
    """The age group of figures for a listed age; None if no age was told."""
    if age is None:
        return None
    for group, upto in _UPTO:
        if age <= upto:
            return group
    return AgeGroup.FROM_16


_UPTO = (
    (AgeGroup.UNDER_5, 4),
    (AgeGroup.TO_9, 9),
    (AgeGroup.TO_12, 12),
    (AgeGroup.TO_15, 15),
)


def full_name(name: NameFact) -> str:
    """A name as people say it: given names, then the surnames."""
    parts = (name.given, name.family, name.second_family)
    return " ".join(part for part in parts if part) or name.written


def is_contested(values: Sequence[object]) -> bool:
    """Whether sources that gave a value gave different ones."""
    return len({value for value in values if value is not None}) > 1


Span = tuple[date, date]


def birth_span(told: str) -> Span | None:
    """The first and the last day that a birth told in ISO 8601 can have been on; None if none."""
    try:
        parts = [int(part) for part in told.split("-")]
        if len(parts) == 1:
            return date(parts[0], 1, 1), date(parts[0], 12, 31)
        if len(parts) == 2:
            year, month = parts
            after = date(year + month // 12, month % 12 + 1, 1)
            return date(year, month, 1), after - timedelta(days=1)
        on = date(*parts)
    except (TypeError, ValueError):
        return None
    return on, on


def birth_span_of(age: int, on: date) -> Span | None:
    """The first and the last day of birth of somebody who is `age` whole years old on a day."""
    last = _years_before(on, age)
    first = _years_before(on, age + 1)
    return None if first is None or last is None else (first + timedelta(days=1), last)


def _years_before(on: date, years: int) -> date | None:
    if on.year - years < 1:
        return None
    try:
        return on.replace(year=on.year - years)
    except ValueError:  # 29 February, in a year without one
        return date(on.year - years, 2, 28)


def common_span(spans: Iterable[Span]) -> Span | None:
    """The days that lie in every span; None if some two exclude each other, or there is none."""
    found = list(spans)
    if not found:
        return None
    first, last = max(span[0] for span in found), min(span[1] for span in found)
    return (first, last) if first <= last else None


def is_child(born: Span | None, on: date) -> bool | None:
    """Whether somebody born within a span is under 18 on a day; None if that is not certain."""
    turns_18 = _years_before(on, 18)
    if born is None or turns_18 is None:
        return None
    if born[0] > turns_18:
        return True
    return False if born[1] <= turns_18 else None


_STATUS = re.compile(
    r"\b(?:undocumented|indocumentad[oa]s?|sin papeles|without papers|no papers|"
    r"illegal (?:alien|immigrant)s?|illegals?|illegally|ilegal(?:es|mente)?|"
    r"(?:immigration|legal|migratory) status|(?:estatus|estado|situacion) (?:migratori[oa]|legal)|"
    r"out of status|overstay(?:ed|s)?|entered without inspection|ewi|"
    r"green card|tarjeta verde|visas?|lawful(?:ly)? permanent|permanent residen(?:t|ts|ce|cy)|"
    r"residen(?:te|tes|cia) (?:permanente|legal)s?|"
    r"(?:non ?|us |u s )?citizen(?:s|ship)?|ciudadan(?:o|a|os|as|ia)|naturali[sz](?:ed|ation)|"
    r"naturalizad[oa]s?|asylees?|asylum seekers?|asilad[oa]s?|solicitantes? de asilo|"
    r"refugee status|paroled?|parolees?|daca|tps|"
    r"(?:removal|deportation) orders?|orden(?:es)? de (?:deportacion|expulsion)|"
    r"(?:removable|deportable)s?)\b"
)


def speaks_of_status(text: str) -> bool:
    """
    Whether a text seems to speak of somebody's immigration status, in English or Spanish.

    Nothing is kept of it anywhere; who writes such words is asked to leave them out. A plain list
    of words: it warns, and proves nothing.
    """
    return _STATUS.search(normalise(text)) is not None
