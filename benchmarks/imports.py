"""
How long does a list take to be received, beside the mere storing of the same rows?

The floor: the very rows that the import stored, ready-made and in the order in which it stored
them, through the same door into the same tables with the same constraints, in one transaction. The
barest floor: the same without foreign keys, checks, guards, and indexes but those that are unique.
"""

import pickle
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any
from unittest.mock import patch
from uuid import UUID

from benchmarks.lists import write_list
from benchmarks.place import Maker, peak, work

SIZES = (3_108, 100_000, 1_000_000)
MOST_TIMES_THE_FLOOR = 2.5
MOST_MEMORY = 250  # MB


def measure(maker: Maker, rows: int, folder: Path) -> Iterator[str]:
    """Receive a list of so many children, then store its rows again, ready-made."""
    received = folder / "list.csv"
    stored = folder / "stored"
    write_list(received, rows)
    rounds = [_round(maker, received, stored) for _ in range(_rounds(rows))]
    stored.unlink()
    whole, floor, barest = (
        median(one[what] for one in rounds) for what in ("receive", "floor", "barest")
    )
    times = median(one["receive"] / one["floor"] for one in rounds)
    worked = median(one["work"] / one["floor_work"] for one in rounds)
    memory = max(one["peak"] for one in rounds)
    yield (
        f"{rows:,} rows: {whole:.2f} s ({whole / rows * 1e6:.0f} us a row), "
        f"{times:.2f} times the floor of {floor:.2f} s (at most {MOST_TIMES_THE_FLOOR}; "
        f"by work done {worked:.2f}), "
        f"{median(one['receive'] / one['barest'] for one in rounds):.2f} times "
        f"the barest of {barest:.2f} s"
    )
    yield (
        f"    lock held {median(one['load'] for one in rounds):.2f} s; "
        f"{rounds[0]['stored'] / rows:.1f} rows of tables a row; "
        f"memory {memory:.0f} MB (at most {MOST_MEMORY})"
    )


def _rounds(rows: int) -> int:
    """Small lists several times, since a time under a second is easily disturbed."""
    return {3_108: 7, 100_000: 3}.get(rows, 1)


def _round(maker: Maker, received: Path, stored: Path) -> dict[str, float]:
    with maker.fresh() as place:
        whole = place.run(receive, file=str(received), stored=str(stored))
    with maker.fresh() as place:
        floor = place.run(store_again, stored=str(stored))
    with maker.fresh() as place:
        barest = place.run(store_again, stored=str(stored), bare=True)
    return {
        **whole,
        "floor": floor["seconds"],
        "floor_work": floor["work"],
        "barest": barest["seconds"],
    }


def receive(file: str, stored: str) -> dict[str, Any]:
    """Receive a list, its rows set aside as they are stored; that time is taken off."""
    from accompany.access import queries  # noqa: PLC0415 - Django is set up by now
    from accompany.exchange import receiving  # noqa: PLC0415
    from accompany.sources import actions  # noqa: PLC0415

    path, aside, began = Path(file), Aside(Path(stored), actions.record_plain), {}

    def watch(phase: str, _done: int, _of: int | None) -> None:
        began.setdefault(phase, perf_counter() - aside.seconds)

    order = receiving.Order("separated-children", path, path.name, date(2019, 11, 24))
    with patch.object(actions, "record_plain", aside):
        worked = work()
        start = perf_counter()
        receiving.receive(order, by=queries.operator(), progress=watch)
        end = perf_counter() - aside.seconds
        worked = work() - worked - aside.work
    aside.close()
    return {
        "work": worked,
        "receive": end - start,
        "load": end - began["recording"],
        "stored": aside.rows,
        "peak": peak(),
    }


