"""
The one door by which rows enter: COPY on PostgreSQL, executemany on SQLite.

Django's `bulk_create` makes an object of every row and costs 6 to 36 times as much. What comes in
here passes by `full_clean`, defaults and `auto_now`: every column is in the tuple or may be null.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection, models

type_of = {
    "IdField": "uuid",
    "BigIntegerField": "int8",
    "IntegerField": "int4",
    "SmallIntegerField": "int2",
    "BooleanField": "bool",
    "CharField": "varchar",
    "DateField": "date",
    "DateTimeField": "timestamptz",
    "BinaryField": "bytea",
    "TextField": "text",
}

Plain = int | str | bytes | None
Witness = Callable[[str, Sequence[Plain]], None]


def _moment(value: datetime) -> str:
    """As Django keeps a moment on SQLite: UTC without a zone, to the microsecond where needed."""
    return str(value.astimezone(UTC).replace(tzinfo=None))


_PLAIN: dict[str, Callable[[Any], Plain]] = {
    "IdField": lambda value: value.bytes,
    "DateField": date.isoformat,
    "DateTimeField": _moment,
    "BooleanField": int,
    "BinaryField": bytes,
}


@dataclass(frozen=True)
class _Shape:
    """How the rows of one list of columns are written."""

    label: str
    table: str
    columns: tuple[str, ...]
    kinds: tuple[str, ...]

    def plain(self, rows: Sequence[Sequence[Any]]) -> list[tuple[Plain, ...]]:
        """The rows in values that are the same on every database, converted column by column."""
        columns: list[Iterable[Any]] = []
        for kind, values in zip(self.kinds, zip(*rows, strict=True), strict=True):
            convert = _PLAIN.get(kind)
            columns.append(
                values
                if convert is None
                else [None if value is None else convert(value) for value in values]
            )
        return list(zip(*columns, strict=True))


@lru_cache(maxsize=256)
def shape_of(model: type[models.Model], columns: tuple[str, ...]) -> _Shape:
    """The shape of rows given as tuples in the order of `columns` (field names)."""
    fields: list[Any] = [model._meta.get_field(name) for name in columns]
    kinds = tuple(_kind(field) for field in fields)
    table = model._meta.db_table
    return _Shape(model._meta.label_lower, table, tuple(f.column for f in fields), kinds)


def _kind(field: Any) -> str:
    target = field.target_field if field.is_relation else field
    kind: str = target.get_internal_type()
    if kind not in type_of:
        raise TypeError(f"base.bulk has no way to write a {kind}")
    return kind


def record_all(
    model: type[models.Model],
    columns: tuple[str, ...],
    rows: Sequence[Sequence[Any]],
    *,
    witness: Witness | None = None,
) -> None:
    """
    Store rows, tuples in the order of `columns`, with no object per row.

    The caller is an action: it has asked permission and left the entry in the trail. `witness` is
    handed each row in plain values, so that the entry can be bound to what it brought.
    """
    if not rows:
        return
    shape = shape_of(model, columns)
    on_sqlite = connection.vendor == "sqlite"
    plain = shape.plain(rows) if on_sqlite or witness else ()
    _write(shape, plain if on_sqlite else rows)
    if witness:
        for row in plain:
            witness(shape.label, row)


def _write(shape: _Shape, rows: Sequence[Sequence[Any]]) -> None:
    names = ", ".join(f'"{name}"' for name in shape.columns)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            marks = ", ".join("?" * len(shape.columns))
            raw: Any = connection.connection
            raw.executemany(f'INSERT INTO "{shape.table}" ({names}) VALUES ({marks})', rows)  # noqa: S608 - names of our own columns
            return
        statement = f'COPY "{shape.table}" ({names}) FROM STDIN (FORMAT BINARY)'
        wrapped: Any = cursor.cursor
        with wrapped.copy(statement) as copy:
            copy.set_types([type_of[kind] for kind in shape.kinds])
            for row in rows:
                copy.write_row(row)


def plain_value(value: object) -> Plain:
    """One value as `witness` saw it, read back from the database."""
    if isinstance(value, UUID):
        return value.bytes
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, memoryview | bytearray):
        return bytes(value)
    return value  # type: ignore[return-value]
