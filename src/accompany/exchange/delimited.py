"""
How is a table in text read, record by record, so that its bytes can be had back?

A record is what one row of the table was in the file: its bytes with their line end, and its cells.
The byte-order mark and the bytes of all records are the file. Nothing is held but one record.
"""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice
from typing import IO, Any, NamedTuple, Protocol

from accompany.base.refusal import Objection, Refused
from accompany.exchange.faults import (
    CELL_TOO_LONG,
    EMPTY,
    MIXED_ENCODINGS,
    NOT_TEXT,
    QUOTE_NOT_CLOSED,
    ROW_TOO_LONG,
    UNDECODABLE,
    refused,
)

CELL_LIMIT = 1 << 23  # characters
RECORD_LIMIT = 1 << 24
DELIMITERS = (",", ";", "\t", "|")

_CHUNK = 1 << 20
_HEAD = 1 << 16
_SAMPLE_LINES = 200
_SAMPLE_RECORDS = 60
# UTF-32 is not offered: its marks stand here so that it is not taken for UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, None),
    (codecs.BOM_UTF32_BE, None),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")
_CONTROLS_IN_TEXT = 0.02  # noise has a tenth; a list with a few damaged cells a thousandth
_UTF_8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2}")
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_SPREADSHEET_HINT = re.compile(r'"?sep=(.)"?[\r\n]*')


class Opens(Protocol):
    """A file that can be opened as often as needed: a path, or a sealed file."""

    @property
    def open(self) -> Callable[..., IO[Any]]:
        """Open it for reading, as `Path.open` does."""


class Received(NamedTuple):
    """
    One record as it lay in the file, and what it says.

    `place` counts records from 1 and `line` lines from 1, as a person does who looks at the file.
    """

    place: int
    line: int
    raw: bytes
    cells: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Delimited:
    """A file of text whose records are cells between delimiters, in one encoding throughout."""

    path: Opens
    name: str
    encoding: str
    bom: bytes
    delimiter: str = ","

    @property
    def sheets(self) -> tuple[str | None, ...]:
        """Text holds one table, which has no name."""
        return (None,)

    def readings(self) -> list["Delimited"]:
        """The file with each delimiter that it may mean, the likeliest first."""
        sample = self._sample()
        likely = sorted(DELIMITERS, key=partial(_likelihood, sample), reverse=True)
        hint = _SPREADSHEET_HINT.fullmatch(sample[0]) if sample else None
        if hint:
            likely.sort(key=lambda delimiter: delimiter != hint[1])
        return [replace(self, delimiter=delimiter) for delimiter in likely]

    def records(self, sheet: str | None = None) -> Iterator[Received]:
        """Every record from the first. Raises Refused at one that does not end or is too long."""
        assert sheet is None  # noqa: S101 - the table asks for the sheets it was told of
        # For the whole process, in characters; a record is measured here before csv does it.
        csv.field_size_limit(2 * RECORD_LIMIT)
        with self._text() as text:
            lines = _Lines(text, self)
            held = lines.held
            place, line = 0, 1
            try:
                for cells in csv.reader(lines, delimiter=self.delimiter):
                    place += 1
                    received = held[0] if len(held) == 1 else self._joined(held, place, lines)
                    if len(received) > CELL_LIMIT:
                        self._check_cells(cells, place)
                    yield Received(place, line, received.encode(self.encoding), tuple(cells))
                    line += len(held)
                    lines.let_go(place)
            except (csv.Error, UnicodeDecodeError):
                # The file was decoded once already: it changed meanwhile. Messages may quote it.
                raise refused(UNDECODABLE, name=self.name, row=place + 1) from None

    def _joined(self, held: list[str], place: int, lines: "_Lines") -> str:
        received = "".join(held)
        # Only the end of the file can end a record within quotation marks.
        if lines.at_end and received.count('"') % 2:
            raise refused(QUOTE_NOT_CLOSED, name=self.name, row=place)
        return received

    def _check_cells(self, cells: list[str], place: int) -> None:
        for column, cell in enumerate(cells):
            if len(cell) > CELL_LIMIT:
                raise refused(CELL_TOO_LONG, name=self.name, row=place, column=column)

    def _text(self) -> IO[str]:
        # Line ends come through as they are: they belong to the bytes of a record.
        text = self.path.open(encoding=self.encoding, errors="strict", newline="")
        text.read(1 if self.bom else 0)
        return text

    def _sample(self) -> list[str]:
        with self._text() as text:
            return list(islice(iter(partial(text.readline, _HEAD), ""), _SAMPLE_LINES))


