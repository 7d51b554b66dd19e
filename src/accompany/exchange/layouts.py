"""
How is a known kind of list told as statements?

A layout is one module: how its headings are recognised, and what each row tells. It gives facts
and never touches the database; `receiving` keeps the rows and records the facts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol
from uuid import UUID

from accompany.base.ids import uuid7
from accompany.custody.terms import (
    ApprehensionFact,
    HandOverFact,
    ReunificationFact,
    SeparationFact,
    StayFact,
)
from accompany.exchange.reading import Cells, Heading, Row
from accompany.facilities.terms import PlaceFact, PlaceKind
from accompany.people.terms import ArrivalFact, PersonFact, TieFact
from accompany.sources.terms import QuestionFact, RowKind


@dataclass(slots=True)
class RowTold:
    """What one received row tells: facts for every area, and what it leaves open."""

    kind: RowKind = RowKind.RECORD
    persons: list[PersonFact] = field(default_factory=list)
    ties: list[TieFact] = field(default_factory=list)
    arrivals: list[ArrivalFact] = field(default_factory=list)
    apprehensions: list[ApprehensionFact] = field(default_factory=list)
    hand_overs: list[HandOverFact] = field(default_factory=list)
    stays: list[StayFact] = field(default_factory=list)
    separations: list[SeparationFact] = field(default_factory=list)
    reunifications: list[ReunificationFact] = field(default_factory=list)
    questions: list[QuestionFact] = field(default_factory=list)


@dataclass(slots=True)
class Setting:
    """
    What a layout knows besides the row: the list, its days, and the places on record.

    `places` are ids by name, by code, and by both; `new_places` are those that rows named first.
    """

    list_id: UUID
    telling: UUID
    as_of: date
    zone: str
    places: dict[str, UUID]
    new_places: list[PlaceFact] = field(default_factory=list)

    def place(self, name: str, kind: PlaceKind, code: str = "") -> UUID:
        """The place of that code and name, put on record now if it is new."""
        key = f"{code} {name}".strip().casefold()
        if key not in self.places:
            fact = PlaceFact(uuid7(), name, kind, code)
            self.new_places.append(fact)
            self.places[key] = fact.id
        return self.places[key]


class RowReader(Protocol):
    """Reads the rows of one file."""

    def read(self, row: Row, row_id: UUID) -> RowTold:
        """What the row tells. Never raises for anything a cell may hold."""


class Layout(Protocol):
    """A kind of list."""

    name: str
    help: str
    agency: str | None
    unit: str

    def is_heading(self, cells: Cells) -> bool:
        """Whether these are the headings of such a list."""

    def reader(self, heading: Heading, setting: Setting) -> RowReader:
        """A reader for a file with these headings. Raises Refused if a needed column is missing."""

    def default_as_of(self, received_on: date) -> date:
        """The as-of day of a list for which none was given."""

    def used_columns(self, heading: Heading) -> Sequence[int]:
        """The columns that the layout reads, counted from 0."""
