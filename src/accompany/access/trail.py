"""
What was done and looked at, by whom, and does the trail still say so?

A change writes its entry first, in the same transaction as what it changes; at the end the entry is
bound to what it brought. A look is an entry of its own, committed before the page is sent. An entry
carries a keyed MAC. A sealer appends batches of entries in commit order, each chained to the one
before, so that a changed, missing or reordered entry shows. Gaps in the numbers mean nothing: a
change that was undone leaves one. What was known at a moment is asked at a sealed position.
"""

import hmac
import json
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from accompany.access import keyring, sealing
from accompany.access.actors import Actor
from accompany.access.models import About, Batch, Brought, Entry, Erased, User, Waiting
from accompany.access.terms import Ref
from accompany.base import clock
from accompany.base.bulk import Plain, record_all
from accompany.base.ids import uuid7

_SEALER_LOCK = 0x616363  # any number that nobody else locks
REASON_FIELD = "access_entry.reason"


Tell = Callable[[str, int, int | None], None]
"""How somebody who waits is told how far it is: what is being done, so many, of so many."""


def tell_nobody(_phase: str, _done: int, _of: int | None) -> None:
    """Nobody waits."""


@dataclass
class Change:
    """
    One change under way: the number of its entry, and a witness to what it brings.

    Statements that came by a received row are gathered by row until `bind_row` binds them to it;
    of all others only a sum is kept, so that a million of them need no memory.
    """

    number: int
    by: Actor
    _by_row: dict[bytes, list[str]] = field(default_factory=dict)
    _loose: "LooseSum" = field(default_factory=lambda: LooseSum())
    _rows: int = 0
    _of_rows: "hmac.HMAC" = field(default_factory=lambda: rows_mac())

    def brings(self, label: str, rows: Iterable[Sequence[Plain]], *, row_at: int) -> None:
        """Witness statements as they are written; `row_at` is the place of the column `row`."""
        by_row = self._by_row
        for row in rows:
            line = line_of(label, row)
            if row[row_at] is None:
                self._loose.add(line)
            else:
                by_row.setdefault(row[row_at], []).append(line)  # type: ignore[arg-type]

    def bind_row(self, row: bytes, content: Sequence[Plain]) -> bytes:
        """The MAC of a received row over its own content and every statement it brought."""
        mac = row_mac(content, self._by_row.pop(row, ()))
        self._of_rows.update(mac)
        self._rows += 1
        return mac

    def brought(self, line: str) -> None:
        """Witness something else that came with it, as a line that no other has."""
        self._loose.add(line)

    def withdrew(self, label: str, ids: Iterable[bytes]) -> None:
        """Witness a withdrawal."""
        for one in ids:
            self._loose.add(line_of_withdrawn(label, one))

    def erased(self, gone: Mapping[int, "LooseSum"]) -> None:
        """
        Keep, by entry, the sum of what this erasure took from what the entry brought.

        One that took only what came by received rows keeps a sum of nothing, to be known by.
        """
        for number, less in sorted((gone or {self.number: LooseSum()}).items()):
            one = Erased(entry=number, lines=less.count, sum=less.digest(), recorded_in=self.number)
            one.save(force_insert=True)
            self.brought(line_of_erased(one))

    def _close(self) -> None:
        if self._by_row:
            raise AssertionError("a statement names a received row that was not kept")
        # Also where nothing was brought: else whoever takes out all that an entry brought, and
        # this with it, would not be found.
        Brought.objects.create(
            entry=self.number,
            rows=self._rows,
            statements=self._loose.count,
            mac=brought_mac(self.number, self._of_rows, self._loose),
        )


