"""
What does the trail cost the product's own writes, with one, four and sixteen at work?

A write is what a form does: a stay recorded by hand, through its action, with its telling. Beside
it the same action with the trail taken out: no entry, no witness, no seal; numbers come from a
counter. On PostgreSQL a process of its own seals, as beside a server. A look is measured against
the two questions it leaves an entry for.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from statistics import median
from time import perf_counter
from typing import Any
from unittest.mock import patch

from benchmarks.percentiles import Times
from benchmarks.place import ROOT, Place
from benchmarks.population import LAST, some_persons

SIZES = (1_000,)
WRITERS = (1, 4, 16)
MOST = 1.5  # times, with 1 and 4 writers
_ROUNDS = 3
_WRITES = 400  # of all writers together


def measure(place: Place, rows: int) -> Iterator[str]:
    """Write with and without the trail, by turns; then look."""
    for writers in WRITERS:
        rounds = [
            (place.run(write_all, writers=writers, trail=True)["seconds"],
             place.run(write_all, writers=writers, trail=False)["seconds"])
            for _ in range(_ROUNDS)
        ]  # fmt: skip
        times = median(with_it / without for with_it, without in rounds)
        bar = f"at most {MOST}" if writers <= 4 else "reported"
        yield (
            f"{rows:,} persons, {writers} at work: {times:.2f} times without the trail ({bar}); "
            f"{_WRITES / median(with_it for with_it, _ in rounds):,.0f} writes a second with it"
        )
    looks = place.run(look)
    yield (
        f"    a look: p50 {looks['look']['p50']:.2f} ms, "
        f"{looks['look']['p50'] / looks['bare']['p50']:.2f} times its two questions alone"
    )


def write_all(writers: int, trail: bool) -> dict[str, Any]:  # noqa: FBT001 - given as JSON
    """Let so many write at once; the time from the first word to the last."""
    processes = [_writer(number, _WRITES // writers, trail) for number in range(writers)]
    sealer = _sealer() if trail else None
    for process in processes:
        assert process.stdout is not None
        process.stdout.readline()  # ready
    start = perf_counter()
    for process in processes:
        assert process.stdin is not None
        process.stdin.close()
    for process in processes:
        process.wait()
    seconds = perf_counter() - start
    if sealer is not None:
        sealer.communicate()
    return {"seconds": seconds}


def _writer(number: int, writes: int, trail: bool) -> "subprocess.Popen[bytes]":  # noqa: FBT001
    given = json.dumps({"number": number, "writes": writes, "trail": trail})
    return _process("write", given)


def _sealer() -> "subprocess.Popen[bytes]":
    return _process("seal", "{}")


def _process(step: str, given: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [
            sys.executable,
            "-W",
            "ignore",
            "-m",
            "benchmarks.place",
            f"benchmarks.trail:{step}",
            given,
        ],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def write(number: int, writes: int, trail: bool) -> dict[str, Any]:  # noqa: FBT001 - given as JSON
    """Wait for the word, then record stays by hand, one a change."""
    from accompany.access import queries  # noqa: PLC0415 - Django is set up by now
    from accompany.base.dates import on_day  # noqa: PLC0415
    from accompany.custody import actions as custody  # noqa: PLC0415
    from accompany.custody.terms import Custodian, StayFact  # noqa: PLC0415
    from accompany.sources.terms import How, TellingFact  # noqa: PLC0415

    by, day = queries.operator(), on_day(LAST, "America/New_York")
    told = TellingFact(how=How.PHONE, learned_on=LAST, organisation=by.organisation)
    persons = some_persons(50, seed=number)
    with _with_or_without(trail=trail):
        print("ready", flush=True)
        sys.stdin.read()
        for at in range(writes):
            stay = StayFact(persons[at % len(persons)].pk, Custodian.ICE, day)
            custody.record_stays([stay], told=told, by=by)
    return {}


@contextmanager
def _with_or_without(*, trail: bool) -> Iterator[None]:
    """As it is; or with no entry, no witness and no seal. What is left is one transaction."""
    from accompany.access import trail as the_trail  # noqa: PLC0415 - Django is set up by now

    if trail:
        yield
        return
    numbers = count(1_000_000)
    with (
        patch.object(the_trail, "_record", lambda *_a, **_k: next(numbers)),
        patch.object(the_trail, "_seal_at_once", lambda: None),
        patch.object(the_trail.Change, "brings", lambda *_a, **_k: None),
        patch.object(the_trail.Change, "brought", lambda *_a, **_k: None),
        patch.object(the_trail.Change, "_close", lambda *_a, **_k: None),
    ):
        yield


def seal() -> dict[str, Any]:
    """Seal four times a second until nobody waits for it any more, as beside a server."""
    from threading import Event, Thread  # noqa: PLC0415 - only here

    from accompany.access import trail  # noqa: PLC0415 - Django is set up by now

    over = Event()
    Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    while not over.wait(0.25):
        trail.seal()
    return {}


def look() -> dict[str, Any]:
    """A look's two questions with its entry, and without."""
    from accompany.access import queries, trail  # noqa: PLC0415 - Django is set up by now
    from accompany.access.terms import Ref  # noqa: PLC0415
    from accompany.custody.models import Stay  # noqa: PLC0415
    from accompany.people.models import Name  # noqa: PLC0415

    by, persons = queries.operator(), some_persons(200)

    def ask(person: Any) -> None:
        list(Name.objects.now().filter(person=person))
        list(Stay.objects.now().filter(person=person))

    def look_at(person: Any) -> None:
        ask(person)
        trail.look("people.person-opened", by=by, about=[Ref("person", person.pk)])

    return {"bare": Times(ask, persons).told(), "look": Times(look_at, persons).told()}
