"""
How does a row travel to PostgreSQL?

In the binary form of COPY: each row the number of its fields, each field its length and its bytes,
big-endian. Written column by column, since of most columns the same few values come again.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import chain
from struct import Struct
from typing import Any

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)  # signature, no flags, no extension
TRAILER = b"\xff\xff"
NULL = b"\xff\xff\xff\xff"

_EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001 - moments come in UTC, without a zone
_EPOCH_DAY = _EPOCH.toordinal()
_MICROSECOND = timedelta(microseconds=1)
_INT2, _INT4, _INT8 = Struct(">ih"), Struct(">ii"), Struct(">iq")


def _sized(value: bytes) -> bytes:
    return len(value).to_bytes(4) + value


def _text(value: str) -> bytes:
    return _short(value) if len(value) < 64 else _sized(value.encode())


@lru_cache(maxsize=16_384)
def _short(value: str) -> bytes:
    return _sized(value.encode())


@lru_cache(maxsize=16_384)
def _day(value: str) -> bytes:
    return _INT4.pack(4, date.fromisoformat(value).toordinal() - _EPOCH_DAY)


@lru_cache(maxsize=16_384)
def _moment(value: str) -> bytes:
    return _INT8.pack(8, (datetime.fromisoformat(value) - _EPOCH) // _MICROSECOND)


FORM: dict[str, Callable[[Any], bytes]] = {
    "IdField": _sized,
    "BinaryField": _sized,
    "BigAutoField": lambda value: _INT8.pack(8, value),
    "BigIntegerField": lambda value: _INT8.pack(8, value),
    "IntegerField": lambda value: _INT4.pack(4, value),
    "SmallIntegerField": lambda value: _INT2.pack(2, value),
    "BooleanField": lambda value: b"\0\0\0\1\1" if value else b"\0\0\0\1\0",
    "CharField": _text,
    "TextField": _text,
    "DateField": _day,
    "DateTimeField": _moment,
}
"""How a plain value of each kind of field is written."""


def rows_on_the_wire(kinds: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Rows of plain values (`base.bulk`), of fields of these kinds, as COPY reads them."""
    written: list[Iterable[bytes]] = []
    count = len(kinds).to_bytes(2)
    for kind, values in zip(kinds, zip(*rows, strict=True), strict=True):
        form = FORM[kind]
        written.append([NULL if value is None else form(value) for value in values])
    rest = zip(*written, strict=True)
    return b"".join(chain.from_iterable((count, *row) for row in rest))
