"""
Whatever is killed, whenever: nothing acknowledged is lost, nothing is half done, all goes on.

In small in every run; `python3 dev.py faults` does it in full. The seed is printed: with
FAULTS_SEED a kill that found something is drawn again at the same moment.
"""

import os
from collections.abc import Callable, Iterator
from random import Random

import pytest

from tests.faults.conftest import ON_POSTGRESQL
from tests.faults.kills import KINDS, Known, Series
from tests.faults.record import Template

TIMES = int(os.environ.get("FAULTS_TIMES") or 0)
A_SERIES = 8  # kills, one after another, in one record
IN_SMALL = 2
OF_HERE = [kind for kind in KINDS if ON_POSTGRESQL or kind != "database"]


def kind_of(number: int, seed: int) -> str:
    """What is killed: in full each kind by turns, in small one that is drawn."""
    if TIMES:
        return OF_HERE[number % len(OF_HERE)]
    if ON_POSTGRESQL and number == 1:
        return "database"
    return Random(f"{seed}-{number}").choice(OF_HERE)


@pytest.fixture(scope="module")
def series(template: Template, known: Known) -> Iterator[Callable[[], Series]]:
    """The series under way, or a new one where it has had its kills or one of them failed."""
    kept: list[Series] = []

    def current() -> Series:
        if kept and kept[-1].kills < A_SERIES:
            return kept[-1]
        for old in kept:
            template.let_go(old.record)
        ends = kept[-1].ends if kept else known.lasts
        kept[:] = [Series(template, known, ends)]
        return kept[-1]

    yield current
    for old in kept:
        template.let_go(old.record)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(1, (TIMES or IN_SMALL) + 1))
def test_nothing_acknowledged_is_lost_and_nothing_is_half_done(series, known, seed, note, number):
    kind = kind_of(number, seed)
    print(f"FAULTS_SEED={seed}, kill {number}: {kind}")  # noqa: T201 - shown with what failed
    under_way = series()
    left, under_way.kills = A_SERIES - under_way.kills - 1, A_SERIES
    told = {"kind": kind, "number": number, "versions": known.on_record["versions"]}
    try:
        outcome = KINDS[kind](under_way, Random(f"{seed}-{number}"), number)
    except Exception as error:
        note(**told, what=kind, doing="", moment="", found=" ".join(f"{error}".split())[:300])
        raise
    under_way.kills = A_SERIES - left  # only now: after a kill that failed another series begins
    note(**told, **vars(outcome), found="")
