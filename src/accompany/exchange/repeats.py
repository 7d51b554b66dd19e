"""Has the same been said in this list already?"""

import hashlib
from array import array

from accompany.exchange.cells import fold
from accompany.exchange.reading import Cells


class Repeats:
    """
    Remembers the rows of one list by a short digest.

    Rows repeat each other if their cells say the same, however they are spaced or broken. Among a
    million rows two that differ have the same digest with a chance of one in 30 million.

    Digests lie in an open table of 8 bytes a place, at most half full: a million rows take 16 MB,
    where a set of numbers would take 100.
    """

    def __init__(self) -> None:
        self._table = _table(1 << 10)
        self._count = 0

    def seen(self, cells: Cells) -> bool:
        """Whether a row that says the same came before; the row is remembered."""
        said = "\x1f".join(["" if cell is None else fold(cell) for cell in cells])
        # Nought marks a free place.
        digest = int.from_bytes(hashlib.blake2b(said.encode(), digest_size=8).digest()) or 1
        if not _put(self._table, digest):
            return True
        self._count += 1
        if 2 * self._count > len(self._table):
            self._grow()
        return False

    def _grow(self) -> None:
        larger = _table(2 * len(self._table))
        for digest in self._table:
            if digest:
                _put(larger, digest)
        self._table = larger


def _table(places: int) -> "array[int]":
    return array("Q", bytes(8 * places))


def _put(table: "array[int]", digest: int) -> bool:
    """Put a digest at its place or the next free one; False if it is there already."""
    last = len(table) - 1  # a power of two, less one
    place = digest & last
    while table[place] not in (0, digest):
        place = (place + 1) & last
    if table[place]:
        return False
    table[place] = digest
    return True
