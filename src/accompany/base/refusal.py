"""How does the record decline, so that nothing is changed and every reason is told?"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Objection:
    """
    One reason why something was not done, and what to do now.

    Constant wherever possible, so that it can be translated, listed in the reference and found by
    its code. `why` and `remedy` are whole sentences and never hold a value from a record.
    """

    code: str
    why: str
    remedy: str


class Refused(Exception):
    """
    The domain declined, and nothing was changed.

    Carries every objection, so that a caseworker is told once and not five times.
    As a string it holds the codes alone, and so may be logged.
    """

    def __init__(self, objections: Iterable[Objection]) -> None:
        self.objections = tuple(objections)
        super().__init__(", ".join(objection.code for objection in self.objections))


def refuse_if(objections: Iterable[Objection]) -> None:
    """Raise Refused with all objections, each once, if there is any."""
    found = tuple(dict.fromkeys(objections))
    if found:
        raise Refused(found)