class LooseSum:
    """A keyed sum over lines, the same in whatever order they come."""

    __slots__ = ("_key", "_sum", "count")

    def __init__(self) -> None:
        self._key = keyring.key("trail")
        self._sum = 0
        self.count = 0

    def add(self, line: str) -> None:
        """Take in a line."""
        message = _named("loose") + line.encode()
        self._sum += int.from_bytes(hmac.digest(self._key, message, "sha256"))
        self.count += 1

    def less(self, line: str) -> None:
        """Leave out a line."""
        message = _named("loose") + line.encode()
        self._sum -= int.from_bytes(hmac.digest(self._key, message, "sha256"))
        self.count -= 1

    def include(self, lines: int, digest: bytes) -> None:
        """Take in the sum of so many lines, as `digest` told it."""
        self._sum += int.from_bytes(digest)
        self.count += lines

    def digest(self) -> bytes:
        """The sum of the MACs of all lines, 32 bytes; it tells nothing without the key."""
        return (self._sum % (1 << 256)).to_bytes(32)


def told(values: Sequence[Plain]) -> bytes:
    """Plain values as bytes, no two alike: Python's own notation, in ASCII."""
    return ascii(tuple(values)).encode()


def line_of(label: str, statement: Iterable[Plain]) -> str:
    """What is witnessed of a statement of this kind: one line, and no two alike."""
    return ascii((label, *statement))


def line_of_withdrawn(label: str, statement: bytes) -> str:
    """What is witnessed of a statement of this kind that is withdrawn."""
    return line_of("withdrawn", (label, statement))


def line_of_erased(one: Erased) -> str:
    """What is witnessed of the sum that an erasure kept."""
    return line_of("erased", (one.pk.bytes, one.entry, one.lines, bytes(one.sum), one.recorded_in))


def erased_sums() -> dict[int, list[tuple[int, bytes]]]:
    """What erasures took from what entries brought: lines and sums, by the bringing entry."""
    found: dict[int, list[tuple[int, bytes]]] = {}
    for number, lines, digest in Erased.objects.values_list("entry", "lines", "sum").iterator():
        found.setdefault(number, []).append((lines, bytes(digest)))
    return found


def erasures(numbers: Iterable[int] | None = None) -> frozenset[int]:
    """Which of these entries, or of all, are erasures."""
    found = Erased.objects.all()
    if numbers is not None:
        found = found.filter(recorded_in__in=list(numbers))
    return frozenset(found.values_list("recorded_in", flat=True).distinct())


def erased_since(known: "Known", *, organisation: UUID) -> int:
    """How many persons an organisation erased after a sealed position."""
    since = {one for one in erasures() if one > known.upto or one in known.late}
    by = User.objects.filter(organisation=organisation).values("pk")
    found = Entry.objects.filter(number__in=since, actor__in=by).values_list("counts", flat=True)
    return sum(counts_in(counts)["persons"] for counts in found)


def counts_in(told: str) -> dict[str, int]:
    """The counts of an entry, as it keeps them."""
    found: dict[str, int] = json.loads(told)
    return found


def keyed(kind: str, values: Sequence[Plain]) -> bytes:
    """A keyed MAC over plain values of a kind, for what is bound to no entry."""
    return hmac.digest(keyring.key("trail"), _named(kind) + told(values), "sha256")


def row_mac(content: Sequence[Plain], statements: Iterable[str]) -> bytes:
    """The MAC over one received row and the lines of what it brought, in no particular order."""
    lines = "\n".join([ascii(tuple(content)), *sorted(statements)])
    return hmac.digest(keyring.key("trail"), _named("row") + lines.encode(), "sha256")


def rows_mac() -> "hmac.HMAC":
    """A MAC to be fed the MACs of received rows, in their order."""
    return _hmac("brought-rows")


def brought_mac(number: int, of_rows: "hmac.HMAC", loose: LooseSum) -> bytes:
    """The MAC over all that an entry brought."""
    mac = _hmac("brought")
    mac.update(number.to_bytes(8) + of_rows.digest() + loose.count.to_bytes(8) + loose.digest())
    return mac.digest()


def _hmac(kind: str) -> "hmac.HMAC":
    return hmac.new(keyring.key("trail"), _named(kind), "sha256")


def _named(kind: str) -> bytes:
    name = kind.encode()
    return len(name).to_bytes(2) + name


