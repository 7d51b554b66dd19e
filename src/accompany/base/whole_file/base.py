"""
How is a copy of the SQLite file kept from telling days and places?

Django's own backend for SQLite, on SQLCipher in place of the standard library's SQLite: every page
of the file and of its write-ahead log is encrypted (AES-256, with a MAC). The name of this module
is what Django asks of a backend.

The option `key` is a function that gives 32 bytes. It is called for each connection and not kept:
the key file may be made after the settings were read. It is passed on raw, since a passphrase
would cost 100 ms a connection.
"""

import datetime
import decimal
from collections.abc import Callable
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.backends.sqlite3._functions import register as register_functions
from django.utils.dateparse import parse_date, parse_datetime, parse_time
from sqlcipher3 import dbapi2

ENGINE = __name__.rpartition(".")[0]


def _decoded(convert: Callable[[str], Any]) -> Callable[[bytes], Any]:
    return lambda value: convert(value.decode())


# Adapters and converters are SQLCipher's own: Django registered its with the standard library.
dbapi2.register_converter("bool", b"1".__eq__)
dbapi2.register_converter("date", _decoded(parse_date))
dbapi2.register_converter("time", _decoded(parse_time))
for kind in ("datetime", "timestamp"):
    dbapi2.register_converter(kind, _decoded(parse_datetime))
dbapi2.register_adapter(decimal.Decimal, str)
dbapi2.register_adapter(datetime.date, base.adapt_date)
dbapi2.register_adapter(datetime.datetime, base.adapt_datetime)


class Cursor(dbapi2.Cursor):  # type: ignore[misc]  # SQLCipher's module has no types
    """A cursor that takes Django's placeholders, as Django's own does."""

    convert_query = base.SQLiteCursorWrapper.convert_query

    def execute(self, query: str, params: Any = None) -> Any:
        """Run one statement."""
        if params is None:
            return super().execute(query)
        return super().execute(self._converted(query, params), params)

    def executemany(self, query: str, param_list: Any) -> Any:
        """Run one statement for each row; rows are sequences, as ours and Django's are."""
        return super().executemany(self._converted(query, ()), param_list)

    def _converted(self, query: str, params: Any) -> str:
        names = list(params) if isinstance(params, dict) else None
        return self.convert_query(query, param_names=names)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to an encrypted file."""

    Database = dbapi2
    init_commands: list[str]

    def get_connection_params(self) -> dict[str, Any]:
        """What to connect with, the key among it."""
        parameters: dict[str, Any] = super().get_connection_params()
        parameters["key"] = parameters["key"]()
        return parameters

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection whose first word is the key."""
        key = conn_params.pop("key")
        connection = dbapi2.connect(**conn_params)
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute("PRAGMA cipher_log_level = NONE")  # our own refusal says it
        register_functions(connection)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA legacy_alter_table = OFF")
        for command in filter(None, map(str.strip, self.init_commands)):
            connection.execute(command)
        return connection

    def create_cursor(self, name: str | None = None) -> Cursor:
        """A cursor on this connection."""
        return self.connection.cursor(factory=Cursor)


def is_plain(path: Any) -> bool:
    """Whether a file that is there is an SQLite file that anybody can read."""
    with path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\0"
