"""What is on record of one person, as it is read at a terminal?"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import click

from accompany.access import trail
from accompany.access.actors import Actor
from accompany.access.door import asks_for
from accompany.access.terms import Permission, Ref
from accompany.base import codes
from accompany.base.dates import Precision, When
from accompany.base.refusal import Objection, Refused
from accompany.cli.door import command
from accompany.cli.values import code_typed
from accompany.custody import queries as custody
from accompany.custody.queries import EventSaid, StaySaid
from accompany.facilities import queries as places
from accompany.people import queries, rules
from accompany.people.queries import Said, Saying, TieSaid
from accompany.people.terms import Event, IdentifierKind, Issuer, Relation, Sex
from accompany.sources import queries as sources
from accompany.sources.queries import RowRef, Source
from accompany.sources.terms import ERASED

NO_SUCH_PERSON = Objection(
    "cli.no-such-person",
    "There is no person of that code.",
    "Read the code again, as it is on the page or on the paper.",
)


def own_person(code: str, by: Actor) -> UUID:
    """A record that the actor's own house holds: what another lends is not theirs to dispose of."""
    found = queries.person(code_typed(code), seen_by=by)
    if found is None or found.holder_id != by.organisation or found.withdrawn_in is not None:
        raise Refused([NO_SUCH_PERSON])
    return found.pk


@command("person")
@asks_for(Permission.SEE_PERSONS)
@click.argument("code")
def person(by: Actor, code: str) -> None:
    """
    Print what is on record of a person: each fact with its certainty, source and row.

    Records joined with theirs are printed with it; relatives are named by their codes. It leaves an
    entry in the trail.
    """
    found = queries.person(code_typed(code), seen_by=by)
    if found is None:
        raise Refused([NO_SUCH_PERSON])
    records = queries.joined_with(found.pk, seen_by=by) or [found]
    trail.look(Event.PERSON_OPENED, by=by, about=[Ref("person", one.pk) for one in records])
    shown = _Shown({one.pk: one.code for one in records}, by)
    for line in _page(found, records, shown):
        click.echo(line)


def _page(found: Any, records: list[Any], shown: "_Shown") -> Iterator[str]:
    yield codes.shown(found.code)
    if found.withdrawn_in is not None:
        yield "Withdrawn: this record no longer stands."
    joined = [codes.shown(one.code) for one in records if one.pk != found.pk]
    if joined:
        yield f"Joined as one person with {', '.join(joined)}."
    yield from _section("Facts", shown.facts())
    yield from _section("Ties", shown.ties())
    yield from _section("Line of stays", shown.stays())
    yield from _section("Events", shown.events())


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield ""
    yield title
    told = list(lines)
    yield from (f"  {line}" for line in told or ["Nothing is told."])


@dataclass(frozen=True, slots=True)
class _Behind:
    """What stands behind statements: their sources and rows, places and codes."""

    sources: dict[UUID, Source]
    rows: dict[UUID, RowRef]

    def tail(self, said: Said) -> str:
        """How sure, who told, when learned, and by which row."""
        row = self.rows.get(said.row) if said.row else None
        by_row = f", list {codes.shown(row.list_code)} row {row.place}" if row else ""
        sure = str(said.certainty.label).casefold()
        return f"({sure}; {_who(self.sources.get(said.source))}, {said.learned_on}{by_row})"


def _who(source: Source | None) -> str:
    if source is None:
        return "source not known"
    if source.person == ERASED:
        return "a person erased"
    if source.document is not None:
        return f"document: {source.document}"
    return source.who or "a person on record"


