"""
The layout `separated-children`: children separated from a parent, in ORR's care 2018 to 2019.

As released by HHS/ORR and turned into a table from a printed document: each printed page left a row
of column letters, cells hold line breaks, and one value is spelt in several ways. Spellings are
read as one and kept as written in the row. Nothing is corrected: what cannot be, is asked.
"""

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from uuid import UUID

from accompany.base.dates import When, between, on_day
from accompany.base.ids import uuid7
from accompany.custody import rules
from accompany.custody.queries import question_of
from accompany.custody.rules import DayTold, StayTold
from accompany.custody.terms import (
    ApprehensionFact,
    Cause,
    Custodian,
    Departure,
    HandOverFact,
    HandOverKind,
    ReunificationFact,
    ReunifiedWith,
    SeparationFact,
    StayFact,
)
from accompany.exchange import cells
from accompany.exchange.cells import Read, Unreadable, fold
from accompany.exchange.faults import column_letter, column_missing
from accompany.exchange.layouts import RowTold, Setting
from accompany.exchange.reading import Cells, Heading, Role, Row
from accompany.exchange.repeats import Repeats
from accompany.facilities.terms import PlaceKind
from accompany.people.terms import BirthFact, PersonFact, Sex
from accompany.sources.queries import question_key
from accompany.sources.terms import QuestionFact, QuestionKind, RowKind

NAME = "separated-children"
COLUMNS = {
    "age": ("AGE",),
    "sex": ("GENDER",),
    "country": ("COO",),
    "apprehended": ("DATE_APPREHENDED",),
    "referred": ("REFERRAL_DATE",),
    "approved": ("DATE_ORR_APPROVED",),
    "office": ("REFERRING OFFICE",),
    "facility": ("FACILITY_APPROVED",),
    "reunited": ("REUNITIED_SEP_PARENTS", "REUNITED_SEP_PARENTS"),
    "status": ("UAC STATUS",),
    "discharged": ("Date Discharged",),
    "cause": ("Reason fo Separation", "Reason for Separation"),
}
NEEDED = ("age", "apprehended", "approved", "reunited", "status", "discharged")
_OFFICE = re.compile(r"(?P<name>.*?)\s*\((?P<code>[A-Za-z]{3})\)")
_ADULT = 18

# In the order in which they are asked: a row that names several causes is coded by the first.
_CAUSES: tuple[tuple[tuple[str, ...], Cause], ...] = (
    (("zero tolerance",), Cause.ZERO_TOLERANCE),
    (("gang", "cartel"), Cause.GANG),
    (("criminal",), Cause.CRIMINAL_HISTORY),
    (("prosecution", "proseuction", "1326", "immigration history"), Cause.PROSECUTION),
    (("health", "hospital"), Cause.HEALTH),
    (("unverified", "verif"), Cause.TIE_UNVERIFIED),
    (("child safety",), Cause.CHILD_SAFETY),
)


@lru_cache(maxsize=4_096)
def cause_of(cell: str | None) -> Cause:
    """The coded cause of a separation; *not stated by the source* where the cell says nothing."""
    said = cells.text(cell)
    if not isinstance(said, Read):
        return Cause.NOT_STATED
    words = fold(said.value)
    for marks, cause in _CAUSES:
        if any(mark in words for mark in marks):
            return cause
    return Cause.OTHER


class SeparatedChildren:
    """The layout as commands and pages know it."""

    name = NAME
    help = "Children separated from a parent, as released by ORR; one row a child."
    agency = "orr"
    unit = "children"

    def is_heading(self, found: Cells) -> bool:
        """Whether most of the columns stand here under their names."""
        there = {fold(cell.replace("_", " ")) for cell in found if cell}
        known = [
            any(fold(spelling.replace("_", " ")) in there for spelling in spellings)
            for spellings in COLUMNS.values()
        ]
        return sum(known) >= 6

    def reader(self, heading: Heading, setting: Setting) -> "Reader":
        """A reader of rows. Raises Refused if a column that is needed is missing."""
        columns = {what: heading.column(*spellings) for what, spellings in COLUMNS.items()}
        for what in NEEDED:
            if columns[what] is None:
                raise column_missing(COLUMNS[what][0], name=heading.file, row=heading.place)
        return Reader(columns, setting)

    def default_as_of(self, received_on: date) -> date:
        """The list is as of 2 April 2019: the day after the last that it tells of is not in it."""
        return date(2019, 4, 2)

    def used_columns(self, heading: Heading) -> Sequence[int]:
        """All that stand under a name we know."""
        found = (heading.column(*spellings) for spellings in COLUMNS.values())
        return [column for column in found if column is not None]


