"""
How is the record copied, so that it can be restored anywhere, on either database?

Two files, each encrypted (`age_file`) and in lines of JSON, the same for the same record on either
database: the record, in the order of its keys; and the vault, which holds the keys of what is
sealed, the keys of the installation, and of which identifiers there are digests. Of the vault only
the newest copy is kept: with an older one a person who was erased since could be read again. In
neither are the digests, nor their key; sessions and files under way are in neither.
"""

import base64
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.migrations.loader import MigrationLoader

from accompany.access import keyring, trail
from accompany.access.actors import Actor
from accompany.access.models import Batch, Digest, Key, Wrapping
from accompany.access.terms import Event, Permission
from accompany.access.trail import Tell
from accompany.base import clock
from accompany.base.bulk import Plain, plain_rows, shape_of
from accompany.base.models import numbers_taken
from accompany.base.refusal import Objection, Refused, refuse_if
from accompany.base.snapshot import unchanging
from accompany.base.tables import TableKind, is_transient, kind_of
from accompany.exchange.age_file import DAMAGED, Lock, Opener

FORMAT = 1
SUFFIX = ".vault"
_ROWS = 2_000
_PIECE = 1 << 16
VAULT: tuple[type[models.Model], ...] = (Wrapping, Key, Digest)
DIGEST_OF = ("id", "kind", "identifier", "person")
"""What the vault's copy tells of a digest: not the digest itself."""

FILE_THERE = Objection(
    "exchange.file-there",
    "There is a file of that name already, so nothing was written.",
    "Give the backup another name, such as its day.",
)
NOT_WRITTEN = Objection(
    "exchange.backup-not-written",
    "The backup could not be written: the folder is not there, is full, or may not be written to.",
    "Make room, or name another place. Half of a backup was not kept.",
)

Rows = Iterable[Sequence[Plain]]


@dataclass(frozen=True)
class Made:
    """A backup that was made: its files, how much it holds, and older copies of the vault."""

    record: Path
    vault: Path
    rows: int
    keys: int
    removed: tuple[Path, ...]
    out_of_reach: tuple[Path, ...]


def back_up(record: Path, lock: Lock, *, version: str, by: Actor, tell: Tell) -> Made:
    """
    Write the record to a file and the vault to another beside it, and read both once more.

    Raises Refused if there is a file of that name, if it is for nobody, or if it cannot be written.
    """
    by.must(Permission.OPERATE)
    vault = record.with_name(record.name + SUFFIX)
    refuse_if([FILE_THERE] if record.exists() or vault.exists() else [])
    lock.refuse_unless_sound()
    trail.look(Event.BACKED_UP, by=by, about=[])
    trail.seal()
    try:
        with unchanging():
            parts = [
                _written(record, lock, record_lines(version, tell)),
                _written(vault, lock, vault_lines(version, tell)),
            ]
        rows, keys = (_checked(part, opener, tell) for part, opener in parts)
        for part, _opener in parts:
            part.replace(part.with_suffix(""))
        _sync(record.parent)
    except OSError:
        raise Refused([NOT_WRITTEN]) from None
    finally:
        for one in (record, vault):
            _part_of(one).unlink(missing_ok=True)
    removed, out_of_reach = _remove_older(vault)
    return Made(record, vault, rows, keys, removed, out_of_reach)


def _part_of(file: Path) -> Path:
    return file.with_name(file.name + ".part")


@contextmanager
def fresh_file(file: Path) -> Iterator[IO[bytes]]:
    """A new file for its owner alone, on the disk itself at the end."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as to:
        os.fchmod(to.fileno(), 0o600)
        yield to
        to.flush()
        os.fsync(to.fileno())


def _written(file: Path, lock: Lock, lines: Iterator[bytes]) -> tuple[Path, Opener]:
    part = _part_of(file)
    with fresh_file(part) as to:
        return part, lock.write(_in_pieces(lines), to)


def _in_pieces(lines: Iterator[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for line in lines:
        held += line
        if len(held) >= _PIECE:
            yield bytes(held)
            held.clear()
    yield bytes(held)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _checked(part: Path, opener: Opener, tell: Tell) -> int:
    """How many rows a file holds, each read and counted once more. Raises Refused if damaged."""
    reading = Reading(opener.read(part))
    for _table in reading.tables():
        tell("Reading what was written", reading.rows, None)
    return reading.rows


# --- what is written -----------------------------------------------------------------------------


def record_models() -> list[type[models.Model]]:
    """What the record's file carries: all but the vault, and what is of the moment."""
    return [
        model
        for model in apps.get_models()
        if kind_of(model) not in (None, TableKind.VAULT) and not is_transient(model)
    ]


def migrations() -> list[str]:
    """The changes of tables that this version knows of."""
    graph = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    ours = {model._meta.app_label for model in record_models()}
    return sorted(f"{app}.{name}" for app, name in graph if app in ours)


def columns_of(model: type[models.Model]) -> tuple[str, ...]:
    """The columns of a table in the order in which they are carried."""
    if model is Digest:
        return DIGEST_OF
    return tuple(field.name for field in model._meta.concrete_fields)


def record_lines(version: str, tell: Tell) -> Iterator[bytes]:
    """The lines of the record's file."""
    newest = Batch.objects.order_by("-number").first()
    head = {
        **_head("record", version),
        "codes": numbers_taken(),
        "trail": {} if newest is None else _checkpoint(newest),
    }
    yield from _lines(head, record_models(), "Writing the record", tell)


