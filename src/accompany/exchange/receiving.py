"""
How does a list come in, whole and unaltered?

The whole file is read first, told as facts by its layout, sealed, and spooled, without holding
anybody up; then it is loaded in one transaction, all or nothing, through the one bulk door. A file
received twice is recognised by its keyed digest and not loaded again.
"""

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection

from accompany.access import queries as access
from accompany.access import sealing, trail
from accompany.access.actors import Actor
from accompany.access.terms import Permission, Ref
from accompany.access.trail import Change
from accompany.base import clock, codes
from accompany.base.ids import uuid7
from accompany.base.refusal import Objection, Refused
from accompany.custody import actions as custody
from accompany.exchange import people_list, separated_children
from accompany.exchange.delimited import Opens
from accompany.exchange.faults import column_letter
from accompany.exchange.layouts import Layout, RowReader, RowTold, Setting, role_kind
from accompany.exchange.reading import Heading, Row, Table, open_table, row_cells
from accompany.exchange.spool import FRAME, Spool
from accompany.facilities import actions as facilities
from accompany.facilities import queries as places
from accompany.people import actions as people
from accompany.people import queries as people_queries
from accompany.sources import actions as sources
from accompany.sources import queries as sources_queries
from accompany.sources.actions import Ready, RowContent
from accompany.sources.models import ReceivedList
from accompany.sources.terms import (
    Event,
    How,
    ListFact,
    QuestionKind,
    RowFact,
    RowKind,
    TellingFact,
    Told,
)

LAYOUTS: dict[str, Layout] = {
    layout.name: layout for layout in (separated_children.LAYOUT, people_list.LAYOUT)
}
"""Every kind of list that can be received, by its name."""

CHUNK = 2_000
Progress = Callable[[str, int, int | None], None]

NO_SUCH_LAYOUT = Objection(
    "exchange.no-such-layout",
    "There is no layout of that name.",
    "See `accompany layouts` for those there are.",
)
RECEIVED_BEFORE = Objection(
    "exchange.received-before",
    "This very file is on record as list %(list)s, and nothing was added.",
    "Look at that list. If it was loaded by mistake, withdraw it first.",
)
FUTURE = Objection(
    "exchange.received-in-the-future",
    "The list would have been received after today, or would tell of a day after it was received.",
    "Read the days again.",
)


@dataclass(frozen=True, slots=True)
class Order:
    """
    A file to be received: what it is, and what was said with it.

    `teller` is the organisation that sent it, else the layout's agency, else one's own; `mapping`
    is the text of a mapping file, for layouts that take one.
    """

    layout: str
    file: Opens
    file_name: str
    received_on: date
    as_of: date | None = None
    teller: UUID | None = None
    mapping: str | None = None
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """
    What a list holds: rows but for headings; subjects and, apart, the relatives they name.

    `unused` are the letters of columns that are used for nothing, never their headings, which may
    be names. `examples` are sheet and place of the first row with a question of each kind.
    """

    rows: int
    persons: int
    relatives: int
    repeats: int
    not_records: int
    questions: dict[str, int]
    columns: int
    columns_used: int
    unused: Sequence[str] = ()
    examples: Mapping[str, Sequence[int]] = field(default_factory=dict)


@dataclass(slots=True)
class _Count:
    """Counts of what went by."""

    rows: int = 0
    persons: int = 0
    relatives: int = 0
    not_records: int = 0
    questions: Counter[str] = field(default_factory=Counter)
    examples: dict[str, tuple[int, int]] = field(default_factory=dict)

    def add(self, row: RowFact, told: RowTold) -> None:
        if told.kind in (RowKind.RECORD, RowKind.NOT_A_RECORD):
            self.rows += 1
        self.not_records += told.kind is RowKind.NOT_A_RECORD
        relatives = [fact.on_list for fact in told.persons].count(None)
        self.relatives += relatives
        self.persons += len(told.persons) - relatives
        for question in told.questions:
            self.questions[question.kind] += 1
            if question.kind not in self.examples:
                self.examples[question.kind] = (row.sheet, row.place)

    def told(self) -> dict[str, int]:
        """What the entry of the import says of it."""
        return {
            "rows": self.rows,
            "persons": self.persons,
            "relatives": self.relatives,
            "repeats": self.questions[QuestionKind.REPEATS],
            "not_records": self.not_records,
        }

    def found(self, columns: "_Columns") -> Found:
        return Found(
            self.rows,
            self.persons,
            self.relatives,
            self.questions[QuestionKind.REPEATS],
            self.not_records,
            dict(sorted(self.questions.items())),
            columns.many,
            columns.used,
            columns.unused,
            self.examples,
        )


class _Columns(NamedTuple):
    """How many columns a list has, how many are read, and the letters over the others."""

    many: int
    used: int
    unused: tuple[str, ...]


