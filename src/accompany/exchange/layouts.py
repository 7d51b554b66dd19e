"""
How is a known kind of list told as statements?

A layout is one module: how its headings are recognised, and what each row tells. It gives facts
and never touches the database; `receiving` keeps the rows and records the facts.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, Protocol
from uuid import UUID

from accompany.base.dates import When, in_month, in_year, on_day
from accompany.base.ids import uuid7
from accompany.custody import rules
from accompany.custody.queries import question_of
from accompany.custody.rules import DayTold, StayTold
from accompany.custody.terms import (
    ApprehensionFact,
    HandOverFact,
    ReunificationFact,
    SeparationFact,
    StayFact,
)
from accompany.exchange.cells import Partial, Read, Redacted, Unreadable
from accompany.exchange.faults import column_letter
from accompany.exchange.reading import Cells, Heading, Role, Row
from accompany.exchange.repeats import Repeats
from accompany.facilities.terms import PlaceFact, PlaceKind
from accompany.people.terms import ArrivalFact, PersonFact, TieFact
from accompany.sources.queries import question_key
from accompany.sources.terms import QuestionFact, QuestionKind, RowKind


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

    `places` are ids by name, by code, and by both; `new_places` are those that rows named first;
    `sheets` are numbers by name, from 1.
    """

    list_id: UUID
    telling: UUID
    as_of: date
    zone: str
    places: dict[str, UUID]
    sheets: Mapping[str | None, int] = field(default_factory=dict)
    new_places: list[PlaceFact] = field(default_factory=list)
    repeats: Repeats = field(default_factory=Repeats)

    def sheet(self, row: Row) -> int:
        """The number of the sheet that a row stands in; 0 in a text."""
        return 0 if row.sheet is None else self.sheets[row.sheet]

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

    @property
    def name(self) -> str:
        """How commands and pages call it."""

    @property
    def help(self) -> str:
        """What lists of this kind are, in a sentence."""

    @property
    def agency(self) -> str | None:
        """The code of the agency whose lists these are; None if anybody's."""

    def is_heading(self, found: Cells) -> bool:
        """Whether these are the headings of such a list."""

    def reader(self, heading: Heading, setting: Setting) -> RowReader:
        """A reader for a file with these headings. Raises Refused if a needed column is missing."""

    def default_as_of(self, received_on: date) -> date:
        """The as-of day of a list for which none was given."""

    def used_columns(self, heading: Heading) -> Sequence[int]:
        """The columns that the layout reads, counted from 0."""


def role_kind(row: Row) -> RowKind:
    """What a row is, as far as the reading of the file tells."""
    if row.role is Role.HEADING:
        return RowKind.HEADING
    if row.role is Role.TITLE:
        return RowKind.BEFORE_HEADING
    return RowKind.NOT_A_RECORD if row.role is Role.BLANK else RowKind.RECORD


_SHORT = 100  # characters: what is longer is not held in memory


def _understood(
    parse: Callable[[str | None], Any], cell: str | None
) -> tuple[Any, QuestionKind | None]:
    """What a cell says, or None, and the question that it raises."""
    said = parse(cell)
    if isinstance(said, Read):
        return said.value, None
    if isinstance(said, Unreadable):
        return None, QuestionKind.CELL_UNREADABLE
    return None, QuestionKind.CELL_REDACTED if isinstance(said, Redacted) else None


# In a list the same few cells come again and again.
_understood_before = lru_cache(maxsize=1 << 15)(_understood)


def _moment(day: date | Partial, zone: str) -> When:
    if isinstance(day, date):
        return on_day(day, zone)
    return in_month(day.year, day.month, zone) if day.month else in_year(day.year, zone)


class RowTeller:
    """One row being told: its subject, and what every layout does with a cell or a question."""

    def __init__(
        self, row: Row, row_id: UUID, columns: Mapping[str, int | None], setting: Setting
    ) -> None:
        self.told = RowTold()
        self.setting = setting
        self.subject = uuid7()
        self.row_id = row_id
        self._row = row
        self._columns = columns

    def tell(self) -> RowTold:
        """What the row tells; questions it raises last."""
        if self._row.ragged:
            # Its cells do not stand under their headings; it still is one person's row.
            self.ask(QuestionKind.RAGGED)
            self.told.persons.append(
                PersonFact(self.subject, row=self.row_id, on_list=self.setting.list_id)
            )
            return self.told
        self.fill()
        self._ask_about_line()
        self._ask_about_repeat()
        return self.told

    def fill(self) -> None:
        """Fill in what a whole row tells: each layout's own."""
        raise NotImplementedError

    def cell(self, what: str) -> str | None:
        """The cell of a column, by the layout's word for it."""
        column = self._columns.get(what)
        return None if column is None or column >= len(self._row.cells) else self._row.cells[column]

    def value(self, what: str, parse: Callable[[str | None], Any]) -> Any:
        """What the cell says; None if it says nothing. Unreadable, it raises a question."""
        cell = self.cell(what)
        short = cell is None or len(cell) <= _SHORT
        value, doubt = (_understood_before if short else _understood)(parse, cell)
        if doubt is not None:
            self.ask(doubt, what)
        return value

    def when(self, what: str, parse: Callable[[str | None], Any]) -> When | None:
        """The moment that a cell tells of; a day after which there is none raises a question."""
        day = self.value(what, parse)
        try:
            return None if day is None else _moment(day, self.setting.zone)
        except (ValueError, OverflowError):
            # 9999-12-31, which some write where there is no day.
            self.ask(QuestionKind.CELL_UNREADABLE, what)
            return None

    def ask(
        self,
        kind: QuestionKind,
        what: str | None = None,
        *,
        earlier: tuple[int, int] | None = None,
    ) -> None:
        """Raise a question about this row, about one of its cells, or about it and another."""
        column = self._columns.get(what) if what else None
        self.told.questions.append(
            QuestionFact(
                kind=kind.value,
                key=question_key(kind.value, self.row_id, what or ""),
                person=self.subject,
                row=self.row_id,
                place=self._row.place,
                column=None if column is None else column_letter(column),
                since=self.setting.as_of,
                earlier=earlier,
            )
        )

    def _ask_about_repeat(self) -> None:
        sheet, place = self.setting.sheet(self._row), self._row.place
        earlier = self.setting.repeats.earlier(self._row.cells, sheet=sheet, place=place)
        if earlier is not None:
            self.ask(QuestionKind.REPEATS, earlier=earlier)

    def _ask_about_line(self) -> None:
        """What the line of stays that this row tells leaves open, by the rules of custody."""
        told, source = self.told, self.setting.telling
        stays = [
            StayTold(s.id, s.custodian, s.place, s.began, s.ended, source, s.ended_by)
            for s in told.stays
        ]
        days = [DayTold(a.id, "apprehended", a.on) for a in told.apprehensions]
        days += [DayTold(h.id, h.kind.value, h.on) for h in told.hand_overs]
        days += [DayTold(r.event, "reunified", r.on) for r in told.reunifications]
        open_now = rules.nobody_says(stays, days)
        found = rules.questions_about(stays, days)
        for one in found if open_now is None else [*found, open_now]:
            told.questions.append(
                question_of(one, self.subject, row=self.row_id, place=self._row.place)
            )
