"""
How is a workbook (XLSX) read, row by row, without trusting it?

A workbook is an archive of XML, and either may be made to do harm: to swell when unpacked, to
declare entities, to name cells that would fill the memory. So the parts are measured before they
are opened, declarations are refused, and a sheet goes by in pieces. Formulas are never worked out:
what the spreadsheet showed last is read; where it kept nothing, the formula itself is the cell,
which no reader of cells takes for a value.
"""

import json
import posixpath
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, time
from errno import EINVAL
from functools import lru_cache, partial
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

from accompany.base.refusal import Objection, Refused
from accompany.exchange.delimited import CELL_LIMIT, RECORD_LIMIT, Opens, Received
from accompany.exchange.faults import (
    CELL_TOO_LONG,
    EMPTY,
    NO_SUCH_SHEET,
    NOT_A_WORKBOOK,
    OLD_OR_LOCKED_WORKBOOK,
    ROW_TOO_LONG,
    WORKBOOK_DAMAGED,
    WORKBOOK_SWELLS,
    WORKBOOK_UNSAFE,
    column_letter,
    refused,
)

MOST_PARTS = 10_000
MOST_BYTES = 1 << 31  # of all parts, unpacked
MOST_BYTES_HELD = 1 << 27  # of the shared texts, which are held in memory
MOST_BYTES_OF_A_SMALL_PART = 1 << 24
MOST_SWELLING = 250  # unpacked to packed
SWELLING_MATTERS_FROM = 1 << 26
MOST_COLUMNS = 16_384
MOST_CHARACTERS = 1 << 31  # of all cells: a short file can name one long text a million times

_CHUNK = 1 << 16
_LONGEST_TOKEN = 1 << 24
_LONGEST_FORMAT = 255
_ENTRY = b"PK\x01\x02"
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LETTERS = re.compile(r"[A-Z]{1,3}")
_DIGITS = "0123456789"
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")


class _Damaged(Exception):
    """The workbook contradicts itself."""


_UNREADABLE = (
    _Damaged,
    BadZipFile,
    EOFError,
    LookupError,
    OverflowError,
    RuntimeError,
    ValueError,
    expat.ExpatError,
    zlib.error,
)
_NAMESPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
    "http://schemas.openxmlformats.org/package/2006/relationships",
)
_TAGS = (
    *("Relationship", "workbookPr", "sheet", "numFmt", "cellXfs", "xf"),
    *("si", "t", "rPh", "row", "c", "v", "f"),
)
_KNOWN = {f"{space} {tag}": tag for space in _NAMESPACES for tag in _TAGS}

_KINDS = {"str": "s", "inlineStr": "s"}
_Attributes = dict[str, str]


@dataclass(frozen=True, slots=True)
class Workbook:
    """
    A workbook whose sheets are stacked; each is a part of the archive, by the sheet's name.

    `texts` are the shared texts of its cells, `dates` the styles that show a number as a day.
    """

    path: Opens
    name: str
    parts: dict[str, str]
    texts: list[str]
    dates: frozenset[int]
    epoch: datetime

    @property
    def sheets(self) -> tuple[str | None, ...]:
        """The sheets in the order of the workbook, hidden ones too."""
        return tuple(self.parts)

    def of_sheet(self, sheet: str) -> "Workbook":
        """The workbook as if it had this sheet alone. Raises Refused if there is none."""
        if sheet not in self.parts:
            raise refused(NO_SUCH_SHEET, name=self.name)
        return replace(self, parts={sheet: self.parts[sheet]})

    def readings(self) -> list["Workbook"]:
        """A workbook says what its cells are: there is one way to read it."""
        return [self]

    def records(self, sheet: str | None = None) -> Iterator[Received]:
        """
        Every row of a sheet that holds something, `place` being the sheet's own row number.

        `raw` is JSON in UTF-8: for each column letter its kind (s text, n number, d day, b truth,
        e error, f formula without a value) and what the file stores. Raises Refused.
        """
        assert sheet is not None  # noqa: S101 - the table asks for the sheets it was told of
        with (
            _damage_told(self.name, sheet),
            self.path.open("rb") as file,
            ZipFile(file) as archive,
        ):
            rows = _Rows(self, sheet)
            for _ in _fed(archive, self.parts[sheet], rows, self.name):
                yield from rows.taken()
            yield from rows.taken()