@contextmanager
def change(
    event: str,
    *,
    by: Actor,
    about: Iterable[Ref] = (),
    counts: Mapping[str, int] | None = None,
    reason: str | None = None,
    within: Change | None = None,
) -> Iterator[Change]:
    """
    A change: one transaction, its entry first, and at the end bound to what it brought.

    With `within`, what is done becomes part of that change, and no other entry is made. `reason` is
    sealed under the key of the first record that the change is about.
    """
    if within is not None:
        yield within
        return
    with transaction.atomic():
        number = _record(event, by=by, about=tuple(about), counts=counts, reason=reason)
        under_way = Change(number, by)
        yield under_way
        under_way._close()  # noqa: SLF001 - the other half of this function
        _seal_at_once()


def look(
    event: str, *, by: Actor, about: Iterable[Ref], counts: Mapping[str, int] | None = None
) -> int:
    """
    Leave the entry of a look at sealed data, with each record opened; returns its number.

    Committed on return: never call it within a transaction that may still be undone, and call it
    before what was opened leaves the process.
    """
    with transaction.atomic():
        number = _record(event, by=by, about=tuple(about), counts=counts, brings=False)
        _seal_at_once()
    return number


def _record(
    event: str,
    *,
    by: Actor,
    about: tuple[Ref, ...],
    counts: Mapping[str, int] | None,
    reason: str | None = None,
    brings: bool = True,
) -> int:
    entry = Entry(
        number=_next_number(),
        at=clock.now(),
        actor=by.user,
        at_terminal=by.at_terminal,
        event=str(event),
        counts=json.dumps(dict(counts or {}), sort_keys=True),
        brings=brings,
    )
    if reason is not None:
        _seal_reason(entry, reason, about)
    entry.mac = _entry_mac(entry, about)
    entry.save(force_insert=True)
    record_all(
        About,
        ("id", "entry", "position", "kind", "record"),
        [(uuid7(), entry.number, place, ref.kind, ref.id) for place, ref in enumerate(about)],
    )
    Waiting.objects.create(number=entry.number)
    return entry.number


def _seal_reason(entry: Entry, reason: str, about: tuple[Ref, ...]) -> None:
    first = about[0]
    sealer = sealing.sealers_for(first.kind, [first.id])[first.id]
    entry.reason_of = first.id
    entry.reason = sealer.seal(reason, field=REASON_FIELD, row=_place_of(entry.number))


def _place_of(number: int) -> UUID:
    """Entries have numbers and no ids; a sealed reason is bound to its number."""
    return UUID(int=number)


def _next_number() -> int:
    question = (
        "SELECT nextval(pg_get_serial_sequence('access_entry', 'number'))"
        if connection.vendor == "postgresql"
        # On SQLite the one writer holds the lock.
        else "SELECT COALESCE(MAX(number), 0) + 1 FROM access_entry"
    )
    with connection.cursor() as cursor:
        cursor.execute(question)
        (number,) = cursor.fetchone()
        return int(number)


def _entry_mac(entry: Entry, about: Iterable[Ref]) -> bytes:
    mac = _hmac("entry")
    parts: tuple[Plain, ...] = (
        entry.number,
        int(entry.at.timestamp() * 1_000_000),
        entry.actor.bytes if entry.actor else None,
        int(entry.at_terminal),
        entry.event,
        entry.counts,
        int(entry.brings),
        bytes(entry.reason) if entry.reason is not None else None,
        entry.reason_of.bytes if entry.reason_of else None,
    )
    mac.update(told(parts))
    for ref in about:
        mac.update(told((ref.kind, ref.id.bytes)))
    return mac.digest()


def _seal_at_once() -> None:
    """On SQLite the one writer seals in the same transaction: nothing ever waits."""
    if connection.vendor == "sqlite":
        seal()


def seal() -> None:
    """
    Append a batch of every entry that waits and is committed, in commit order.

    Exactly once: whoever else is sealing now has the lock, and this call does nothing.
    """
    with transaction.atomic():
        if not _alone():
            return
        numbers = sorted(_take_waiting())
        if numbers:
            _append(numbers)


