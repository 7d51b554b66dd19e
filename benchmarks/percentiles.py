"""How long does it take, mostly and at worst?"""

from collections.abc import Callable, Iterable, Sequence
from time import perf_counter, process_time
from typing import Any


class Times:
    """
    The milliseconds that each of some calls took.

    `work` is what this process did meanwhile: on a machine that others use it says more.
    """

    def __init__(self, what: Callable[..., Any], given: Iterable[Any]) -> None:
        self._taken, self._work = [], []
        for one in given:
            start, worked = perf_counter(), process_time()
            what(one)
            self._taken.append((perf_counter() - start) * 1e3)
            self._work.append((process_time() - worked) * 1e3)

    def told(self) -> dict[str, float]:
        """Median and 95th percentile, and the 95th percentile of the work done."""
        p50, p95 = (_at(self._taken, share) for share in (0.5, 0.95))
        return {"p50": p50, "p95": p95, "work": _at(self._work, 0.95)}


def _at(taken: Sequence[float], share: float) -> float:
    """The time that this share of calls did not exceed."""
    return sorted(taken)[min(int(len(taken) * share), len(taken) - 1)]
