"""How is something shown at a terminal: a table, JSON, and how far a long command has come?"""

import json
import sys
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Any, Self

import click

from accompany.base import clock

OFTEN = 0.25  # seconds between two states of a line that is written over
SELDOM = 5.0  # seconds between two lines where none is written over


def as_json(value: Any) -> None:
    """Print a value as JSON; days and moments in ISO 8601."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_iso))


def _iso(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def table(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows in columns under a heading; whole numbers to the right."""
    shown = [list(row) for row in rows]
    lines = [list(heading), *([_cell(value) for value in row] for row in shown)]
    right = [bool(shown) and all(_is_number(row[n]) for row in shown) for n in range(len(heading))]
    widths = [max(len(line[n]) for line in lines) for n in range(len(heading))]
    for line in lines:
        cells = [
            cell.rjust(width) if is_right else cell.ljust(width)
            for cell, width, is_right in zip(line, widths, right, strict=True)
        ]
        click.echo("  ".join(cells).rstrip())


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:,}" if _is_number(value) else str(value)


def pairs(lines: Iterable[tuple[str, object]]) -> None:
    """Print lines of a word and what it is, what it is in one column."""
    told = [(word, _cell(value)) for word, value in lines]
    width = max((len(word) for word, _value in told), default=0)
    for word, value in told:
        click.echo(f"{word.ljust(width)}  {value}".rstrip())


class Watch:
    """
    Shows on the standard error output how far a command has come.

    On a terminal one line is written over, a few times a second; elsewhere lines come seldom.
    """

    def __init__(self) -> None:
        self._over = sys.stderr.isatty()
        self._next = 0.0
        self._phase = ""
        self._open = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._open:
            click.echo("\r\x1b[K", nl=False, err=True)

    def __call__(self, phase: str, done: int, of: int | None) -> None:
        """Say that so many of so many are done; the first of each phase at once."""
        now = clock.now().timestamp()
        if phase == self._phase and now < self._next:
            return
        self._phase, self._next = phase, now + (OFTEN if self._over else SELDOM)
        total = f" of {of:,}" if of is not None else ""
        self._say(f"{phase}: {done:,}{total}")

    def phase(self, words: str) -> None:
        """Say what is begun, without a count."""
        self._phase, self._next = words, 0.0
        self._say(words)

    def _say(self, words: str) -> None:
        if self._over:
            click.echo(f"\r\x1b[K{words}", nl=False, err=True)
            self._open = True
        else:
            click.echo(words, err=True)
