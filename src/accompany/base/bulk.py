"""
The one door by which rows enter: COPY on PostgreSQL, executemany on SQLite.

Django's `bulk_create` makes an object of every row and costs 6 to 36 times as much. What comes in
here passes by `full_clean`, defaults and `auto_now`: every column is in the tuple or may be null.

Values are made plain first: numbers, texts and bytes that are the same on every database, so that
they can be spooled, bound by a MAC, and read back as they were.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection, models

from accompany.base import wire

Plain = int | str | bytes | None


@lru_cache(maxsize=65_536)
def _moment(value: datetime) -> str:
    """As Django keeps a moment on SQLite: UTC without a zone, to the microsecond where needed."""
    return str(value.astimezone(UTC).replace(tzinfo=None))


_id_bytes: Callable[[UUID], bytes] = UUID.bytes.fget  # type: ignore[attr-defined] # of a property

_PLAIN: dict[str, Callable[[Any], Plain]] = {
    "IdField": _id_bytes,
    "DateField": date.isoformat,
    "DateTimeField": _moment,
    "BooleanField": int,
    "BinaryField": bytes,
    "TextField": str.__str__,  # of a code of some TextChoices the mere text
    "CharField": str.__str__,
}


@dataclass(frozen=True)
class _Shape:
    """How the rows of one list of columns are written."""

    table: str
    columns: tuple[str, ...]
    kinds: tuple[str, ...]

    def plain(self, rows: Sequence[Sequence[Any]]) -> list[tuple[Plain, ...]]:
        """The rows in plain values, converted column by column."""
        if not rows:
            return []
        columns: list[Iterable[Any]] = []
        for kind, values in zip(self.kinds, zip(*rows, strict=True), strict=True):
            columns.append(_plain_column(values, _PLAIN.get(kind)))
        return list(zip(*columns, strict=True))


def _plain_column(values: tuple[Any, ...], convert: Callable[[Any], Plain] | None) -> Iterable[Any]:
    first = values[0]
    if convert is None or (first is None and _all_same(values)):
        return values
    if _all_same(values):
        return (convert(first),) * len(values)
    return [None if value is None else convert(value) for value in values]


def _all_same(values: tuple[Any, ...]) -> bool:
    """Whether a column is one value throughout, as are most that rows of a list share."""
    return values[0] is values[-1] and values.count(values[0]) == len(values)


@lru_cache(maxsize=256)
def shape_of(model: type[models.Model], columns: tuple[str, ...]) -> _Shape:
    """The shape of rows given as tuples in the order of `columns` (field names)."""
    fields: list[Any] = [model._meta.get_field(name) for name in columns]
    kinds = tuple(_kind(field) for field in fields)
    return _Shape(model._meta.db_table, tuple(f.column for f in fields), kinds)


def _kind(field: Any) -> str:
    target = field.target_field if field.is_relation else field
    kind: str = target.get_internal_type()
    if kind not in wire.FORM:
        raise TypeError(f"base.bulk has no way to write a {kind}")
    return kind


def plain_rows(
    model: type[models.Model], columns: tuple[str, ...], rows: Sequence[Sequence[Any]]
) -> list[tuple[Plain, ...]]:
    """Rows, tuples in the order of `columns` (field names), in plain values."""
    return shape_of(model, columns).plain(rows)


def record_all(
    model: type[models.Model], columns: tuple[str, ...], rows: Sequence[Sequence[Any]]
) -> None:
    """
    Store rows, tuples in the order of `columns` (field names), with no object per row.

    The caller is an action: it has asked permission and left the entry in the trail.
    """
    record_plain(model, columns, plain_rows(model, columns, rows))


def record_plain(
    model: type[models.Model], columns: tuple[str, ...], rows: Sequence[Sequence[Plain]]
) -> None:
    """Store rows that are in plain values already."""
    if not rows:
        return
    shape = shape_of(model, columns)
    names = ", ".join(f'"{name}"' for name in shape.columns)
    with connection.cursor() as cursor, connection.wrap_database_errors:
        if connection.vendor == "sqlite":
            marks = ", ".join("?" * len(shape.columns))
            raw: Any = connection.connection
            raw.executemany(f'INSERT INTO "{shape.table}" ({names}) VALUES ({marks})', rows)  # noqa: S608 - names of our own columns
            return
        statement = f'COPY "{shape.table}" ({names}) FROM STDIN (FORMAT BINARY)'
        wrapped: Any = cursor.cursor
        with wrapped.copy(statement) as copy:
            copy.write(wire.HEADER)
            copy.write(wire.rows_on_the_wire(shape.kinds, rows))
            copy.write(wire.TRAILER)


def change_all(
    model: type[models.Model],
    where: tuple[str, ...],
    to: tuple[str, ...],
    rows: Sequence[Sequence[Any]],
) -> None:
    """
    Change rows of a table that no guard keeps, such as the vault's; those that went stay gone.

    Each is told by the values of the columns `where`, then those of `to` that it is to have.
    """
    if not rows:
        return
    table, fields = model._meta.db_table, [model._meta.get_field(name) for name in (*where, *to)]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            values = ", ".join(f'"{name}" = %s' for name in to)
            told = " AND ".join(f'"{name}" = %s' for name in where)
            plain = plain_rows(model, (*where, *to), rows)
            turned = [(*row[len(where) :], *row[: len(where)]) for row in plain]
            cursor.executemany(f'UPDATE "{table}" SET {values} WHERE {told}', turned)  # noqa: S608 - names of our own columns
            return
        arrays = ", ".join(f"%s::{field.db_type(connection)}[]" for field in fields)
        names = [f"v{number}" for number in range(len(fields))]
        pairs = list(zip((*where, *to), names, strict=True))
        told = " AND ".join(f'kept."{name}" = anew.{value}' for name, value in pairs[: len(where)])
        values = ", ".join(f'"{name}" = anew.{value}' for name, value in pairs[len(where) :])
        cursor.execute(
            f'UPDATE "{table}" AS kept SET {values} '  # noqa: S608 - names of our own columns
            f"FROM unnest({arrays}) AS anew({', '.join(names)}) WHERE {told}",
            [list(column) for column in zip(*rows, strict=True)],
        )


def count_up(model: type[models.Model], where: Mapping[str, object], column: str) -> None:
    """
    Count one more in the row that these columns tell, and make it with one where there is none.

    In one statement, so that two at once are two, and that nothing shows which of both it was. The
    columns are those of a constraint that lets each row be there once.
    """
    table, fields = model._meta.db_table, [model._meta.get_field(name) for name in where]
    key: Any = model._meta.pk
    values = [key.get_db_prep_value(key.get_default(), connection)]
    values += [
        field.get_db_prep_value(value, connection)  # type: ignore[union-attr] # a column
        for field, value in zip(fields, where.values(), strict=True)
    ]
    told = ", ".join(f'"{name}"' for name in where)
    marks = ", ".join(["%s"] * len(values))
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" ("{key.column}", {told}, "{column}") VALUES ({marks}, 1) '  # noqa: S608 - names of our own columns
            f'ON CONFLICT ({told}) DO UPDATE SET "{column}" = "{table}"."{column}" + 1',
            values,
        )


def plain_value(value: object) -> Plain:
    """One value, read back from the database, as it was made plain."""
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
    if isinstance(value, str):
        return str.__str__(value)
    return value  # type: ignore[return-value]
