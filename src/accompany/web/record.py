"""
What does the record hold of a person, for whoever looks?

Everything that pages about persons need is read here, once a page, in a number of questions that
does not grow with what is found. What the reader may not see is not among it.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse

from accompany.access.actors import Actor
from accompany.access.terms import Permission
from accompany.access.trail import Known
from accompany.base import codes
from accompany.custody import queries as custody
from accompany.custody import rules as custody_rules
from accompany.custody.queries import EventSaid, StaySaid
from accompany.custody.rules import DayTold, Open, StayTold
from accompany.facilities import queries as facilities
from accompany.people import queries as people
from accompany.people.queries import LinkSaid, Said, Saying, TieSaid
from accompany.people.terms import NameFact, NameKind
from accompany.sources import queries as sources
from accompany.sources.queries import RowRef, Source
from accompany.sources.terms import ERASED, Certainty
from accompany.web import phrases


@dataclass(frozen=True)
class Other:
    """
    Another record that the reader may see: its code, and its name, opened, whole and short.

    Who is erased has no code, and no page.
    """

    id: UUID
    code: str
    name: str
    called: str

    @property
    def shown(self) -> str:
        """The code as people read it."""
        return codes.shown(self.code)

    @property
    def url(self) -> str:
        """Where its page is."""
        return reverse("person", args=[self.shown]) if self.code else ""


@dataclass(frozen=True)
class Read:
    """
    What was read for one page: of a set of records, and of those it leads to.

    `house` is the reader's organisation: only its own lists and rows can be looked up.
    """

    records: tuple[UUID, ...]
    names: list[Saying]
    facts: list[Saying]
    ties: list[TieSaid]
    links: list[LinkSaid]
    arrivals: list
    memberships: list
    stays: list[StaySaid]
    events: list[EventSaid]
    sources: dict[UUID, Source]
    rows: dict[UUID, RowRef]
    places: dict[UUID, str]
    others: dict[UUID, Other]
    house: UUID

    @property
    def called(self) -> dict[UUID, str]:
        """What everybody is called whom the reader may see, by id."""
        return {one.id: one.name for one in self.others.values()}

    def source_words(self, said: Said) -> str:
        """How sure, says who, and when we learned it."""
        told = self.sources.get(said.source)
        if told is None:
            return ""
        words = phrases.certain(said.certainty, told, self.called)
        if said.learned_on == told.told_on:
            return words
        return f"{words}, {phrases.learned(said.learned_on)}"

    def teller(self, said: Said) -> str:
        """Who told it."""
        told = self.sources.get(said.source)
        return "" if told is None else phrases.source(told, self.called)

    def row_url(self, said: Said) -> str | None:
        """Where the row is by which it came."""
        return (
            None if said.row is None or said.row not in self.rows else url_of(self.rows[said.row])
        )

    def stays_of(self, records: Iterable[UUID]) -> list[StaySaid]:
        """The stays of some of the records, refuted ones left out."""
        wanted = set(records)
        return [
            stay
            for stay in self.stays
            if stay.said.person in wanted and stay.said.certainty is not Certainty.REFUTED
        ]

    def open_of(self, record: UUID) -> list[Open]:
        """What the line of stays of one record leaves open, answered or not."""
        stays = [_told(stay) for stay in self.stays_of([record])]
        return custody_rules.questions_about(stays, self._days({record}, custody_rules.ORDER))

    def nobody_says(self) -> Open | None:
        """Whether nobody says where the person of these records is now, answered or not."""
        stays = [_told(stay) for stay in self.stays_of(self.records)]
        days = self._days(set(self.records), custody_rules.SAYS_WHERE)
        return custody_rules.nobody_says(stays, days)

    def _days(self, records: set[UUID], kinds: Container[str]) -> list[DayTold]:
        return [
            DayTold(event.said.id, event.what, event.on)
            for event in self.events
            if event.said.person in records
            and event.what in kinds
            and event.said.certainty is not Certainty.REFUTED
        ]


def _told(stay: StaySaid) -> StayTold:
    return StayTold(
        stay.said.id,
        stay.custodian,
        stay.place,
        stay.began,
        stay.ended,
        stay.said.source,
        stay.ended_by,
    )


def url_of(row: RowRef) -> str:
    """The address of a received row."""
    address = reverse("row", args=[codes.shown(row.list_code), row.place])
    return f"{address}?sheet={row.sheet}" if row.sheet else address


def read(
    records: Iterable[UUID], *, seen_by: Actor, known: Known | None, beyond: bool = True
) -> Read:
    """
    Read all that is said of records which the reader may see.

    `beyond`: with the names of the records that ties, arrivals and events lead to.
    """
    ids = tuple(records)
    sealers = people.sealers_of(ids)
    names = people.names_said(ids, sealers, known)
    facts = people.facts_said(ids, sealers, known)
    ties, links = people.ties_said(ids, known), people.links_said(ids, known)
    arrivals, memberships = people.arrivals_said(ids, known), people.memberships(ids, known)
    stays = custody.stays_said(ids, sealers, known)
    events = custody.events_said(ids, sealers, known)
    told: list[Any] = [*names, *facts, *ties, *stays, *events]
    tellings = sources.tellings(
        [
            *(one.said.source for one in told),
            *(one.source for one in links),
            *(one.source_id for one in (*arrivals, *memberships)),
        ]
    )
    near: set[UUID] = {told.person for told in tellings.values() if told.person}
    near |= _near(ties, arrivals, events) if beyond else set()
    seen = others(near | set(ids), seen_by=seen_by, known=known)
    # An event of a child whom the reader may not see does not exist, even on an adult's page.
    events = [event for event in events if event.said.person in (ERASED, *seen)]
    return Read(
        records=ids,
        names=names,
        facts=facts,
        ties=ties,
        links=links,
        arrivals=arrivals,
        memberships=memberships,
        stays=stays,
        events=events,
        sources=tellings,
        rows=people.rows_of(
            [
                *(one.said.row for one in told),
                *(one.row_id for one in (*arrivals, *memberships)),
            ],
            seen_by=seen_by,
        )
        if seen_by.may(Permission.SEE_LISTS)
        else {},
        places=facilities.names_of(
            {stay.place for stay in stays if stay.place}
            | {event.place for event in events if event.place}
        ),
        others=seen,
        house=seen_by.organisation,
    )


def erased() -> Other:
    """Who stands where somebody was who is erased: the same for all of them."""
    words = phrases.a_person_erased()
    return Other(ERASED, "", words, words)


def _near(ties: Iterable[TieSaid], arrivals: Iterable, events: Iterable[EventSaid]) -> set[UUID]:
    return {
        *(end for tie in ties for end in (tie.person, tie.relative)),
        *(arrival.person_id for arrival in arrivals),
        *(one for event in events for one in (event.said.person, event.adult) if one),
    }


def others(
    near: Iterable[UUID], *, seen_by: Actor, known: Known | None = None
) -> dict[UUID, Other]:
    """Those of the records that stand and that the reader may see, with their names."""
    found = people.standing(near, seen_by=seen_by, known=known)
    called = names_by_record(people.names_said(found, people.sealers_of(found), known))
    return {
        key: Other(key, record.code, phrases.name(called.get(key)), phrases.called(called.get(key)))
        for key, record in found.items()
    }


def names_by_record(names: Iterable[Saying]) -> dict[UUID, NameFact]:
    """What each record is called: the first name as told, else the first of any kind."""
    found: dict[UUID, NameFact] = {}
    in_order = sorted(names, key=lambda one: one.value.kind is not NameKind.TOLD)
    for saying in in_order:
        if saying.said.certainty is not Certainty.REFUTED:
            found.setdefault(saying.said.person, saying.value)
    return found