def _columns(layout: Layout, heading: Heading) -> _Columns:
    many, used = len(heading.cells), set(layout.used_columns(heading))
    unused = tuple(column_letter(at) for at in range(many) if at not in used)
    return _Columns(many, len(used), unused)


def _silent(phase: str, done: int, of: int | None) -> None:
    """Progress that nobody watches."""


@dataclass(slots=True)
class _Reading:
    """A file being read by its layout."""

    order: Order
    table: Table
    readers: dict[str | None, RowReader]
    setting: Setting
    count: _Count
    columns: "_Columns"
    heading: tuple[str, ...]

    def rows(self, progress: Progress) -> Iterator[tuple[RowFact, RowTold]]:
        """Every row with what it tells."""
        bom = self.table.bom
        for done, row in enumerate(self.table, start=1):
            row_id = uuid7()
            told = self._read(row, row_id)
            # The byte-order mark is part of the file, and so of its first row.
            raw = bom + row.raw
            fact = RowFact(row_id, row.place, self.setting.sheet(row), told.kind, raw)
            self.count.add(fact, told)
            yield fact, told
            bom = b""
            if done % 1_000 == 0:
                progress("reading", done, None)

    def _read(self, row: Row, row_id: UUID) -> RowTold:
        reader = self.readers.get(row.sheet)
        # A sheet without headings is kept, and tells nothing.
        return RowTold(role_kind(row)) if reader is None else reader.read(row, row_id)


@contextmanager
def _reading(order: Order, by: Actor) -> Iterator[_Reading]:
    by.must(Permission.RECEIVE_LISTS)
    layout = _layout(order)
    as_of = order.as_of or layout.default_as_of(order.received_on)
    if as_of > order.received_on or order.received_on > clock.today():
        raise Refused([FUTURE])
    with open_table(order.file, name=order.file_name, sheet=order.sheet) as table:
        heading = table.find_heading(layout.is_heading)
        sheets = {sheet: number for number, sheet in enumerate(table.sheets, start=1)}
        setting = Setting(uuid7(), uuid7(), as_of, settings.TIME_ZONE, places.by_words(), sheets)
        readers = {sheet: layout.reader(there, setting) for sheet, there in table.headings.items()}
        names = tuple(cell or "" for cell in heading.cells)
        yield _Reading(order, table, readers, setting, _Count(), _columns(layout, heading), names)


def _layout(order: Order) -> Layout:
    if order.layout not in LAYOUTS:
        raise Refused([NO_SUCH_LAYOUT])
    if order.mapping is not None:
        return people_list.with_mapping(LAYOUTS[order.layout], order.mapping)
    return LAYOUTS[order.layout]


def look(order: Order, *, by: Actor, progress: Progress | None = None) -> Found:
    """What the file holds, read to its end; nothing is recorded. Raises Refused."""
    _refuse_received_before(_digest(order), by)
    with _reading(order, by) as reading:
        for _fact, _told in reading.rows(progress or _silent):
            pass
        return reading.count.found(reading.columns)


def receive(order: Order, *, by: Actor, progress: Progress | None = None) -> tuple[str, Found]:
    """
    Record the list: all of it, or none. Returns its code and what it held.

    Raises Refused if the file cannot be read, lacks a column, or was received before.
    """
    digest, watch = _digest(order), progress or _silent
    _refuse_received_before(digest, by)
    with _collecting_rarely(), Spool() as spool, _reading(order, by) as reading:
        told = Told(reading.setting.telling, order.received_on)
        of = reading.setting.list_id
        for chunk in _chunks(reading.rows(watch), CHUNK):
            spool.add(_made_ready(chunk, told=told, holder=by.organisation, of=of))
        found = reading.count.found(reading.columns)
        try:
            code = _load(reading, spool, digest, watch, by)
        except IntegrityError:
            # Somebody received the same file meanwhile: the database keeps only one.
            _refuse_received_before(digest, by)
            raise
    return code, found


_USUAL = gc.get_threshold()


@contextmanager
def _collecting_rarely() -> Iterator[None]:
    """Rows of a list refer to nothing in circles: the collector would walk them for nothing."""
    gc.set_threshold(500_000, *_USUAL[1:])
    try:
        yield
    finally:
        gc.set_threshold(*_USUAL)