def _alone() -> bool:
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_SEALER_LOCK])
        return bool(cursor.fetchone()[0])


def _take_waiting() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM access_waiting RETURNING number")
        return [number for (number,) in cursor.fetchall()]


def _append(numbers: list[int]) -> None:
    last = Batch.objects.order_by("-number").first()
    macs = dict(Entry.objects.filter(number__in=numbers).values_list("number", "mac"))
    at = clock.now()
    batch = Batch(
        number=1 if last is None else last.number + 1,
        # A clock set back changes nothing: moments of sealing only ever grow.
        sealed_at=at if last is None else max(at, last.sealed_at + timedelta(microseconds=1)),
        first=numbers[0],
        upto=max(numbers[-1], 0 if last is None else last.upto),
        entries=struct.pack(f">{len(numbers)}q", *numbers),
    )
    before = b"" if last is None else bytes(last.digest)
    batch.digest = batch_digest(batch, before, [bytes(macs[number]) for number in numbers])
    batch.save(force_insert=True)


def batch_digest(batch: Batch, before: bytes, macs: Iterable[bytes]) -> bytes:
    """The chained digest of a batch, over the one before and the MACs of its entries."""
    mac = _hmac("batch")
    sealed_at = int(batch.sealed_at.timestamp() * 1_000_000)
    mac.update(told((before, batch.number, sealed_at, bytes(batch.entries), *macs)))
    return mac.digest()


def numbers_in(batch: Batch) -> tuple[int, ...]:
    """The numbers of the entries in a batch."""
    packed = bytes(batch.entries)
    return struct.unpack(f">{len(packed) // 8}q", packed)


@dataclass(frozen=True)
class Known:
    """
    A sealed position of the trail: what was on record at a moment, for ever the same.

    Entries up to `upto` were in, but for those in `late`, which were committed afterwards.
    """

    upto: int
    late: frozenset[int]
    moment: datetime


def known(moment: datetime | None = None) -> Known:
    """The last position sealed by `moment`, or the newest one."""
    _seal_for(moment)
    return _position(moment)


@contextmanager
def reading_at(moment: datetime | None = None) -> Iterator[Known]:
    """
    The same position, and one unchanging view of the database to read at it.

    On PostgreSQL a change with a lower number may be committed between two reads of one answer;
    within this it is not seen. Nothing may be written within.
    """
    _seal_for(moment)
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        yield _position(moment)
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield _position(moment)


def _seal_for(moment: datetime | None) -> None:
    """A moment later than the last seal: seal first, then answer."""
    if moment is None or moment >= clock.now() - timedelta(seconds=1):
        seal()


def _position(moment: datetime | None) -> Known:
    batches = Batch.objects.order_by("-sealed_at")
    if moment is not None:
        batches = batches.filter(sealed_at__lte=moment)
    last = batches.first()
    if last is None:
        return Known(0, frozenset(), moment or clock.now())
    return Known(last.upto, _late(last), last.sealed_at)


def last_sealed_at() -> datetime | None:
    """When the newest batch was sealed: a clock that stands before it has been set back."""
    return Batch.objects.order_by("-number").values_list("sealed_at", flat=True).first()


_LONGEST = timedelta(hours=1)
"""No change lasts longer; the largest imports take minutes."""


def _late(last: Batch) -> frozenset[int]:
    """
    Numbers up to the position that were not in: under way, waiting, or in later batches.

    A change under way has its number and no entry that others see; a number whose change was
    undone looks the same, and does no harm. Asked in this order, what is committed between two of
    these questions is in the answer to one of them.
    """
    later = Batch.objects.filter(number__gt=last.number, first__lte=last.upto)
    if connection.vendor == "sqlite":
        # One writer: numbers are the order of commits, but in what was restored from PostgreSQL.
        return frozenset(n for batch in later for n in numbers_in(batch) if n <= last.upto)
    low = _settled(last)
    entries = Entry.objects.filter(number__gt=low, number__lte=last.upto)
    late = set(range(low + 1, last.upto + 1)) - set(entries.values_list("number", flat=True))
    late |= set(Waiting.objects.filter(number__lte=last.upto).values_list("number", flat=True))
    late.update(number for batch in later for number in numbers_in(batch))
    return frozenset(number for number in late if number <= last.upto)


