"""Has the same been said in this list already, and in which row?"""

import hashlib
from array import array

from accompany.exchange.cells import fold
from accompany.exchange.reading import Cells


class Repeats:
    """
    Remembers the rows of one list by a short digest, each with where it stands.

    Rows repeat each other if their cells say the same, however they are spaced or broken. Among a
    million rows two that differ have the same digest with a chance of one in 30 million.

    Digests lie in an open table of 8 bytes a place, at most half full, with the sheet and row of
    each beside them: a million rows take 28 MB, where a set of numbers alone would take 100.
    """

    def __init__(self) -> None:
        self._make(1 << 10)
        self._count = 0

    def earlier(self, cells: Cells, *, sheet: int, place: int) -> tuple[int, int] | None:
        """Sheet and place of the first row that says the same; one that is new is remembered."""
        said = "\x1f".join(["" if cell is None else fold(cell) for cell in cells])
        # Nought marks a free place.
        digest = int.from_bytes(hashlib.blake2b(said.encode(), digest_size=8).digest()) or 1
        at = self._at(digest)
        if self._digests[at]:
            return self._sheets[at], self._places[at]
        self._put(at, digest, sheet, place)
        self._count += 1
        if 2 * self._count > len(self._digests):
            self._grow()
        return None

    def _make(self, places: int) -> None:
        self._digests = array("Q", [0]) * places
        self._places = array("I", [0]) * places
        self._sheets = array("H", [0]) * places

    def _at(self, digest: int) -> int:
        """Where a digest lies, or the next free place if it is new."""
        last = len(self._digests) - 1  # a power of two, less one
        at = digest & last
        while self._digests[at] not in (0, digest):
            at = (at + 1) & last
        return at

    def _put(self, at: int, digest: int, sheet: int, place: int) -> None:
        self._digests[at], self._sheets[at], self._places[at] = digest, sheet, place

    def _grow(self) -> None:
        there = zip(self._digests, self._sheets, self._places, strict=True)
        self._make(2 * len(self._digests))
        for digest, sheet, place in there:
            if digest:
                self._put(self._at(digest), digest, sheet, place)