class Aside:
    """Stands before the door of storing, and sets aside what goes through."""

    def __init__(self, path: Path, door: Any) -> None:
        self._file, self._door = path.open("wb"), door
        self.seconds = self.work = 0.0
        self.rows = 0

    def __call__(self, model: Any, columns: tuple[str, ...], rows: Any) -> None:
        start, worked = perf_counter(), process_time()
        pickle.dump((model._meta.label, columns, rows), self._file, pickle.HIGHEST_PROTOCOL)
        self.rows += len(rows)
        self.seconds += perf_counter() - start
        self.work += process_time() - worked
        self._door(model, columns, rows)

    def close(self) -> None:
        """Nothing more comes."""
        self._file.close()


def store_again(stored: str, *, bare: bool = False) -> dict[str, Any]:
    """Store rows that were set aside, in one transaction; reading them is not counted."""
    from django.db import connection, transaction  # noqa: PLC0415 - Django is set up by now

    from accompany.base.bulk import record_all  # noqa: PLC0415

    if bare:
        make_bare(connection)
    seconds, worked, reading = 0.0, work(), 0.0
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        read = process_time()
        for model, columns, rows in _read(Path(stored)):
            reading += process_time() - read
            start = perf_counter()
            record_all(model, columns, rows)
            seconds += perf_counter() - start
            read = process_time()
        start = perf_counter()
    return {"seconds": seconds + perf_counter() - start, "work": work() - worked - reading}


def _read(path: Path) -> Iterator[tuple[Any, tuple[str, ...], Any]]:
    """Model, columns and rows, as the door takes them from whoever has not made them plain."""
    from django.apps import apps  # noqa: PLC0415 - Django is set up by now

    from accompany.base.bulk import shape_of  # noqa: PLC0415

    with path.open("rb") as file:
        while True:
            try:
                label, columns, rows = pickle.load(file)  # noqa: S301 - written a moment ago
            except EOFError:
                return
            model = apps.get_model(label)
            kinds = shape_of(model, columns).kinds
            values = [
                _values(kind, column)
                for kind, column in zip(kinds, zip(*rows, strict=True), strict=True)
            ]
            yield model, columns, list(zip(*values, strict=True))


_VALUE = {
    "IdField": lambda value: UUID(bytes=value),
    "DateField": date.fromisoformat,
    "DateTimeField": lambda value: datetime.fromisoformat(value).replace(tzinfo=UTC),
    "BooleanField": bool,
}


def _values(kind: str, column: Sequence[Any]) -> Sequence[Any]:
    """A column of plain values as ids, days and moments; what is the same is one object."""
    if kind not in _VALUE:
        return column
    known = {None: None} | {one: _VALUE[kind](one) for one in {*column} - {None}}
    return [known[one] for one in column]


def make_bare(connection: Any) -> None:
    """Take off what is no primary key and no uniqueness."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_keys=OFF")
            cursor.execute("PRAGMA ignore_check_constraints=ON")
            off = "SELECT type || ' \"' || name || '\"' FROM sqlite_master WHERE type = 'trigger'"
            off += " OR (type = 'index' AND sql NOT LIKE 'CREATE UNIQUE%')"
            drops = [f"DROP {what}" for (what,) in cursor.execute(off).fetchall()]
        else:
            drops = _drops_on_postgresql(cursor)
        for drop in drops:
            cursor.execute(drop)


def _drops_on_postgresql(cursor: Any) -> list[str]:
    cursor.execute(
        "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) "
        "FROM pg_constraint WHERE contype IN ('f', 'c') AND conrelid <> 0 "
        "AND connamespace = 'public'::regnamespace"
    )
    drops = [drop for (drop,) in cursor.fetchall()]
    cursor.execute(
        "SELECT format('DROP INDEX %I', indexname) FROM pg_indexes "
        "WHERE schemaname = 'public' AND indexdef NOT LIKE 'CREATE UNIQUE%'"
    )
    drops += [drop for (drop,) in cursor.fetchall()]
    cursor.execute(
        "SELECT format('DROP TRIGGER %I ON %s', tgname, tgrelid::regclass) "
        "FROM pg_trigger WHERE NOT tgisinternal"
    )
    return drops + [drop for (drop,) in cursor.fetchall()]
