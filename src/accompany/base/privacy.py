"""
How private is each field?

Every model says so once, for every field it has; a structure test walks them all.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Privacy:
    """
    The classes of a model's fields.

    sealed: encrypted under a key of the person or row; never in a log, index, extract or URL.
    sensitive: plain in the database, shown only to those who may see the person.
    open: says nothing of a person by itself.
    """

    sealed: frozenset[str]
    sensitive: frozenset[str]
    open: frozenset[str]

    def __init__(
        self,
        *,
        sealed: Iterable[str] = (),
        sensitive: Iterable[str] = (),
        open: Iterable[str] = (),
    ) -> None:
        object.__setattr__(self, "sealed", frozenset(sealed))
        object.__setattr__(self, "sensitive", frozenset(sensitive))
        object.__setattr__(self, "open", frozenset(open))

    def __add__(self, other: "Privacy") -> "Privacy":
        return Privacy(
            sealed=self.sealed | other.sealed,
            sensitive=self.sensitive | other.sensitive,
            open=self.open | other.open,
        )