class _Shown:
    """What is told of some records that are one person; whom the actor may not see is not there."""

    def __init__(self, records: dict[UUID, str], by: Actor) -> None:
        self._ids, self._by = list(records), by
        sealers = queries.sealers_of(self._ids)
        self._names = queries.names_said(self._ids, sealers)
        self._facts = queries.facts_said(self._ids, sealers)
        self._ties = queries.ties_said(self._ids)
        self._stays = custody.stays_said(self._ids, sealers)
        self._events = custody.events_said(self._ids, sealers)
        seen = queries.standing(self._people_meant(), seen_by=by)
        self._codes = records | {key: record.code for key, record in seen.items()}
        # Whoever is erased has no code, and everybody may see the place they left.
        self._codes[ERASED] = ""
        self._ties = [one for one in self._ties if {one.person, one.relative} <= self._codes.keys()]
        self._events = [one for one in self._events if one.said.person in self._codes]
        self._behind = self._read_behind()
        been = [stay.place for stay in self._stays] + [event.place for event in self._events]
        self._places = places.names_of({place for place in been if place})

    def _read_behind(self) -> _Behind:
        said = [one.said for one in (*self._names, *self._facts)]
        said += [one.said for one in self._ties]
        said += [one.said for one in self._stays] + [one.said for one in self._events]
        return _Behind(
            sources.tellings(one.source for one in said),
            queries.rows_of((one.row for one in said), seen_by=self._by),
        )

    def _people_meant(self) -> set[UUID]:
        ends = {end for tie in self._ties for end in (tie.person, tie.relative)}
        return (
            ends
            | {e.adult for e in self._events if e.adult}
            | {e.said.person for e in self._events}
        )

    def facts(self) -> Iterator[str]:
        for name in self._names:
            yield f"Name: {rules.full_name(name.value)} {self._behind.tail(name.said)}"
        for fact in self._facts:
            yield f"{_fact(fact)} {self._behind.tail(fact.said)}"

    def ties(self) -> Iterator[str]:
        for tie in self._ties:
            yield f"{self._tie(tie)} {self._behind.tail(tie.said)}"

    def _tie(self, tie: TieSaid) -> str:
        mine = tie.person in self._ids
        other = tie.relative if mine else tie.person
        relation = str(Relation(tie.relation).label)
        words = (
            f"{relation}: {self._code(other)}" if mine else f"is {relation} of {self._code(other)}"
        )
        return words[0].upper() + words[1:]

    def stays(self) -> Iterator[str]:
        for stay in self._stays:
            yield f"{self._stay(stay)} {self._behind.tail(stay.said)}"

    def _stay(self, stay: StaySaid) -> str:
        where = f", {self._places[stay.place]}" if stay.place in self._places else ""
        words = f", “{stay.words}”" if stay.words else ""
        how = f", {stay.ended_by.label}" if stay.ended_by else ""
        until = day_words(stay.ended) if stay.ended else "no end told"
        who = str(stay.custodian.label)
        return f"{day_words(stay.began)} to {until}: {who[0].upper()}{who[1:]}{where}{words}{how}"

    def events(self) -> Iterator[str]:
        for event in self._events:
            yield f"{self._event(event)} {self._behind.tail(event.said)}"

    def _event(self, event: EventSaid) -> str:
        parts = [f"{day_words(event.on)}: {_WHAT.get(event.what, event.what)}"]
        if event.actor:
            parts.append(f"by {event.actor.label}")
        if event.taker:
            parts.append(f"to {event.taker.label}")
        parts += self._between(event)
        if event.place in self._places:
            parts.append(f"at {self._places[event.place]}")
        if event.cause:
            parts.append(f"stated cause: {event.cause.label}")
        if event.words:
            parts.append(f"“{event.words}”")
        return ", ".join(parts)

    def _between(self, event: EventSaid) -> list[str]:
        if event.said.person not in self._ids:
            return [f"child {self._code(event.said.person)}"]
        if event.adult in self._codes:
            return [f"adult {self._code(event.adult)}"]
        return [str(event.taken_from.label)] if event.taken_from else []

    def _code(self, key: UUID) -> str:
        return "a person erased" if key == ERASED else codes.shown(self._codes[key])


_WHAT = {
    "apprehended": "Apprehended",
    "referred": "Referred",
    "approved": "Placement approved",
    "transferred": "Transferred",
    "separated": "Separated",
    "reunified": "Reunified",
}


def _fact(fact: Saying) -> str:
    if fact.what == "born":
        return f"Born: {fact.value}"
    if fact.what == "age":
        age, on = fact.value
        return f"Age: {age}" + (f" on {on}" if on else "")
    if fact.what == "sex":
        return f"Sex: {Sex(fact.value).label}"
    if fact.what == "nationality":
        return f"Nationality: {fact.value}"
    return _number(fact)


def _number(fact: Saying) -> str:
    issuer, value, given = fact.value
    kind = IdentifierKind(fact.what.removeprefix("identifier."))
    when = f", given {day_words(given)}" if given else ""
    return f"{kind.label} ({Issuer(issuer).label}): {value or 'has none'}{when}"


def day_words(when: When | None) -> str:
    """An uncertain date in words as exact as it was told."""
    if when is None:
        return "day not told"
    if when.precision is Precision.MINUTE and when.earliest:
        return f"{when.first_day} to the minute"
    if when.precision is Precision.DAY:
        return str(when.first_day)
    if when.precision is Precision.MONTH:
        return f"{when.first_day:%Y-%m}"
    if when.precision is Precision.YEAR:
        return f"{when.first_day:%Y}"
    return _between_words(when.first_day, when.last_day)


def _between_words(first: date | None, last: date | None) -> str:
    if first and last:
        return f"between {first} and {last}"
    if first:
        return f"on or after {first}"
    return f"on or before {last}" if last else "told, day unknown"
