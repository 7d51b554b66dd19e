"""How does the record decline, so that nothing is changed and every reason is told?"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Objection:
    """
    One reason why something was not done, and what to do now.

    Constant wherever possible, so that it can be translated, listed in the reference and found by
    its code. `why` and `remedy` are whole sentences and never hold a value from a record: `values`
    are what they are filled with, a code or a column of ours, and `where` is a place in a file.
    """

    code: str
    why: str
    remedy: str
    where: tuple[tuple[str, str], ...] = ()
    values: tuple[tuple[str, str], ...] = ()

    def told(self, say: Callable[[str], str] = str) -> tuple[str, str]:
        """Why, and what to do, as whole sentences; `say` puts each sentence into a language."""
        places = ", ".join(say(PLACES[kind]) % value for kind, value in self.where)
        why = say(self.why) % dict(self.values) if self.values else say(self.why)
        return (f"{places}: {why}" if places else why, say(self.remedy))


PLACES = {
    "file": "%s",
    "sheet": "sheet %s",
    "row": "row %s",
    "line": "line %s",
    "column": "column %s",
}
"""How a place in a file is told."""


class Refused(Exception):
    """
    The domain declined, and nothing was changed.

    Carries every objection, so that a caseworker is told once and not five times.
    As a string it holds the codes alone, and so may be logged.
    """

    def __init__(self, objections: Iterable[Objection]) -> None:
        self.objections = tuple(objections)
        super().__init__(", ".join(objection.code for objection in self.objections))


class Misconfigured(Refused):
    """A setting says what it cannot: nothing runs until somebody mends it."""


def refuse_if(objections: Iterable[Objection]) -> None:
    """Raise Refused with all objections, each once, if there is any."""
    found = tuple(dict.fromkeys(objections))
    if found:
        raise Refused(found)
