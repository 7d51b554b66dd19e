"""
How is a row named before it is stored?

Ids are UUIDv7 (RFC 9562): made here, so that a row can be sealed to its own id before it is
written, ordered by time, so that indexes grow at one end. 16 bytes on SQLite, `uuid` on PostgreSQL.
"""

import secrets
import threading
from typing import Any
from uuid import UUID, SafeUUID

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from accompany.base import clock

_UNKNOWN = SafeUUID.unknown  # looked up once: a member of an enumeration is slow to find
_lock = threading.Lock()
_last = 0


def uuid7() -> UUID:
    """A new id, greater than every id this process made before."""
    global _last
    moment = clock.milliseconds() << 80
    with _lock:
        # Chance once a millisecond, then one by one: lists bring ids by the million.
        _last = value = moment | _drawn() if moment > _last else _last + 1
    return _uuid(value)


def _uuid(value: int) -> UUID:
    """`UUID(int=value)` without its checks, which take half of the time that an id takes."""
    made = object.__new__(UUID)
    object.__setattr__(made, "int", value)
    object.__setattr__(made, "is_safe", _UNKNOWN)
    return made


def _drawn() -> int:
    """
    Version (7), 12 bits of chance, variant (binary 10), 61 bits of chance.

    The bit between is left nought, so that counting on never reaches the variant.
    """
    return (0x7 << 76) | (secrets.randbits(12) << 64) | (0b10 << 62) | secrets.randbits(61)


class IdField(models.UUIDField):  # type: ignore[type-arg] # generic in its stubs alone
    """A UUID: 16 bytes on SQLite (Django's own takes 32 characters), `uuid` on PostgreSQL."""

    description = "an id (UUIDv7)"

    def get_internal_type(self) -> str:
        return "IdField"  # not UUIDField: its converter on SQLite reads text

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "uuid" if connection.vendor == "postgresql" else "blob"

    def get_db_prep_value(
        self,
        value: Any,
        connection: BaseDatabaseWrapper,
        prepared: bool = False,  # noqa: FBT001, FBT002 - Django's own signature
    ) -> Any:
        value = self.to_python(value)
        if value is None or connection.vendor == "postgresql":
            return value
        return value.bytes

    def from_db_value(self, value: bytes | UUID | None, *_: object) -> UUID | None:
        return UUID(bytes=bytes(value)) if isinstance(value, bytes | memoryview) else value