def _settled(last: Batch) -> int:
    """A number up to which no change can have been under way when this batch was sealed."""
    before = Batch.objects.filter(sealed_at__lt=last.sealed_at - _LONGEST)
    upto = before.order_by("-sealed_at").values_list("upto", flat=True).first()
    if upto is not None:
        return upto
    first = Entry.objects.order_by("number").values_list("number", flat=True).first()
    return (first or 1) - 1


@dataclass(frozen=True)
class Finding:
    """Something that `verify` found: a kind, and the number of the entry or batch."""

    kind: str
    number: int


def verify(tell: Tell = tell_nobody) -> Iterator[Finding]:
    """Every entry that was changed, is missing from its batch, or stands in the wrong order."""
    seal()
    yield from _wrong_entries(tell)
    yield from _wrong_batches()


def _wrong_entries(tell: Tell) -> Iterator[Finding]:
    of, done = Entry.objects.count(), 0
    for entries in _in_chunks():
        done += len(entries)
        tell("Checking the entries of the trail and their order", done, of)
        about = _about([entry.number for entry in entries])
        for entry in entries:
            mac = _entry_mac(entry, about.get(entry.number, ()))
            if not hmac.compare_digest(mac, bytes(entry.mac)):
                yield Finding("entry-changed", entry.number)


def _in_chunks(size: int = 2_000) -> Iterator[list[Entry]]:
    after = -1
    while chunk := list(Entry.objects.filter(number__gt=after).order_by("number")[:size]):
        yield chunk
        after = chunk[-1].number


def _about(numbers: list[int]) -> dict[int, list[Ref]]:
    found: dict[int, list[Ref]] = {}
    rows = About.objects.filter(entry__gte=numbers[0], entry__lte=numbers[-1])
    for about in rows.order_by("entry", "position").iterator():
        found.setdefault(about.entry, []).append(Ref(about.kind, about.record))
    return found


def _wrong_batches() -> Iterator[Finding]:
    before, seen, expected = b"", set(Waiting.objects.values_list("number", flat=True)), 1
    for batch in Batch.objects.order_by("number").iterator():
        numbers = numbers_in(batch)
        macs = dict(Entry.objects.filter(number__in=numbers).values_list("number", "mac"))
        for number in sorted(set(numbers) - macs.keys()):
            yield Finding("entry-missing", number)
        digest = batch_digest(batch, before, [bytes(macs.get(n, b"")) for n in numbers])
        if batch.number != expected or not hmac.compare_digest(digest, bytes(batch.digest)):
            yield Finding("batch-broken", batch.number)
        before, expected = bytes(batch.digest), batch.number + 1
        seen.update(numbers)
    numbers_there = Entry.objects.order_by("number").values_list("number", flat=True)
    loose = [number for number in numbers_there.iterator() if number not in seen]
    # Some came while this was reading: they wait, or are in a batch that was appended meanwhile.
    seen.update(Waiting.objects.values_list("number", flat=True))
    for batch in Batch.objects.filter(number__gte=expected):
        seen.update(numbers_in(batch))
    yield from (Finding("entry-in-no-batch", number) for number in loose if number not in seen)


def reason_of(entry: Entry) -> str | None:
    """The reason given with an entry, opened; None if there is none or its key is destroyed."""
    if entry.reason is None or entry.reason_of is None:
        return None
    sealer = sealing.sealers([entry.reason_of]).get(entry.reason_of)
    if sealer is None:
        return None
    return sealer.open_text(entry.reason, field=REASON_FIELD, row=_place_of(entry.number))