def _checkpoint(newest: Batch) -> dict[str, Any]:
    return {"batch": newest.number, "digest": bytes(newest.digest).hex()}


def vault_lines(version: str, tell: Tell) -> Iterator[bytes]:
    """The lines of the vault's file."""
    keys = {name: value.hex() for name, value in sorted(keyring.in_backup().items())}
    head = {**_head("vault", version), "keys": keys}
    yield from _lines(head, VAULT, "Writing the vault", tell)


def _head(what: str, version: str) -> dict[str, Any]:
    return {
        "accompany": what,
        "format": FORMAT,
        "version": version,
        "migrations": migrations(),
        "made_at": clock.now().isoformat(),
    }


def _lines(
    head: dict[str, Any], tables: Iterable[type[models.Model]], phase: str, tell: Tell
) -> Iterator[bytes]:
    yield _line(head)
    done, end = 0, {}
    for model in tables:
        yield _line({"table": model._meta.label_lower, "columns": columns_of(model)})
        count, digest = 0, hashlib.sha256()
        for rows in _in_chunks(model):
            written = b"".join(rows)
            digest.update(written)
            count += len(rows)
            yield written
            tell(phase, done + count, None)
        done += count
        end[model._meta.label_lower] = [count, digest.hexdigest()]
    yield _line({"end": end})


def _in_chunks(model: Any) -> Iterator[list[bytes]]:
    columns = columns_of(model)
    found = model._meta.default_manager.order_by("pk").values_list(*columns)
    write, chunk = row_writer(model, columns), []
    for row in found.iterator(chunk_size=_ROWS):
        chunk.append(row)
        if len(chunk) == _ROWS:
            yield write(plain_rows(model, columns, chunk))
            chunk = []
    if chunk:
        yield write(plain_rows(model, columns, chunk))


_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=True).encode


def _line(value: Any) -> bytes:
    return _encode(value).encode() + b"\n"


def bytes_at(model: type[models.Model], columns: tuple[str, ...]) -> list[int]:
    """The places of columns that hold bytes."""
    kinds = shape_of(model, columns).kinds
    return [place for place, kind in enumerate(kinds) if kind in ("IdField", "BinaryField")]


def row_writer(
    model: type[models.Model], columns: tuple[str, ...]
) -> Callable[[Rows], list[bytes]]:
    """A function that writes plain rows of a table as lines; bytes go as base 64."""
    places = bytes_at(model, columns)

    def write(rows: Rows) -> list[bytes]:
        lines = []
        for row in rows:
            cells: list[Any] = list(row)
            for place in places:
                if cells[place] is not None:
                    cells[place] = base64.b64encode(cells[place]).decode()
            lines.append(_line(cells))
        return lines

    return write


# --- what is read --------------------------------------------------------------------------------


@dataclass
class Table:
    """One table as a file carries it; `chunks` are to be read before the next table."""

    label: str
    columns: tuple[str, ...]
    chunks: Iterator[list[list[Any]]]


@dataclass
class Reading:
    """A file being read: its first line, then its tables. Raises Refused where it is not sound."""

    lines: Iterator[bytes]
    head: dict[str, Any] = field(init=False)
    rows: int = 0
    _seen: dict[str, list[Any]] = field(default_factory=dict)
    _next: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.head = self._line(next(self.lines, b""))

    @staticmethod
    def _line(line: bytes) -> Any:
        try:
            return json.loads(line)
        except ValueError:
            raise Refused([DAMAGED]) from None

    def tables(self) -> Iterator[Table]:
        """The tables one after another; at the end every count and digest has been compared."""
        self._next = self._line(next(self.lines, b""))
        while "table" in self._next:
            label, columns = self._next["table"], tuple(self._next["columns"])
            chunks = self._chunks(label)
            yield Table(label, columns, chunks)
            for _left in chunks:
                pass
        refuse_if([] if self._next == {"end": self._seen} else [DAMAGED])
        refuse_if([DAMAGED] if next(self.lines, None) is not None else [])

    def _chunks(self, label: str) -> Iterator[list[list[Any]]]:
        digest, count, chunk = hashlib.sha256(), 0, []
        for line in self.lines:
            if line.startswith(b"{"):
                self._next = self._line(line)
                break
            digest.update(line)
            count += 1
            self.rows += 1
            chunk.append(self._line(line))
            if len(chunk) == _ROWS:
                yield chunk
                chunk = []
        else:
            raise Refused([DAMAGED])
        self._seen[label] = [count, digest.hexdigest()]
        if chunk:
            yield chunk


# --- of the vault only the newest copy is kept ---------------------------------------------------


def _note() -> Path:
    """Where it is noted which copies of the vault there are, a line a path."""
    return Path(settings.HOME) / "vaults"


def _remove_older(newest: Path) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Remove older copies of the vault; which were removed, and which are out of reach."""
    note = _note()
    before = note.read_text(encoding="utf-8").splitlines() if note.exists() else []
    older = [Path(line) for line in dict.fromkeys(before) if Path(line) != newest.absolute()]
    removed, out_of_reach = [], []
    for one in older:
        try:
            one.unlink()
            removed.append(one)
        except OSError:
            if one.exists() or not one.parent.is_dir():  # else somebody has removed it
                out_of_reach.append(one)
    lines = [*map(str, out_of_reach), str(newest.absolute())]
    beside = note.with_name("vaults.new")
    beside.write_text("\n".join(lines) + "\n", encoding="utf-8")
    beside.replace(note)
    return tuple(removed), tuple(out_of_reach)