def _chunks(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    iterator = iter(rows)
    while chunk := list(islice(iterator, size)):
        yield chunk


@dataclass(frozen=True, slots=True)
class _ChunkReady:
    """Some rows and all that they tell, ready to be loaded."""

    rows: list[RowContent]
    tables: list[Ready]


def _made_ready(
    chunk: Sequence[tuple[RowFact, RowTold]], *, told: Told, holder: UUID, of: UUID
) -> _ChunkReady:
    sealed, keys = sources.sealed_rows([fact for fact, _told in chunk], of=of)

    def all_of(what: str) -> list[Any]:
        return [fact for _row, row_told in chunk for fact in getattr(row_told, what)]

    persons = all_of("persons")
    tables = [
        keys,
        *people.persons_ready(
            persons, told=told, holder=holder, codes=sources.take_codes(len(persons))
        ),
        *people.ties_ready(all_of("ties"), told=told),
        *people.arrivals_ready(all_of("arrivals"), told=told),
        *custody.apprehensions_ready(all_of("apprehensions"), told=told),
        *custody.hand_overs_ready(all_of("hand_overs"), told=told),
        *custody.stays_ready(all_of("stays"), told=told),
        *custody.separations_ready(all_of("separations"), told=told),
        *custody.reunifications_ready(all_of("reunifications"), told=told),
        sources.questions_ready(all_of("questions"), holder=holder, of=of),
    ]
    return _ChunkReady(sealed, [table for table in tables if table.rows])


def _load(reading: _Reading, spool: Spool, digest: bytes, progress: Progress, by: Actor) -> str:
    order, of, total = reading.order, reading.setting.list_id, reading.count.rows
    about = [Ref("list", of)]
    counts = reading.count.told()
    with trail.change(Event.LIST_RECORDED, by=by, about=about, counts=counts) as change:
        _check_at_once()
        told = _tell(reading, change)
        code = sources.keep_list(_list_fact(reading, digest), told=told, change=change)
        sources.store(facilities.places_ready(reading.setting.new_places, told=told), change)
        done = 0
        for chunk in spool:
            sources.store(chunk.tables, change)
            sources.keep_rows(chunk.rows, change=change)
            done += len(chunk.rows)
            progress("recording", min(done, total), total)
        if reading.table.format == "xlsx":
            sources.keep_pieces(_pieces(order.file), of=of, change=change)
    return code


def _check_at_once() -> None:
    """On PostgreSQL keys to persons are checked by chunk; deferred, the queue would fill memory."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _tell(reading: _Reading, change: Change) -> Told:
    order = reading.order
    fact = TellingFact(
        how=How.LIST,
        learned_on=order.received_on,
        told_on=order.received_on,
        organisation=_teller(order, change.by),
    )
    return sources.tell(fact, change=change, key=reading.setting.telling)


def _teller(order: Order, by: Actor) -> UUID:
    agency = LAYOUTS[order.layout].agency
    if order.teller is not None:
        return order.teller
    known = access.organisation(agency) if agency else None
    return known.pk if known else by.organisation


def _list_fact(reading: _Reading, digest: bytes) -> ListFact:
    order, table = reading.order, reading.table
    return ListFact(
        id=reading.setting.list_id,
        layout=order.layout,
        file_name=order.file_name,
        digest=digest,
        received_on=order.received_on,
        as_of=reading.setting.as_of,
        format=table.format,
        encoding=table.encoding or "",
        delimiter=table.delimiter or "",
        heading=reading.heading,
        mapping=order.mapping,
    )


def _digest(order: Order) -> bytes:
    hasher = sealing.hasher("file")
    for piece in _pieces(order.file):
        hasher.update(piece)
    return hasher.digest()


def _pieces(file: Opens) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while piece := opened.read(16 * FRAME):
            yield piece


def _refuse_received_before(digest: bytes, by: Actor) -> None:
    before = sources_queries.with_digest(digest, holder=by.organisation)
    if before is not None:
        raise Refused([received_before(before.code)])


def received_before(code: str) -> Objection:
    """The refusal of a file that is on record already, as the list of that code."""
    return replace(RECEIVED_BEFORE, values=(("list", codes.shown(code)),))


def found_in(received: ReceivedList, *, seen_by: Actor) -> Found:
    """What a recorded list holds, counted on the record."""
    seen_by.must(Permission.SEE_LISTS)
    rows = sources_queries.row_counts(received)
    questions = sources_queries.questions_by_kind(received)
    persons, relatives = people_queries.counts_of(received)
    columns = _columns_of(received)
    return Found(
        rows.kept,
        persons,
        relatives,
        questions.get(QuestionKind.REPEATS, 0),
        rows.not_records,
        questions,
        *columns,
    )


def _columns_of(received: ReceivedList) -> _Columns:
    names = sources_queries.names_of(received)
    order = Order(received.layout, Path(), "", received.received_on, mapping=names.mapping)
    return _columns(_layout(order), Heading("", None, 1, names.heading))


def cells_of(received: ReceivedList, raw: bytes) -> list[str]:
    """The cells of a row as it was received, for reading on a page."""
    return row_cells(
        raw,
        format=received.format,
        encoding=received.encoding,
        delimiter=received.delimiter,
    )
