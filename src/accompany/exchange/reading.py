"""
What rows does a received file hold, and under which headings do they stand?

The one door to files: text in any of our encodings or a workbook comes out as the same rows. Every
row is yielded, titles, headings and blank ones too, so that nothing that was received is dropped;
what a row is worth is the layout's to say.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import NamedTuple, Protocol

from accompany.exchange.cells import fold
from accompany.exchange.delimited import Delimited, Opens, Received, delimited
from accompany.exchange.faults import (
    COLUMN_TWICE,
    EMPTY,
    NO_HEADING,
    NO_ROWS,
    NO_SUCH_SHEET,
    NOT_TEXT,
    OLD_OR_LOCKED_WORKBOOK,
    RAGGED,
    column_letter,
    refused,
)
from accompany.exchange.workbook import Workbook, workbook

ROWS_SEARCHED_FOR_HEADING = 50
ROWS_LOOKED_AT = 1_000
FEWEST_RAGGED = 5  # fewer can be questioned one by one

_ARCHIVE = b"PK"
_OLD_WORKBOOK = bytes.fromhex("D0CF11E0A1B11AE1")
_KNOWN_NOISE = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"\x1f\x8b",
    b"{\\rtf",
    b"Rar!",
    b"7z\xbc\xaf",
)

Cells = tuple[str | None, ...]


class Role(StrEnum):
    """What a row is in its table."""

    TITLE = "title"  # above the headings, or on a sheet without any
    HEADING = "heading"
    RECORD = "record"
    BLANK = "blank"


class Row(NamedTuple):
    """
    One row as received.

    `place` is its number as a person counts rows in the file or sheet, from 1 with the heading;
    `line` is where it begins in a text. `raw` is what was received: of a text the very bytes, with
    the line end; of a workbook the cells as JSON. A record of a text is `ragged` if it has not as
    many cells as the headings; in a workbook each cell has its column.
    """

    place: int
    line: int
    sheet: str | None
    raw: bytes
    cells: Cells
    role: Role
    ragged: bool


@dataclass(frozen=True, slots=True)
class Heading:
    """The headings of one sheet as received, and the row they stand in."""

    file: str
    sheet: str | None
    place: int
    cells: Cells

    def column(self, *spellings: str) -> int | None:
        """
        The column under a heading of one of these spellings, counted from 0, or None.

        Case, accents, spaces and low lines do not count. Raises Refused if two columns have one.
        """
        wanted = {_plain(spelling) for spelling in spellings}
        found = [n for n, cell in enumerate(self.cells) if cell and _plain(cell) in wanted]
        if len(found) > 1:
            raise refused(
                COLUMN_TWICE, name=self.file, sheet=self.sheet, row=self.place, column=found[1]
            )
        return found[0] if found else None

    def letter(self, column: int) -> str:
        """The letters over a column that is counted from 0."""
        return column_letter(column)


def _plain(heading: str) -> str:
    return fold(heading.replace("_", " "))


class Source(Protocol):
    """A file that yields records, of each of its sheets."""

    @property
    def sheets(self) -> tuple[str | None, ...]: ...

    def records(self, sheet: str | None) -> Iterator[Received]: ...


class Table:
    """
    All rows of one file, its sheets stacked, in the order in which they lie there.

    It may be gone through any number of times; each time the file is read anew, row by row.
    """

    def __init__(self, name: str, readings: list[Delimited] | list[Workbook]) -> None:
        self.name = name
        self.headings: dict[str | None, Heading] = {}
        self._widths: dict[str | None, int] = {}
        self._readings = readings
        self._source: Delimited | Workbook = readings[0]

    @property
    def format(self) -> str:
        """`csv` for every text, whatever its delimiter, or `xlsx`."""
        return "csv" if isinstance(self._source, Delimited) else "xlsx"

    @property
    def encoding(self) -> str | None:
        """utf-8, utf-16-le, utf-16-be or cp1252; None for a workbook."""
        return self._source.encoding if isinstance(self._source, Delimited) else None

    @property
    def bom(self) -> bytes:
        """The byte-order mark, which belongs to no row; empty if there is none."""
        return self._source.bom if isinstance(self._source, Delimited) else b""

    @property
    def delimiter(self) -> str | None:
        """What stands between cells; None for a workbook."""
        return self._source.delimiter if isinstance(self._source, Delimited) else None

    @property
    def sheets(self) -> tuple[str | None, ...]:
        """The names of the sheets; of a text the one None."""
        return self._source.sheets

    @property
    def heading(self) -> Heading:
        """The headings of the first sheet that has any, once they are found."""
        return next(iter(self.headings.values()))

    def find_heading(self, is_heading: Callable[[Cells], bool]) -> Heading:
        """
        Find the row of headings on each sheet, and return the first.

        `is_heading` is asked about the first 50 rows of each. Raises Refused if no sheet has any,
        if no row follows, or if more than half of the rows looked at have another number of cells.
        """
        for reading in self._readings:
            found = [_heading(self.name, reading, sheet, is_heading) for sheet in reading.sheets]
            headings = {heading.sheet: heading for heading in found if heading}
            if headings:
                self._source, self.headings = reading, headings
                self._check_rows()
                return self.heading
        raise refused(NO_HEADING, name=self.name)

    def __iter__(self) -> Iterator[Row]:
        for sheet in self.sheets:
            yield from self._rows(sheet)

    def _rows(self, sheet: str | None) -> Iterator[Row]:
        heading = self.headings.get(sheet)
        at = heading.place if heading else None
        width = self._widths.get(sheet, 0)
        in_text = self.format == "csv"
        for place, line, raw, cells in self._source.records(sheet):
            role = Role.RECORD
            if not any(cells):
                role = Role.BLANK
            elif at is None or place < at:
                role = Role.TITLE
            elif place == at:
                role = Role.HEADING
            ragged = in_text and role is Role.RECORD and len(cells) != width
            if len(cells) < width and not in_text:
                # A workbook does not store empty cells at the end of a row.
                cells += (None,) * (width - len(cells))
            yield Row(place, line, sheet, raw, cells, role, ragged)

    def _check_rows(self) -> None:
        looked_at = ragged = 0
        for sheet, heading in self.headings.items():
            records = (row.cells for row in self._rows(sheet) if row.role is Role.RECORD)
            sample = list(islice(records, ROWS_LOOKED_AT))
            width = self._widths[sheet] = _width(heading, sample)
            looked_at += len(sample)
            ragged += sum(len(cells) != width for cells in sample)
        if not looked_at:
            raise refused(NO_ROWS, name=self.name)
        if self.format == "csv" and ragged >= FEWEST_RAGGED and ragged * 2 > looked_at:
            raise refused(RAGGED, name=self.name)


def _width(heading: Heading, sample: list[Cells]) -> int:
    """How many cells a row has: as many as the headings, or more where most end in empty ones."""
    width = len(heading.cells)
    usual = Counter(len(cells) for cells in sample if not any(cells[width:])).most_common(1)
    return max([width, *(length for length, count in usual if count * 2 > len(sample))])


def _heading(
    name: str, source: Source, sheet: str | None, is_heading: Callable[[Cells], bool]
) -> Heading | None:
    for record in islice(source.records(sheet), ROWS_SEARCHED_FOR_HEADING):
        if is_heading(record.cells):
            return Heading(name, sheet, record.place, record.cells)
    return None


@contextmanager
def open_table(path: Opens, *, name: str, sheet: str | None = None) -> Iterator[Table]:
    """
    The table in a received file, of one sheet or of all; `name` is what people call the file.

    Raises Refused if the file is empty, no table, undecodable, locked, damaged or dangerous.
    """
    with path.open("rb") as file:
        head = file.read(len(_OLD_WORKBOOK))
    if not head:
        raise refused(EMPTY, name=name)
    if head.startswith(_OLD_WORKBOOK):
        raise refused(OLD_OR_LOCKED_WORKBOOK, name=name)
    if head.startswith(_KNOWN_NOISE):
        raise refused(NOT_TEXT, name=name)
    if head.startswith(_ARCHIVE + b"\x03\x04"):
        book = workbook(path, name=name)
        yield Table(name, (book if sheet is None else book.of_sheet(sheet)).readings())
    elif sheet is not None:
        raise refused(NO_SUCH_SHEET, name=name)
    else:
        yield Table(name, delimited(path, name=name).readings())


def row_cells(raw: bytes, *, format: str, encoding: str, delimiter: str) -> list[str]:
    """The cells of one row as it was received, for reading on a page; of a workbook as stored."""
    if format == "xlsx":
        stored: dict[str, list[str]] = json.loads(raw)
        letters = {letter: values[-1] for letter, values in stored.items()}
        last = max((_number(letter) for letter in letters), default=0)
        return [letters.get(column_letter(n), "") for n in range(last)]
    text = raw.decode(encoding).removeprefix("\ufeff")
    return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