class _Rows:
    """What the parser is in the middle of, and the rows that are whole and not yet taken."""

    def __init__(self, book: Workbook, sheet: str) -> None:
        self._book = book
        self._sheet = sheet
        self._whole: list[Received] = []
        self._place = 0
        self._cells: list[tuple[int, str, str]] = []
        self._characters = 0
        self._characters_of_all = 0
        self._column = -1
        self._type = ""
        self._is_day = False
        self._phonetic = False
        self._into: list[str] | None = None
        self._value: list[str] = []
        self._formula: list[str] | None = None

    def taken(self) -> list[Received]:
        """The rows since the last time."""
        whole, self._whole = self._whole, []
        return whole

    def start(self, name: str, attributes: _Attributes) -> None:
        """A tag begins."""
        tag = _KNOWN.get(name)
        if tag == "c":
            self._begin_cell(attributes)
        elif tag == "v" or (tag == "t" and not self._phonetic):
            self._into = self._value
        elif tag == "f":
            self._into = self._formula = []
        elif tag == "row":
            self._begin_row(attributes)
        elif tag == "rPh":
            # How a word is spoken is written beside it, and is no part of it.
            self._phonetic = True

    def text(self, data: str) -> None:
        """Characters between tags."""
        if self._into is not None:
            self._into.append(data)
            self._count(len(data))

    def end(self, name: str) -> None:
        """A tag ends."""
        tag = _KNOWN.get(name)
        if tag == "c":
            self._end_cell()
        elif tag == "row":
            self._end_row()
        elif tag == "rPh":
            self._phonetic = False
        self._into = None

    def _begin_row(self, attributes: _Attributes) -> None:
        place = int(attributes.get("r", self._place + 1))
        if place <= self._place:
            raise _Damaged
        self._place = place
        self._cells = []
        self._column = -1
        self._characters = 0

    def _begin_cell(self, attributes: _Attributes) -> None:
        reference = attributes.get("r")
        column = _column(reference.rstrip(_DIGITS)) if reference else self._column + 1
        if not self._column < column < MOST_COLUMNS:
            raise _Damaged
        self._column = column
        self._type = attributes.get("t", "n")
        self._is_day = int(attributes.get("s", 0)) in self._book.dates
        self._value = []
        self._formula = None

    def _end_cell(self) -> None:
        stored = "".join(self._value)
        kind = _KINDS.get(self._type, self._type)
        if self._type == "s" and stored:
            stored = self._book.texts[int(stored)]
            self._count(len(stored))
        elif kind == "n" and self._is_day:
            kind = "d"
        # A formula that showed an empty text has a value; other kinds are never empty.
        if self._formula is not None and not stored and self._type != "str":
            kind, stored = "f", "".join(["=", *self._formula])
        if len(stored) > CELL_LIMIT:
            raise self._refused(CELL_TOO_LONG)
        if stored:
            self._cells.append((self._column, kind, stored))

    def _end_row(self) -> None:
        if not self._cells:
            return
        self._characters_of_all += self._characters + self._column
        if self._characters_of_all > MOST_CHARACTERS:
            raise refused(WORKBOOK_SWELLS, name=self._book.name, sheet=self._sheet)
        stored = {column_letter(column): (kind, text) for column, kind, text in self._cells}
        raw = json.dumps(stored, ensure_ascii=False, separators=(",", ":")).encode()
        cells: list[str | None] = [None] * (self._cells[-1][0] + 1)
        for column, kind, text in self._cells:
            cells[column] = _said(kind, text, self._book.epoch)
        self._whole.append(Received(self._place, self._place, raw, tuple(cells)))

    def _count(self, characters: int) -> None:
        self._characters += characters
        if self._characters > RECORD_LIMIT:
            raise self._refused(ROW_TOO_LONG)

    def _refused(self, why: Objection) -> Refused:
        return refused(
            why, name=self._book.name, sheet=self._sheet, row=self._place, column=self._column
        )


def _said(kind: str, stored: str, epoch: datetime) -> str:
    """What a cell says, as text: whole numbers without a point, days as ISO 8601 writes them."""
    if kind == "s":
        return _unescaped(stored) if "_x" in stored else stored
    if kind == "b":
        return "TRUE" if stored == "1" else "FALSE"
    if kind == "n" and not stored.isdigit() and _NUMBER.fullmatch(stored):
        number = float(stored)
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else stored
    if kind == "d" and _NUMBER.fullmatch(stored):
        return _day(stored, epoch)
    return stored


