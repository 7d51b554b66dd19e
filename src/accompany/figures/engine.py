"""
What does this SQL count in these tables?

The only door to DuckDB for figures. Its tables live in memory and nowhere else: it opens no file,
loads no extension and never spills to a disk. An error tells which figure failed and how, and
quotes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from types import MappingProxyType
from typing import Any

import duckdb  # noqa: TID251 - this is that door
import numpy as np
from numpy.typing import NDArray

NOTHING = -(2**31)
"""The whole number that stands for NULL in what is taken."""

_SHUT: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "enable_external_access": False,
    "python_enable_replacements": False,
    "temp_directory": "",
    "max_temp_directory_size": "0KB",
    # One thread: the sums of a figure are small, and the other processors serve pages.
    "threads": 1,
}


class MeasurementFailed(Exception):
    """A figure could not be measured; the text names figure and kind of error, never a value."""


def enumeration(*values: str) -> str:
    """The type of a column that holds one of these terms, in a byte."""
    quoted = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
    return f"ENUM ({quoted})"


class Engine:
    """A few tables in memory, and the questions put to them."""

    def __init__(self) -> None:
        self._duck = duckdb.connect(":memory:", config=_SHUT)
        self._duck.execute("SET lock_configuration = true")

    def make(self, table: str, columns: Mapping[str, str]) -> None:
        """Make an empty table of columns with their SQL types."""
        described = ", ".join(f"{_quoted(name)} {kind}" for name, kind in columns.items())
        self.run(f"CREATE TABLE {_quoted(table)} ({described})")

    def take(
        self,
        table: str,
        columns: Mapping[str, NDArray[Any]],
        means: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """
        Append rows, given column by column; an empty text is NULL, and so is NOTHING.

        `means` has, for some columns, the SQL of what is stored, with {} for what is given.
        """
        named = ", ".join(map(_quoted, columns))
        values = ", ".join(
            means.get(name, "{}").format(_or_null(name, kept.dtype))
            for name, kept in columns.items()
        )
        with _quoting_nothing(table):
            self._duck.register("_taken", dict(columns))
            self._duck.execute(
                f"INSERT INTO {_quoted(table)} ({named}) SELECT {values} FROM _taken"  # noqa: S608 - names of our own
            )
            self._duck.unregister("_taken")

    def columns(self, what: str, question: str) -> dict[str, NDArray[Any]]:
        """
        The rows that one SQL statement gives, column by column; it must give no NULL.

        Raises MeasurementFailed.
        """
        with _quoting_nothing(what):
            cursor = self._duck.cursor()
            try:
                found: dict[str, NDArray[Any]] = cursor.execute(question).fetchnumpy()
                return found
            finally:
                cursor.close()

    def run(self, statement: str) -> None:
        """Change the tables."""
        with _quoting_nothing("extract"):
            self._duck.execute(statement)

    def ask(self, what: str, question: str, **given: date) -> list[dict[str, Any]]:
        """
        The rows that one SQL statement gives; `what` names it where it fails.

        Raises MeasurementFailed.
        """
        with _quoting_nothing(what):
            # Of its own, so that two who ask at the same time do not meet.
            cursor = self._duck.cursor()
            try:
                found = cursor.execute(question, given)
                names = [column[0] for column in found.description or ()]
                return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
            finally:
                cursor.close()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _or_null(name: str, kind: np.dtype[Any]) -> str:
    if kind == np.object_:
        return f"NULLIF({_quoted(name)}, '')"
    return f"NULLIF({_quoted(name)}, {NOTHING})" if kind == np.int32 else _quoted(name)


@contextmanager
def _quoting_nothing(what: str) -> Iterator[None]:
    """What DuckDB says may quote what it read; nobody sees more of it than its kind."""
    try:
        yield
    except duckdb.Error as error:
        raise MeasurementFailed(f"{what}: {type(error).__name__}") from None
