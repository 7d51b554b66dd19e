"""
Does every statement still say what it said when its entry was written?

Reads back what each entry brought and compares the keyed MACs. Memory stays flat: rows of a list
are walked in their order, with what they brought, in chunks. What an erasure took is put back as
the keyed sum that it kept; those sums, and the marks of erased rows, are bound to its own entry.
"""

import hmac
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from accompany.access import trail
from accompany.access.models import Brought, Entry, Erased
from accompany.access.trail import (
    Finding,
    Known,
    LooseSum,
    Tell,
    line_of,
    line_of_withdrawn,
    tell_nobody,
)
from accompany.base import guards
from accompany.base.bulk import plain_rows, plain_value
from accompany.sources.actions import (
    row_content,
    statement_columns,
    statement_models,
    telling_line,
)
from accompany.sources.models import ErasedRow, ReceivedRow, Statement, Telling

_CHUNK = 2_000


def verify_contents(tell: Tell = tell_nobody) -> Iterator[Finding]:
    """Every entry whose statements, tellings or received rows are not as it brought them."""
    erasures = None
    while erasures != trail.erasures():  # SQLite has no unchanging view; an erasure came between
        erasures = trail.erasures()
        with trail.reading_at() as known:
            found = [*_changed(known, tell), *_without_entry(known)]
    yield from found
    if guards.is_ajar():
        yield Finding("door-ajar", 0)


def _changed(known: Known, tell: Tell) -> Iterator[Finding]:
    brought = Brought.objects.filter(entry__lte=known.upto).order_by("entry")
    gone, walks = _left(), _walks()
    of = brought.count()
    for done, one in enumerate(brought.iterator(), start=1):
        tell("Checking what each entry brought", done, of)
        if not hmac.compare_digest(_mac(one.entry, gone, walks), bytes(one.mac)):
            yield Finding("contents-changed", one.entry)
    yield from _of_no_entry(sorted(gone), known)
    bringing = Entry.objects.filter(brings=True, number__lte=known.upto)
    without = bringing.filter(~Exists(Brought.objects.filter(entry=OuterRef("number"))))
    for number in without.order_by("number").values_list("number", flat=True):
        yield Finding("contents-missing", number)


def _without_entry(known: Known) -> Iterator[Finding]:
    """Statements, tellings and rows that claim an entry which never brought anything."""
    bringing = Brought.objects.filter(entry=OuterRef("recorded_in"))
    models: list[Any] = [*statement_models(), Telling, ReceivedRow, Erased, ErasedRow]
    for model in models:
        claimed = model.objects.filter(~Exists(bringing)).order_by("recorded_in")
        numbers = claimed.values_list("recorded_in", flat=True).distinct()
        yield from _of_no_entry(numbers.iterator(), known)


def _of_no_entry(numbers: Iterable[int], known: Known) -> Iterator[Finding]:
    for number in numbers:
        # What is recorded meanwhile has its entry; no entry has a number to come.
        if number <= known.upto or not Entry.objects.filter(number=number).exists():
            yield Finding("statement-of-no-entry", number)


class _Walk:
    """What entries brought of one kind, in one walk: entries are asked for in their order."""

    def __init__(self, found: QuerySet[Any], line: Callable[[Any], str]) -> None:
        self._left = found.order_by("recorded_in").iterator(chunk_size=_CHUNK)
        self._next = next(self._left, None)
        self._line = line

    def of(self, number: int) -> Iterator[str]:
        """The lines of what this entry brought."""
        while self._next is not None and self._next.recorded_in <= number:
            if self._next.recorded_in == number:
                yield self._line(self._next)
            self._next = next(self._left, None)


def _walks() -> list[_Walk]:
    """Walks over all that came by no received row."""
    walks = [
        _Walk(Telling.objects.all(), telling_line),
        _Walk(Erased.objects.all(), trail.line_of_erased),
        _Walk(ErasedRow.objects.all(), erased_row_line),
    ]
    for model in statement_models():
        walks.append(_Walk(model.objects.filter(row=None), partial(statement_line, model)))
    return walks


def _left() -> dict[int, LooseSum]:
    """What is known by entry of what does not stand: erased since, or withdrawn by it."""
    sums = _withdrawn()
    for number, taken in trail.erased_sums().items():
        for lines, digest in taken:
            sums.setdefault(number, LooseSum()).include(lines, digest)
    return sums