@lru_cache(maxsize=1 << 14)
def _day(serial: str, epoch: datetime) -> str:
    try:
        moment = from_excel(float(serial), epoch)
    except (OverflowError, ValueError):
        return serial
    if isinstance(moment, datetime) and moment.time() == time():
        return moment.date().isoformat()
    return str(moment)


def _unescaped(stored: str) -> str:
    """Text in which `_x000D_` stands for a character that XML cannot hold; halves are dropped."""
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), stored)
    return text.encode("utf-16-le", errors="surrogatepass").decode("utf-16-le", errors="ignore")


@lru_cache(maxsize=MOST_COLUMNS)
def _column(letters: str) -> int:
    """The column, counted from 0, that a spreadsheet calls by these letters. Raises _Damaged."""
    if not _LETTERS.fullmatch(letters):
        raise _Damaged
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1


def workbook(path: Opens, *, name: str) -> Workbook:
    """The workbook that this archive is. Raises Refused if it is none, damaged or dangerous."""
    _check_number_of_parts(path, name)
    with _damage_told(name), path.open("rb") as file, ZipFile(file) as archive:
        _check_archive(archive, name)
        main = _main_part(archive, name)
        related = _related(archive, main, name)
        parts, epoch = _sheets(archive, main, related, name)
        if not parts:
            raise refused(EMPTY, name=name)
        texts = _texts(archive, _of_kind(related, "sharedStrings"), name)
        dates = _date_styles(archive, _of_kind(related, "styles"), name)
    return Workbook(path, name, parts, texts, dates, epoch)


@contextmanager
def _damage_told(name: str, sheet: str | None = None) -> Iterator[None]:
    try:
        yield
    except _UNREADABLE:
        # These messages may quote what they could not read.
        raise refused(WORKBOOK_DAMAGED, name=name, sheet=sheet) from None
    except OSError as error:
        # Only a damaged directory sends us to a place that no file has.
        if error.errno != EINVAL:
            raise
        raise refused(WORKBOOK_DAMAGED, name=name, sheet=sheet) from None


def _check_number_of_parts(path: Opens, name: str) -> None:
    """Refuse an archive of too many parts before its directory is taken into memory."""
    with path.open("rb") as file:
        parts = sum(chunk.count(_ENTRY) for chunk in iter(partial(file.read, 1 << 20), b""))
    if parts > MOST_PARTS:
        raise refused(WORKBOOK_SWELLS, name=name)


def _check_archive(archive: ZipFile, name: str) -> None:
    """Refuse what is locked or swells; zipfile unpacks no part beyond the size it declares."""
    parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise refused(OLD_OR_LOCKED_WORKBOOK, name=name)
    if any(part.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for part in parts):
        raise refused(NOT_A_WORKBOOK, name=name)
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    swells = unpacked > SWELLING_MATTERS_FROM and unpacked > MOST_SWELLING * packed
    if swells or unpacked > MOST_BYTES or len(parts) > MOST_PARTS:
        raise refused(WORKBOOK_SWELLS, name=name)


_Related = dict[str, tuple[str, str]]  # by id: the kind of the other part, and where it lies


def _main_part(archive: ZipFile, name: str) -> str:
    if "_rels/.rels" not in archive.namelist():
        raise refused(NOT_A_WORKBOOK, name=name)
    main = _of_kind(_related(archive, "", name), "officeDocument")
    if main is None or not main.endswith(".xml"):
        raise refused(NOT_A_WORKBOOK, name=name)
    return main


def _related(archive: ZipFile, part: str, name: str) -> _Related:
    folder, own_name = posixpath.split(part)
    related: _Related = {}

    def start(tag: str, attributes: _Attributes) -> None:
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            lies = posixpath.join("/", folder, attributes["Target"])
            kind = posixpath.basename(attributes["Type"])
            related[attributes["Id"]] = (kind, posixpath.normpath(lies).lstrip("/"))

    _tags(archive, posixpath.join(folder, "_rels", f"{own_name}.rels"), start, name)
    return related


def _of_kind(related: _Related, wanted: str) -> str | None:
    return next((lies for kind, lies in related.values() if kind == wanted), None)


def _sheets(
    archive: ZipFile, main: str, related: _Related, name: str
) -> tuple[dict[str, str], datetime]:
    """The parts of the sheets by name, and the day from which the workbook counts its days."""
    parts: dict[str, str] = {}
    epoch = [WINDOWS_EPOCH]

    def start(tag: str, attributes: _Attributes) -> None:
        if tag == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            epoch.append(MAC_EPOCH)
        if tag != "sheet":
            return
        by = next((value for key, value in attributes.items() if key.endswith(" id")), "")
        kind, lies = related[by]
        if attributes["name"] in parts:
            raise _Damaged
        if kind == "worksheet":
            parts[attributes["name"]] = lies

    _tags(archive, main, start, name)
    return parts, epoch[-1]


