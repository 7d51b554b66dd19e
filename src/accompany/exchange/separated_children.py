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
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop

from accompany.base.dates import When, between
from accompany.base.ids import uuid7
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
from accompany.exchange.layouts import RowTeller, RowTold, Setting, role_kind
from accompany.exchange.reading import Cells, Heading, Row
from accompany.facilities.terms import PlaceKind
from accompany.people.terms import BirthFact, PersonFact, Sex
from accompany.sources.terms import QuestionKind, RowKind

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
    help = gettext_noop("Children separated from a parent, as released by ORR; one row a child.")
    agency = "orr"

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
        """The released list is as of 2 April 2019, whenever it was received."""
        return date(2019, 4, 2)

    def used_columns(self, heading: Heading) -> Sequence[int]:
        """All that stand under a name we know."""
        found = (heading.column(*spellings) for spellings in COLUMNS.values())
        return [column for column in found if column is not None]


class Reader:
    """Reads the rows of one file."""

    def __init__(self, columns: dict[str, int | None], setting: Setting) -> None:
        self._columns = columns
        self._setting = setting

    def read(self, row: Row, row_id: UUID) -> RowTold:
        """What the row tells of one child."""
        kind = role_kind(row)
        if kind is RowKind.RECORD and _is_letters(row.cells):
            kind = RowKind.NOT_A_RECORD
        if kind is not RowKind.RECORD:
            return RowTold(kind)
        return _Child(row, row_id, self._columns, self._setting).tell()


def _is_letters(found: Cells) -> bool:
    """Whether the row is the line of column letters that a printed page left."""
    first = found[0]
    if first is None or len(first.strip()) != 1:
        return False
    return all(
        cell is None or cell.strip() in ("", column_letter(place))
        for place, cell in enumerate(found)
    )


class _Child(RowTeller):
    """One row: one child, taken into custody, referred, placed, and gone or still there."""

    def fill(self) -> None:
        """The child, and the line of their custody."""
        self.told.persons.append(self._subject())
        apprehended, referred, approved = (
            self._day(what) for what in ("apprehended", "referred", "approved")
        )
        office, facility = self._office(), self._facility()
        self._taken(apprehended)
        self._handed_over(HandOverKind.REFERRED, referred, office)
        self._handed_over(HandOverKind.APPROVED, approved, facility)
        self._separated(apprehended, referred or approved, office)
        end, departure = self._end(approved)
        self._in_care(approved, end, departure, facility)
        if departure is Departure.REUNIFIED:
            self.told.reunifications.append(
                ReunificationFact(
                    self.subject, uuid7(), ReunifiedWith.SEPARATED_PARENT, end, row=self.row_id
                )
            )

    def _subject(self) -> PersonFact:
        age = self.value("age", cells.whole)
        if age is not None and age >= _ADULT:
            self.ask(QuestionKind.ADULT_ON_LIST, "age")
        sex = self.value("sex", cells.sex)
        return PersonFact(
            self.subject,
            birth=None if age is None else BirthFact(age=age),
            sex=None if sex is None else Sex(sex),
            nationality=self.value("country", cells.country),
            row=self.row_id,
            on_list=self.setting.list_id,
        )

    def _taken(self, on: When | None) -> None:
        """The row says when, and not which part of DHS had the child until ORR did."""
        if on is not None:
            self.told.apprehensions.append(
                ApprehensionFact(self.subject, Custodian.DHS, on, row=self.row_id)
            )
            self.told.stays.append(StayFact(self.subject, Custodian.DHS, on, row=self.row_id))

    def _handed_over(self, kind: HandOverKind, on: When | None, place: UUID | None) -> None:
        if on is not None:
            self.told.hand_overs.append(
                HandOverFact(
                    self.subject, kind, Custodian.DHS, Custodian.ORR, on, place, self.row_id
                )
            )

    def _separated(self, taken: When | None, parted: When | None, office: UUID | None) -> None:
        """The row says that the child was separated; when, lies between two of its days."""
        first = taken.first_day if taken else None
        last = parted.last_day if parted else None
        if last is None or (first and last < first):
            last = self.setting.as_of
        self.told.separations.append(
            SeparationFact(
                self.subject,
                uuid7(),
                Custodian.DHS,
                self._between(first, last),
                cause_of(self.cell("cause")),
                place=office,
                row=self.row_id,
            )
        )

    def _end(self, approved: When | None) -> tuple[When | None, Departure | None]:
        """When and how the child left ORR's care, as far as the row agrees with itself."""
        discharged = self._day("discharged")
        reunited = fold(self.cell("reunited") or "")
        still = "still in care" in reunited
        left = fold(self.cell("status") or "") == "discharged"
        if still and not left and discharged is None:
            return None, None
        if still or not left:
            self.ask(QuestionKind.CONTRADICTS, "status")
            return discharged, Departure.NOT_TOLD if discharged else None
        if discharged is None:
            self.ask(QuestionKind.TOLD_WITHOUT_DAY, "discharged")
            first = approved.first_day if approved else None
            discharged = self._between(first, self.setting.as_of)
        with_parent = "sep" in reunited and "parent" in reunited
        return discharged, Departure.REUNIFIED if with_parent else Departure.DISCHARGED_OTHERWISE

    def _in_care(
        self,
        approved: When | None,
        end: When | None,
        departure: Departure | None,
        facility: UUID | None,
    ) -> None:
        if approved is None and end is None:
            return
        if approved and end and end.certainly_before(approved):
            # An impossible period is no stay: the row is kept, and asked about.
            self.ask(QuestionKind.CONTRADICTS, "discharged")
            return
        self.told.stays.append(
            StayFact(
                self.subject,
                Custodian.ORR,
                approved,
                end,
                departure,
                facility,
                row=self.row_id,
            )
        )

    def _office(self) -> UUID | None:
        said = self.value("office", cells.text)
        return None if said is None else _place(self.setting, said)

    def _facility(self) -> UUID | None:
        said = self.value("facility", cells.text)
        return None if said is None else self.setting.place(said, PlaceKind.CHILDREN)

    def _day(self, what: str) -> When | None:
        return self.when(what, _whole_day)

    def _between(self, first: date | None, last: date) -> When:
        """From the first day to the last, or open where the row tells of a day after the list's."""
        return between(first, None if first and last < first else last, self.setting.zone)


def _whole_day(cell: str | None) -> Any:
    said = cells.day(cell, "mdy")
    if isinstance(said, Read) and not isinstance(said.value, date):
        return Unreadable(cells.NOT_A_DAY)
    return said


def _place(setting: Setting, words: str) -> UUID:
    """An office by its name and three letters: so one office spelt in two ways is one."""
    name, code = _office(words)
    return setting.place(name, PlaceKind.OFFICE, code)


@lru_cache(maxsize=4_096)
def _office(words: str) -> tuple[str, str]:
    match = _OFFICE.fullmatch(words)
    if match is None:
        return words, ""
    return re.sub(r",?\s+[A-Z]{2}$", "", match["name"]).strip(), match["code"].upper()


LAYOUT = SeparatedChildren()
