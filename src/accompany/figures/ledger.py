"""
Which counts does a figure speak of, and how do they add up?

The ground that `disclosure` and `audit` share. Its counts are exact: no reader is given a ledger.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations, product
from typing import NamedTuple

from accompany.base.refusal import Objection, Refused

Table = tuple[str, ...]
"""The dimensions a table crosses: () is the total, ("country", "end") a table of two ways."""

Categories = tuple[str, ...]
"""One category of each dimension of a table, in its order."""

TABLES_FORM_A_RING = Objection(
    code="figures.tables-form-a-ring",
    why="The tables of this figure form a ring: together they tell of groups that are in none.",
    remedy="Leave out one of the crossed tables, or cross them all with the same dimension.",
)


class Cell(NamedTuple):
    """One count of one table."""

    table: Table
    categories: Categories

    def totals(self) -> list[Cell]:
        """Every wider group that this cell is a part of, the whole population first."""
        pairs = list(zip(self.table, self.categories, strict=True))
        chosen = (kept for size in range(len(pairs)) for kept in combinations(pairs, size))
        return [_cell(kept) for kept in chosen]


def _cell(pairs: Iterable[tuple[str, str]]) -> Cell:
    kept = tuple(pairs)
    return Cell(tuple(d for d, _ in kept), tuple(c for _, c in kept))


def sums(cells: Iterable[Cell]) -> list[tuple[Cell, list[Cell]]]:
    """Each total with the cells that add up to it, once for each dimension that splits it."""
    parts: defaultdict[tuple[Cell, str], list[Cell]] = defaultdict(list)
    for cell in cells:
        pairs = list(zip(cell.table, cell.categories, strict=True))
        for place, dimension in enumerate(cell.table):
            total = _cell(pairs[:place] + pairs[place + 1 :])
            parts[total, dimension].append(cell)
    return [(total, split) for (total, _), split in parts.items()]


@dataclass(frozen=True)
class Ledger:
    """
    All counts of one population, at one moment, as one set of tables that are published together.

    Two figures on one population are one ledger: protected apart, they would give each other away.
    Each dimension is a partition, its categories fixed beforehand. A table names its dimensions in
    the order of `dimensions`; its margins are published with it. Counts of a margin may be left out
    (they are added up), and so may zeros. `headlines` are the cells that the publication is made
    for, fixed beforehand: they are withheld only where nothing else will do.

    Raises Refused if the tables form a ring, ValueError if the counts are no one population's.
    """

    dimensions: Mapping[str, Sequence[str]]
    tables: Sequence[Table]
    counts: Mapping[Table, Mapping[Categories, int]] = field(repr=False)
    headlines: frozenset[Cell] = frozenset()

    def __post_init__(self) -> None:
        for table in (*self.tables, *self.counts):
            if table != tuple(d for d in self.dimensions if d in table):
                raise ValueError(f"Table {table} is not written in the order of the dimensions.")
        # Only for tables that form a tree do worlds of the published cells stand for worlds of
        # children (Vorob'ev, Theory of Probability and its Applications 7, 1962).
        if not _form_a_tree(self.tables):
            raise Refused([TABLES_FORM_A_RING])
        for total, parts in sums(self.cells):
            if self.cells[total] != sum(self.cells[part] for part in parts):
                raise ValueError(f"Table {parts[0].table} does not add up to table {total.table}.")

    @cached_property
    def cells(self) -> dict[Cell, int]:
        """The exact count of every cell of every table and margin, the whole population first."""
        margins = {m for t in self.tables for n in range(len(t) + 1) for m in combinations(t, n)}
        rank = {dimension: place for place, dimension in enumerate(self.dimensions)}
        ordered = sorted(margins, key=lambda table: (len(table), [rank[d] for d in table]))
        return {
            Cell(table, categories): count
            for table in ordered
            for categories, count in self._counts_of(table).items()
        }

    def guarded(self, threshold: int) -> list[Cell]:
        """The cells whose count, of 1 to `threshold`, nobody may learn; the smallest first."""
        small = [cell for cell, count in self.cells.items() if 1 <= count <= threshold]
        return sorted(small, key=self.cells.__getitem__)

    def _counts_of(self, table: Table) -> dict[Categories, int]:
        wider = next(
            (t for t in (table, *self.counts) if t in self.counts and {*table} <= {*t}), None
        )
        if wider is None:
            raise ValueError(f"There are no counts for table {table}.")
        counts = dict.fromkeys(product(*(self.dimensions[d] for d in table)), 0)
        kept = [wider.index(dimension) for dimension in table]
        for categories, count in self.counts[wider].items():
            category = tuple(categories[place] for place in kept)
            if category not in counts or count < 0:
                raise ValueError(
                    f"Table {wider} counts below zero, or outside the fixed categories."
                )
            counts[category] += count
        return counts


def _form_a_tree(tables: Iterable[Table]) -> bool:
    """
    Whether the tables hang together without a ring such as A x B, B x C, C x A.

    Graham's reduction: drop dimensions that only one table has and tables within others, until
    nothing changes; a tree comes to nothing.
    """
    rest = {frozenset(table) for table in tables}
    while True:
        having = Counter(dimension for table in rest for dimension in table)
        trimmed = {frozenset(d for d in table if having[d] > 1) for table in rest}
        widest = {table for table in trimmed if not any(table < other for other in trimmed)}
        if widest == rest:
            return len(rest) <= 1
        rest = widest