class _Lines:
    """The lines that csv asks for, each held until the record that it belongs to is let go."""

    def __init__(self, text: IO[str], source: Delimited) -> None:
        self.held: list[str] = []
        self.at_end = False
        self._size = 0
        self._place = 1
        self._text = text
        self._source = source

    def __iter__(self) -> Iterator[str]:
        for line in iter(partial(self._text.readline, RECORD_LIMIT), ""):
            self.held.append(line)
            self._size += len(line)
            if self._size >= RECORD_LIMIT:
                raise self._endless()
            yield line
        self.at_end = True

    def let_go(self, place: int) -> None:
        """The record at this place is whole, and read."""
        self.held.clear()
        self._size = 0
        self._place = place + 1

    def _endless(self) -> Refused:
        cells = next(csv.reader(self.held, delimiter=self._source.delimiter))
        column = len(cells) - 1
        why = QUOTE_NOT_CLOSED
        if len(self.held) == 1:
            why = CELL_TOO_LONG if len(cells[column]) > CELL_LIMIT else ROW_TOO_LONG
        return refused(why, name=self._source.name, row=self._place, column=column)


def _likelihood(sample: list[str], delimiter: str) -> float:
    """How alike the records of a sample are in their number of cells, if this is the delimiter."""
    records = (len(cells) for cells in csv.reader(sample, delimiter=delimiter) if cells)
    widths = Counter(islice(records, _SAMPLE_RECORDS))
    tables = [(share, width) for width, share in widths.items() if width > 1]
    if not tables:
        return 0.0
    share, width = max(tables)
    return (share / widths.total()) ** 2 * min(width, 8)


def delimited(path: Opens, *, name: str) -> Delimited:
    """The table in text that this file is. Raises Refused if it is empty, noise or undecodable."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    bom, encoding = _marked(head)
    if bom and encoding is None:
        raise refused(UNDECODABLE, name=name)
    encoding = encoding or _utf_16_without_mark(head)
    _check_head(head[len(bom) :], encoding, name)
    if encoding is None:
        encoding = _utf_8_or_windows(path, name)
    elif line := _line_undecodable(path, encoding):
        raise refused(UNDECODABLE, name=name, line=line)
    return Delimited(path, name, encoding, bom)


def _marked(head: bytes) -> tuple[bytes, str | None]:
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return mark, encoding
    return b"", None


def _utf_16_without_mark(head: bytes) -> str | None:
    """Where every other byte is nought, it is UTF-16: nothing else of ours is written so."""
    half = len(head) // 2
    at_even, at_odd = head[::2].count(0), head[1::2].count(0)
    if at_odd > 0.3 * half and at_even < 0.05 * half:
        return "utf-16-le"
    if at_even > 0.3 * half and at_odd < 0.05 * half:
        return "utf-16-be"
    return None


def _check_head(head: bytes, encoding: str | None, name: str) -> None:
    text = head.decode(encoding or "latin-1", errors="replace")
    if not text.strip():
        raise refused(EMPTY, name=name)
    if len(_CONTROL.findall(text)) > _CONTROLS_IN_TEXT * len(text):
        raise refused(NOT_TEXT, name=name)


def _utf_8_or_windows(path: Opens, name: str) -> str:
    line = _line_undecodable(path, "utf-8")
    if line is None:
        return "utf-8"
    why, line = _why_not_windows(path, line)
    if why is not None:
        raise refused(why, name=name, line=line)
    return "cp1252"


def _why_not_windows(path: Opens, line: int) -> tuple[Objection | None, int]:
    """
    The reason not to read as Windows-1252 what is not UTF-8 at a line, and the line that shows it.

    A file in UTF-8 with one broken letter could be read so too, every other letter wrong.
    """
    beside, letters = _utf_8_letters(path)
    if letters > beside:
        return MIXED_ENCODINGS, line
    undefined = _line_undecodable(path, "cp1252")
    return (None, line) if undefined is None else (UNDECODABLE, undefined)


def _utf_8_letters(path: Opens) -> tuple[int, int]:
    """How many bytes beyond ASCII stand outside letters of UTF-8, and how many such letters."""
    high = in_letters = letters = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            found = _UTF_8_LETTER.findall(chunk)
            letters += len(found)
            in_letters += sum(map(len, found))
            high += len(_NOT_ASCII.findall(chunk))
    return high - in_letters, letters


def _line_undecodable(path: Opens, encoding: str) -> int | None:
    """The line of the first bytes that mean nothing in an encoding, counted from 1, if any do."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    lines = 1
    with path.open("rb") as file:
        for chunk in chain(iter(partial(file.read, _CHUNK), b""), [b""]):
            try:
                lines += decoder.decode(chunk, final=not chunk).count("\n")
            except UnicodeDecodeError as error:
                before = error.object[: error.start].decode(encoding, errors="replace")
                return lines + before.count("\n")
    return None