class Reader:
    """Reads the rows of one file."""

    def __init__(self, columns: dict[str, int | None], setting: Setting) -> None:
        self._columns = columns
        self._set = setting
        self._repeats = Repeats()

    def read(self, row: Row, row_id: UUID) -> RowTold:
        """What the row tells of one child."""
        told = RowTold(_kind(row))
        if told.kind is RowKind.RECORD:
            _Telling(self, row, row_id, told).tell()
        return told

    def cell(self, row: Row, what: str) -> str | None:
        """The cell of a row under a heading, or None."""
        column = self._columns[what]
        return row.cells[column] if column is not None and column < len(row.cells) else None

    def column(self, what: str) -> int | None:
        """The column of a heading."""
        return self._columns[what]


def _kind(row: Row) -> RowKind:
    if row.role is Role.HEADING:
        return RowKind.HEADING
    if row.role is Role.TITLE:
        return RowKind.BEFORE_HEADING
    if row.role is Role.BLANK or _is_letters(row.cells):
        return RowKind.NOT_A_RECORD
    return RowKind.RECORD


def _is_letters(found: Cells) -> bool:
    """Whether the row is the line of column letters that a printed page left."""
    first = found[0]
    if first is None or len(first.strip()) != 1:
        return False
    return all(
        cell is None or cell.strip() in ("", chr(65 + place)) for place, cell in enumerate(found)
    )


