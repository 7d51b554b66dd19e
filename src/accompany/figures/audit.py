"""
Can a reader work out what is withheld?

The auditor trusts nothing that `disclosure` found. It takes the tables as they would be published
and tries, for each guarded count, every value that must stay possible. It assumes the strongest
reader: one who knows all shown numbers at once, that counts are whole, and that a withheld count is
not zero where a zero would have shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from accompany.figures.ledger import Categories, Cell, Table, sums
from accompany.figures.solver import INFINITY, Problem, Sum, Vector, cheapest


class Broken(NamedTuple):
    """A guarded count of which a reader can exclude some values. As secret as the count itself."""

    cell: Cell
    excluded: tuple[int, ...]


def audit(
    published: Mapping[Table, Mapping[Categories, int | None]],
    guarded: Iterable[Cell],
    *,
    threshold: int = 10,
    seconds: float = 20.0,
) -> list[Broken]:
    """
    The guarded counts for which not each of 1 to `threshold` stays possible.

    `published` holds every cell of every table and of its margins, None where it is withheld.
    Raises ValueError if the shown numbers contradict each other, and NotDecided if a step took
    more than `seconds`.
    """
    reader = _Reader(published, seconds=seconds)
    findings = [
        Broken(
            cell, tuple(n for n in range(1, threshold + 1) if not reader.thinks_possible(cell, n))
        )
        for cell in guarded
    ]
    return [finding for finding in findings if finding.excluded]


class _Reader:
    """One who has read everything that is published, and remembers each world that would fit it."""

    def __init__(
        self, published: Mapping[Table, Mapping[Categories, int | None]], *, seconds: float
    ) -> None:
        cells = {
            Cell(t, c): value for t, counts in published.items() for c, value in counts.items()
        }
        self._column = {cell: column for column, cell in enumerate(cells)}
        self._seconds = seconds
        self._bounds = [_bounds(cell, cells) for cell in cells]
        self._sums = [
            Sum({self._column[total]: -1.0} | {self._column[part]: 1.0 for part in parts}, 0, 0)
            for total, parts in sums(cells)
        ]
        self._worlds: list[Vector] = []
        if self._world(self._bounds) is None:
            raise ValueError("The shown numbers contradict each other.")

    def thinks_possible(self, cell: Cell, count: int) -> bool:
        column = self._column[cell]
        if any(world[column] == count for world in self._worlds):
            return True
        low, high = self._bounds[column]
        if not low <= count <= high:
            return False
        supposed = [*self._bounds]
        supposed[column] = (count, count)
        world = self._world(supposed)
        self._worlds += [] if world is None else [world]
        return world is not None

    def _world(self, bounds: list[tuple[float, float]]) -> Vector | None:
        problem = Problem(
            lower=np.array([low for low, _ in bounds], dtype=float),
            upper=np.array([high for _, high in bounds], dtype=float),
            cost=np.zeros(len(bounds)),
            sums=self._sums,
        )
        return cheapest(problem, whole=True, seconds=self._seconds)


def _bounds(cell: Cell, published: Mapping[Cell, int | None]) -> tuple[float, float]:
    """Between what a single number, or its mark, lets a count lie."""
    value = published[cell]
    if value is not None:
        return value, value
    zero_would_show = all(published[total] is not None for total in cell.totals())
    return (1 if zero_would_show else 0), INFINITY
