"""
Which numbers of a figure may be shown?

A count of 1 to `threshold` is guarded. It is protected if each of 1 to `threshold` stays possible
for it, whatever a reader puts together. That is so by construction: for each guarded count two
other worlds are found, one where it is at most 1 and one where it is at least `threshold`, that
differ from the truth in the cheapest set of shown numbers. Those are withheld too; then both worlds
fit all that is shown, and a reader can exclude neither.

Complementary cell suppression as a mixed integer program (Fischetti and Salazar, Management
Science 47, 2001), one guarded count at a time (Kelly, Golden and Assad, Networks 22, 1992).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accompany.figures.ledger import Categories, Cell, Ledger, Table, sums
from accompany.figures.solver import INFINITY, Problem, Sum, Vector, cheapest

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Protected:
    """What may be published of a ledger: each count, or None where it is withheld, never why."""

    tables: Mapping[Table, Mapping[Categories, int | None]]

    def value(self, table: Table, categories: Categories) -> int | None:
        """The count of one cell, or None if it is withheld."""
        return self.tables[table][categories]

    @property
    def withheld(self) -> list[Cell]:
        """The cells that are withheld, in the order of the ledger."""
        return [
            Cell(table, categories)
            for table, counts in self.tables.items()
            for categories, count in counts.items()
            if count is None
        ]


def protect(ledger: Ledger, *, threshold: int = 10, seconds: float = 20.0) -> Protected:
    """
    The ledger as it may be published: the same each time for the same ledger.

    Zero shows only where all totals above it show. Raises NotDecided if a step took more than
    `seconds`; then nothing is known, and nothing may be published.
    """
    choice = Choice(ledger, threshold=threshold, seconds=seconds)
    for cell in ledger.guarded(threshold):
        choice.keep_possible(cell, at_most=1)
        choice.keep_possible(cell, at_least=threshold)
    return choice.protected()


def percent(part: int | None, whole: int | None) -> int | None:
    """One published number in whole percent of another; None if either is withheld or nobody."""
    if part is None or not whole:
        return None
    return (200 * part + whole) // (2 * whole)


class Choice:
    """What is withheld so far, and the worlds that a reader therefore cannot exclude."""

    def __init__(self, ledger: Ledger, *, threshold: int, seconds: float) -> None:
        self._cells = list(ledger.cells)
        self._column = {cell: column for column, cell in enumerate(self._cells)}
        self._truth = np.array([*ledger.cells.values()], dtype=float)
        self._reach = 2 * threshold
        self._seconds = seconds
        self._sums = [
            Sum({self._column[total]: -1.0} | {self._column[part]: 1.0 for part in parts}, 0, 0)
            for total, parts in sums(self._cells)
        ]
        self._totals = [[self._column[total] for total in cell.totals()] for cell in self._cells]
        self._price = np.array([_price(cell, ledger) for cell in self._cells])
        self._price *= np.sqrt(self._truth)
        # Counts that are withheld; the zeros beneath them follow.
        self._hidden: Mask = (self._truth >= 1) & (self._truth <= threshold)
        self._worlds = [self._truth]

    def keep_possible(self, cell: Cell, *, at_least: float = 0, at_most: float = INFINITY) -> None:
        """Withhold what it takes so that a reader cannot exclude that this cell's count is so."""
        column = self._column[cell]
        if any(at_least <= world[column] <= at_most for world in self._worlds):
            return
        world = self._nearest_world(column, at_least, at_most)
        if world is None:
            # Beneath a withheld total no zero shows, so a reader cannot tell which cells are empty.
            # Then it is enough to add to the children of this cell, or to take from them.
            self._hidden[0] = True
            world = self._nearest_world(column, at_least, at_most)
        assert world is not None  # noqa: S101 (none would be a fault of ours: so it must show)
        self._worlds.append(world)
        self._hidden |= (world != self._truth) & (self._truth > 0)

    def protected(self) -> Protected:
        tables: dict[Table, dict[Categories, int | None]] = {}
        withheld = self._withheld()
        for cell, count, gone in zip(self._cells, self._truth, withheld, strict=True):
            tables.setdefault(cell.table, {})[cell.categories] = None if gone else int(count)
        return Protected(tables)

    def _beneath(self) -> Mask:
        """The cells with a withheld total above them."""
        return np.array([self._hidden[totals].any() for totals in self._totals])

    def _withheld(self) -> Mask:
        withheld: Mask = self._hidden | (self._beneath() & (self._truth == 0))
        return withheld

    def _nearest_world(self, column: int, at_least: float, at_most: float) -> Vector | None:
        """
        The world that has this count so, and differs in the cheapest set of shown numbers.

        Fractions of children first: quick, and it names the few numbers that need to move. Then
        whole children among those; only if that fails, whole children among all.
        """
        shown = (self._truth > 0) & ~self._hidden
        goal = (column, at_least, at_most)
        rough = self._world(goal, movable=shown, whole=False)
        if rough is None:
            return None
        moved = shown & (np.abs(rough - self._truth) > 1e-7)
        world = self._world(goal, movable=moved, whole=True)
        return self._world(goal, movable=shown, whole=True) if world is None else world

    def _world(
        self, goal: tuple[int, float, float], *, movable: Mask, whole: bool
    ) -> Vector | None:
        """One column a cell; then one switch a movable cell, which costs if the cell differs."""
        free = movable | self._withheld()
        # A reader knows that no zero is withheld where all totals show.
        filled = movable | (self._hidden & ~self._beneath())
        lower = np.where(free, filled, self._truth)
        upper = np.where(free, self._truth + self._reach, self._truth)
        column, at_least, at_most = goal
        lower[column] = max(lower[column], at_least)
        upper[column] = min(upper[column], at_most)
        moving = np.flatnonzero(movable)
        problem = Problem(
            lower=np.concatenate([lower, np.zeros(len(moving))]),
            upper=np.concatenate([upper, np.ones(len(moving))]),
            cost=np.concatenate([np.zeros(len(lower)), self._price[moving]]),
            sums=[*self._sums, *self._switches(moving)],
        )
        numbers = cheapest(problem, whole=whole, seconds=self._seconds)
        return None if numbers is None else numbers[: len(lower)]

    def _switches(self, moving: NDArray[np.intp]) -> list[Sum]:
        """A movable cell differs from the truth by no more than its switch, times the reach."""
        return [
            bound
            for switch, cell in enumerate(moving.tolist(), start=len(self._cells))
            for bound in (
                Sum({cell: 1.0, switch: -self._reach}, -INFINITY, self._truth[cell]),
                Sum({cell: 1.0, switch: self._reach}, self._truth[cell], INFINITY),
            )
        ]


def _price(cell: Cell, ledger: Ledger) -> float:
    """A total is dearer than a headline, that than a margin, a margin than an inner cell."""
    if cell in ledger.headlines:
        return 50.0
    return {0: 100.0, 1: 5.0}.get(len(cell.table), 1.0)