class _Telling:
    """One row being told."""

    def __init__(self, reader: Reader, row: Row, row_id: UUID, told: RowTold) -> None:
        self._reader, self._row, self._id, self._told = reader, row, row_id, told
        self._set = reader._set  # noqa: SLF001 - the reader's own helper
        self._person = uuid7()

    def tell(self) -> None:
        """Fill in what the row tells."""
        if self._row.ragged:
            self._ask(QuestionKind.RAGGED)
            self._told.persons.append(self._nobody())
            return
        self._told.persons.append(self._subject())
        self._custody()
        if self._reader._repeats.seen(self._row.cells):  # noqa: SLF001 - the reader's own helper
            self._ask(QuestionKind.REPEATS)

    def _nobody(self) -> PersonFact:
        """A row whose cells do not stand under their headings still is one person's row."""
        return PersonFact(self._person, row=self._id, on_list=self._set.list_id)

    def _subject(self) -> PersonFact:
        age = self._value("age", cells.whole)
        if age is not None and age >= _ADULT:
            self._ask(QuestionKind.ADULT_ON_LIST, "age")
        sex = self._value("sex", cells.sex)
        return PersonFact(
            self._person,
            birth=None if age is None else BirthFact(age=age),
            sex=None if sex is None else Sex(sex),
            nationality=self._value("country", cells.country),
            row=self._id,
            on_list=self._set.list_id,
        )

    def _custody(self) -> None:
        apprehended, referred, approved = (
            self._day(what) for what in ("apprehended", "referred", "approved")
        )
        office, facility = self._office(), self._facility()
        self._events(apprehended, referred, approved, office, facility)
        end, departure = self._end(approved)
        self._stays(apprehended, approved, facility, end, departure)
        self._separation(apprehended, referred or approved, office)
        if departure is Departure.REUNIFIED:
            self._told.reunifications.append(
                ReunificationFact(
                    self._person,
                    uuid7(),
                    ReunifiedWith.SEPARATED_PARENT,
                    end,
                    row=self._id,
                )
            )
        self._questions()

    def _events(
        self,
        apprehended: When | None,
        referred: When | None,
        approved: When | None,
        office: UUID | None,
        facility: UUID | None,
    ) -> None:
        if apprehended is not None:
            self._told.apprehensions.append(
                ApprehensionFact(self._person, Custodian.DHS, apprehended, row=self._id)
            )
        for kind, on, place in (
            (HandOverKind.REFERRED, referred, office),
            (HandOverKind.APPROVED, approved, facility),
        ):
            if on is not None:
                self._told.hand_overs.append(
                    HandOverFact(
                        self._person,
                        kind,
                        Custodian.DHS,
                        Custodian.ORR,
                        on,
                        place,
                        self._id,
                    )
                )

    def _stays(
        self,
        apprehended: When | None,
        approved: When | None,
        facility: UUID | None,
        end: When | None,
        departure: Departure | None,
    ) -> None:
        if apprehended is not None:
            self._told.stays.append(
                StayFact(self._person, Custodian.DHS, apprehended, row=self._id)
            )
        if approved is None and end is None:
            return
        if approved and end and end.certainly_before(approved):
            self._ask(QuestionKind.CONTRADICTS, "discharged")
            return
        self._told.stays.append(
            StayFact(
                self._person,
                Custodian.ORR,
                approved,
                end,
                departure,
                facility,
                row=self._id,
            )
        )

    def _end(self, approved: When | None) -> tuple[When | None, Departure | None]:
        """When and how the child left ORR's care, as far as the row tells and agrees with itself."""
        discharged = self._day("discharged")
        status = fold(self._cell("status") or "")
        reunited = fold(self._cell("reunited") or "")
        still = "still in care" in reunited
        left = status == "discharged"
        if still and not left and discharged is None:
            return None, None
        if still or not left:
            self._ask(QuestionKind.CONTRADICTS, "status")
            return discharged, Departure.NOT_TOLD if discharged else None
        if discharged is None:
            self._ask(QuestionKind.TOLD_WITHOUT_DAY, "discharged")
            first = approved.first_day if approved else None
            discharged = between(first, self._set.as_of, self._set.zone)
        with_parent = "sep" in reunited and "parent" in reunited
        return discharged, (Departure.REUNIFIED if with_parent else Departure.DISCHARGED_OTHERWISE)

    def _separation(self, taken: When | None, parted: When | None, office: UUID | None) -> None:
        """The row says that the child was separated; between apprehension and hand-over."""
        first = taken.first_day if taken else None
        last = parted.last_day if parted else None
        if first and last and last < first:
            last = None
        self._told.separations.append(
            SeparationFact(
                self._person,
                uuid7(),
                Custodian.DHS,
                between(first, last or self._set.as_of, self._set.zone),
                cause_of(self._cell("cause")),
                place=office,
                row=self._id,
            )
        )

    def _questions(self) -> None:
        told = self._told
        stays = [
            StayTold(s.id, s.custodian, s.place, s.began, s.ended, self._set.telling)
            for s in told.stays
        ]
        days = [DayTold(a.id, "apprehended", a.on) for a in told.apprehensions]
        days += [DayTold(h.id, h.kind.value, h.on) for h in told.hand_overs]
        for one in rules.questions_about(stays, days):
            asked = question_of(one, self._person, row=self._id, place=self._row.place)
            told.questions.append(asked)

    def _office(self) -> UUID | None:
        said = cells.text(self._cell("office"))
        if not isinstance(said, Read):
            return None
        return _place(self._set, said.value, PlaceKind.OFFICE)

    def _facility(self) -> UUID | None:
        said = cells.text(self._cell("facility"))
        if not isinstance(said, Read):
            return None
        return self._set.place(said.value, PlaceKind.CHILDREN)

    def _cell(self, what: str) -> str | None:
        return self._reader.cell(self._row, what)

    def _day(self, what: str) -> When | None:
        day = self._value(what, _whole_day)
        return None if day is None else on_day(day, self._set.zone)

    def _value(self, what: str, parse):  # noqa: ANN001, ANN202 - as many types as there are parsers
        said = parse(self._cell(what))
        if isinstance(said, Read):
            return said.value
        if isinstance(said, Unreadable):
            self._ask(QuestionKind.CELL_UNREADABLE, what)
        return None

    def _ask(self, kind: QuestionKind, what: str | None = None) -> None:
        column = self._reader.column(what) if what else None
        self._told.questions.append(
            QuestionFact(
                kind=kind.value,
                key=question_key(kind.value, self._id, what or ""),
                person=self._person,
                row=self._id,
                place=self._row.place,
                column=None if column is None else column_letter(column),
                since=self._set.as_of,
            )
        )


def _whole_day(cell: str | None):  # noqa: ANN202 - what cells.day gives, less parts of a date
    said = cells.day(cell, "mdy")
    if isinstance(said, Read) and not isinstance(said.value, date):
        return Unreadable(cells.NOT_A_DAY)
    return said


def _place(setting: Setting, words: str, kind: PlaceKind) -> UUID:
    """An office by its three letters if it has any: then one office spelt in two ways is one."""
    match = _OFFICE.fullmatch(words)
    if match is None:
        return setting.place(words, kind)
    name = re.sub(r",?\s+[A-Z]{2}$", "", match["name"]).strip()
    # Two offices share three letters in the list; the name tells them apart.
    return setting.place(name, kind, match["code"].upper())


LAYOUT = SeparatedChildren()