def _withdrawn() -> dict[int, LooseSum]:
    """What each entry withdrew: one walk, since no index leads from an entry to what went."""
    sums: dict[int, LooseSum] = {}
    for model in statement_models():
        label = model._meta.label_lower
        gone: Any = model.objects.exclude(withdrawn_in=None).values_list("withdrawn_in", "pk")
        for number, statement in gone.iterator():
            sums.setdefault(number, LooseSum()).add(line_of_withdrawn(label, statement.bytes))
    return sums


def _mac(number: int, gone: dict[int, LooseSum], walks: list[_Walk]) -> bytes:
    of_rows = trail.rows_mac()
    for rows in _rows_of(number):
        for row, mac, kept in bound(number, rows):
            # Where somebody was erased since, the newest mark binds what is left, and the row's own
            # MAC stands for what was there.
            of_rows.update(bytes(row.mac) if hmac.compare_digest(mac, kept) else mac)
    loose = gone.pop(number, LooseSum())
    for line in chain.from_iterable(walk.of(number) for walk in walks):
        loose.add(line)
    return trail.brought_mac(number, of_rows, loose)


def _rows_of(number: int) -> Iterator[list[ReceivedRow]]:
    after: tuple[int, int] = (-1, -1)
    first = ReceivedRow.objects.filter(recorded_in=number).values_list("of", flat=True).first()
    if first is None:
        return
    rows = ReceivedRow.objects.filter(of=first, recorded_in=number).order_by("sheet", "place")
    while True:
        sheet, place = after
        chunk = list(rows.filter(sheet=sheet, place__gt=place)[:_CHUNK])
        if not chunk:
            chunk = list(rows.filter(sheet__gt=sheet)[:_CHUNK])
        if not chunk:
            return
        yield chunk
        after = (chunk[-1].sheet, chunk[-1].place)


def bound(number: int, rows: list[ReceivedRow]) -> Iterator[tuple[ReceivedRow, bytes, bytes]]:
    """Rows that an entry brought, each with its MAC as it is now, and as it should be."""
    said = _said_by(number, [row.pk for row in rows])
    marks = _marks([row.pk for row in rows])
    for row in rows:
        content = row_content(row.pk, row.of_id, row.place, row.sheet, row.kind, bytes(row.raw))
        mac = trail.row_mac(content, said.get(row.pk.bytes, ()))
        yield row, mac, marks.get(row.pk, bytes(row.mac))


def _marks(rows: list[UUID]) -> dict[UUID, bytes]:
    """The newest mark of each row that was erased."""
    found: dict[UUID, bytes] = {}
    for start in range(0, len(rows), 500):
        marks = ErasedRow.objects.filter(row__in=rows[start : start + 500])
        for row, mac in marks.order_by("recorded_in").values_list("row", "mac"):
            found[row] = bytes(mac)
    return found


def erased_row_line(mark: ErasedRow) -> str:
    """What is witnessed of the mark of an erased row."""
    values = (mark.pk.bytes, mark.row.bytes, bytes(mark.mac), mark.recorded_in)
    return line_of(ErasedRow._meta.label_lower, values)


def _said_by(number: int, rows: list[UUID]) -> dict[bytes, list[str]]:
    """The lines of what rows brought, by the bytes of their ids; with no object a statement."""
    said: dict[bytes, list[str]] = {}
    for model in statement_models():
        label, columns = model._meta.label_lower, statement_columns(model)
        row_at = columns.index("row")
        for start in range(0, len(rows), 500):
            came: Any = model.objects.filter(recorded_in=number, row__in=rows[start : start + 500])
            found = list(came.values_list(*columns))
            for statement in plain_rows(model, columns, found):
                row: Any = statement[row_at]
                said.setdefault(row, []).append(line_of(label, statement))
    return said


def statement_line(model: type[Statement], statement: Any) -> str:
    """What is witnessed of a statement as it is on record."""
    fields = (model._meta.get_field(name) for name in statement_columns(model))
    values = (plain_value(getattr(statement, field.attname)) for field in fields)  # type: ignore[union-attr]
    return line_of(model._meta.label_lower, values)
