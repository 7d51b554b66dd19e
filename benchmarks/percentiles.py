"""How long does it take, mostly and at worst?"""

from collections.abc import Callable, Iterable, Sequence
from time import perf_counter
from typing import Any


def timed(what: Callable[..., Any], given: Iterable[Any]) -> list[float]:
    """The milliseconds that each call took."""
    taken = []
    for one in given:
        start = perf_counter()
        what(one)
        taken.append((perf_counter() - start) * 1e3)
    return taken


def at(taken: Sequence[float], share: float) -> float:
    """The time that this share of calls did not exceed."""
    return sorted(taken)[min(int(len(taken) * share), len(taken) - 1)]


def told(taken: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile."""
    return {"p50": at(taken, 0.5), "p95": at(taken, 0.95)}