def _date_styles(archive: ZipFile, part: str | None, name: str) -> frozenset[int]:
    """The numbers of the cell styles that show a number as a day or a moment."""
    formats: dict[int, str] = dict(BUILTIN_FORMATS)
    styles: list[int] = []
    within = [""]

    def start(tag: str, attributes: _Attributes) -> None:
        if tag == "numFmt":
            formats[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif tag == "cellXfs":
            within.append(tag)
        elif tag == "xf" and within[-1]:
            styles.append(int(attributes.get("numFmtId", 0)))

    def end(tag: str) -> None:
        if tag == "cellXfs":
            within.append("")

    if part is not None:
        _tags(archive, part, start, name, end=end)
    return frozenset(n for n, code in enumerate(styles) if _shows_a_day(formats.get(code, "")))


def _shows_a_day(code: str) -> bool:
    short = len(code) <= _LONGEST_FORMAT
    return short and bool(is_date_format(code)) and not is_timedelta_format(code)


class _Texts:
    """The shared texts of a workbook, in their order."""

    def __init__(self) -> None:
        self.whole: list[str] = []
        self._pieces: list[str] = []
        self._catching = False
        self._phonetic = False

    def start(self, name: str, attributes: _Attributes) -> None:
        del attributes
        tag = _KNOWN.get(name)
        if tag == "t":
            self._catching = not self._phonetic
        elif tag == "rPh":
            self._phonetic = True

    def text(self, data: str) -> None:
        if self._catching:
            self._pieces.append(data)

    def end(self, name: str) -> None:
        tag = _KNOWN.get(name)
        self._catching = False
        if tag == "si":
            self.whole.append("".join(self._pieces))
            self._pieces.clear()
        elif tag == "rPh":
            self._phonetic = False


def _texts(archive: ZipFile, part: str | None, name: str) -> list[str]:
    texts = _Texts()
    if part is not None and part in archive.namelist():
        if archive.getinfo(part).file_size > MOST_BYTES_HELD:
            raise refused(WORKBOOK_SWELLS, name=name)
        for _ in _fed(archive, part, texts, name):
            pass
    return texts.whole


class _Tags:
    """Hands on each known tag, without its namespace."""

    def __init__(
        self, start: Callable[[str, _Attributes], None], end: Callable[[str], None] | None
    ) -> None:
        self._start = start
        self._end = end

    def start(self, name: str, attributes: _Attributes) -> None:
        if name in _KNOWN:
            self._start(_KNOWN[name], attributes)

    def text(self, data: str) -> None:
        pass

    def end(self, name: str) -> None:
        if self._end and name in _KNOWN:
            self._end(_KNOWN[name])


def _tags(
    archive: ZipFile,
    part: str,
    start: Callable[[str, _Attributes], None],
    name: str,
    *,
    end: Callable[[str], None] | None = None,
) -> None:
    if archive.getinfo(part).file_size > MOST_BYTES_OF_A_SMALL_PART:
        raise refused(WORKBOOK_SWELLS, name=name)
    for _ in _fed(archive, part, _Tags(start, end), name):
        pass


def _fed(
    archive: ZipFile, part: str, listener: _Rows | _Texts | _Tags, name: str
) -> Iterator[None]:
    """Feed a part to a parser piece by piece, and come back after each."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = listener.start
    parser.EndElementHandler = listener.end
    parser.CharacterDataHandler = listener.text
    parser.StartDoctypeDeclHandler = partial(_refuse_declaration, name)
    fed = 0
    with closing(archive.open(part)) as stream:
        for piece in iter(partial(stream.read, _CHUNK), b""):
            parser.Parse(piece)
            fed += len(piece)
            # The parser holds a tag until it ends, however long it is.
            if fed - parser.CurrentByteIndex > _LONGEST_TOKEN:
                raise _Damaged
            yield
    parser.Parse(b"", True)  # noqa: FBT003 - the parser has no keyword for it


def _refuse_declaration(name: str, *declared: object) -> None:
    """No spreadsheet declares a document type; with one come entities that swell or reach out."""
    del declared
    raise refused(WORKBOOK_UNSAFE, name=name)
