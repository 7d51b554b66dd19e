"""
Which numbers fit these sums at the least cost?

The only door to HiGHS. One thread and no random choice: the same problem has the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import highspy
import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

INFINITY = float("inf")

_IMPOSSIBLE = highspy.HighsModelStatus.kInfeasible
_SOLVED = highspy.HighsModelStatus.kOptimal


class NotDecided(Exception):
    """Neither an answer was found, nor that there is none. Nothing follows: publish nothing."""


class Sum(NamedTuple):
    """These columns, each times its weight, add up to something from `low` to `high`."""

    weights: Mapping[int, float]
    low: float
    high: float


@dataclass(frozen=True)
class Problem:
    """A number is wanted for each column, from `lower` to `upper`, at `cost` for each one of it."""

    lower: Vector
    upper: Vector
    cost: Vector
    sums: Sequence[Sum]


def cheapest(problem: Problem, *, whole: bool, seconds: float) -> Vector | None:
    """
    The cheapest numbers that fit (to within two in a hundred, if whole), or None if none do.

    Raises NotDecided if that could not be settled in `seconds`.
    """
    highs = _Silent()  # type: ignore[no-untyped-call]
    for option, value in {"threads": 1, "time_limit": seconds, "mip_rel_gap": 0.02}.items():
        highs.setOptionValue(option, value)
    highs.passModel(_model(problem, whole=whole))
    highs.run()
    status = highs.getModelStatus()
    if status == _IMPOSSIBLE:
        return None
    # An answer cut short by the clock would differ from one run to the next, so it is none.
    if status != _SOLVED:
        raise NotDecided(status.name)
    numbers = np.array(highs.getSolution().col_value)
    return np.round(numbers) if whole else numbers


class _Silent(highspy.Highs):
    """HiGHS without its banner, which would else come out among the data of a command."""

    def enableCallbacks(self) -> None:  # noqa: N802 (theirs; the constructor calls it, and it prints)
        self.silent()
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def _model(problem: Problem, *, whole: bool) -> highspy.HighsLp:
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(problem.cost), len(problem.sums)
    model.col_lower_, model.col_upper_ = problem.lower, problem.upper
    model.col_cost_ = problem.cost
    model.row_lower_ = np.array([one.low for one in problem.sums])
    model.row_upper_ = np.array([one.high for one in problem.sums])
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.cumsum([0, *(len(one.weights) for one in problem.sums)])
    model.a_matrix_.index_ = np.array([c for one in problem.sums for c in one.weights], dtype=int)
    model.a_matrix_.value_ = np.array([w for one in problem.sums for w in one.weights.values()])
    if whole:
        model.integrality_ = [highspy.HighsVarType.kInteger] * len(problem.cost)
    return model
