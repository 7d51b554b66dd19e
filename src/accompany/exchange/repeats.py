"""Has the same been said in this list already?"""

import hashlib

from accompany.exchange.cells import fold
from accompany.exchange.reading import Cells


class Repeats:
    """
    Remembers the rows of one list by a short digest, 8 bytes each.

    Rows repeat each other if their cells say the same, however they are spaced or broken. Among a
    million rows two that differ have the same digest with a chance of one in 30 million.
    """

    def __init__(self) -> None:
        self._seen: set[int] = set()

    def seen(self, cells: Cells) -> bool:
        """Whether a row that says the same came before; the row is remembered."""
        said = "\x1f".join("" if cell is None else fold(cell) for cell in cells)
        digest = int.from_bytes(hashlib.blake2b(said.encode(), digest_size=8).digest())
        before = len(self._seen)
        self._seen.add(digest)
        return len(self._seen) == before
