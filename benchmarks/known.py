"""
Is an answer as known at a sealed position the same when it is asked again amid a thousand writes?

While others write (four at once on PostgreSQL, one on SQLite), a reader takes positions and asks at
each what stood then, over and over. In the end every position is asked once more. A single answer
that differs from the first one at its position is a failure, however long it took.
"""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from time import perf_counter
from typing import Any

from benchmarks.place import ROOT, Place
from benchmarks.population import LAST, some_persons

SIZES = (1_000,)
WRITES = 1_000
WRITERS = {"sqlite": 1, "postgresql": 4}


def measure(place: Place, rows: int) -> Iterator[str]:
    """Ask while others write."""
    found = place.run(ask_again, writers=WRITERS[place.database])
    yield (
        f"{rows:,} persons, {found['writes']:,} changes by {WRITERS[place.database]} at once in "
        f"{found['seconds']:.1f} s: {found['positions']} positions, asked {found['asked']} times, "
        f"{found['differed']} answers differed (none may); an answer took {found['each']:.0f} ms"
    )


def ask_again(writers: int) -> dict[str, Any]:
    """Ask while others write; count the answers that changed."""
    from accompany.access import trail  # noqa: PLC0415 - Django is set up by now

    first = trail.known()
    answers = {first: _answer(first)}
    asked, differed, start = 1, 0, perf_counter()
    others = [_writer(number, WRITES // writers) for number in range(writers)]
    while any(other.poll() is None for other in others):
        known = trail.known()
        answers.setdefault(known, _answer(known))
        for position in (first, *islice(reversed(answers), 3)):
            differed += _answer(position) != answers[position]
            asked += 1
    seconds = perf_counter() - start
    written = sum(json.loads(other.communicate()[0])["written"] for other in others)
    again = perf_counter()
    differed += sum(_answer(position) != answer for position, answer in answers.items())
    return {
        "writes": written,
        "seconds": seconds,
        "positions": len(answers),
        "asked": asked + len(answers),
        "differed": differed,
        "each": (perf_counter() - again) / len(answers) * 1e3,
    }


def _answer(known: Any) -> str:
    """All that stood of some kinds of statements, as a digest."""
    from accompany.custody.models import Separation, Stay  # noqa: PLC0415 - Django is set up by now
    from accompany.people.models import Description, Person  # noqa: PLC0415

    digest = hashlib.blake2b()
    for model in (Person, Description, Stay, Separation):
        for key in sorted(model.objects.as_known_on(known).values_list("pk", flat=True)):
            digest.update(key.bytes)
    return digest.hexdigest()


def _writer(number: int, writes: int) -> subprocess.Popen[bytes]:
    given = json.dumps({"number": number, "writes": writes})
    step = [sys.executable, "-W", "ignore", "-m", "benchmarks.place", "benchmarks.known:write"]
    return subprocess.Popen([*step, given], cwd=ROOT, stdout=subprocess.PIPE)


def write(number: int, writes: int) -> dict[str, Any]:
    """Record stays of persons, and withdraw every third."""
    from accompany.access import queries  # noqa: PLC0415 - Django is set up by now
    from accompany.access.terms import Ref  # noqa: PLC0415
    from accompany.base.dates import on_day  # noqa: PLC0415
    from accompany.base.ids import uuid7  # noqa: PLC0415
    from accompany.custody import actions as custody  # noqa: PLC0415
    from accompany.custody.terms import Custodian, StayFact  # noqa: PLC0415
    from accompany.sources import actions as sources  # noqa: PLC0415
    from accompany.sources.terms import How, TellingFact  # noqa: PLC0415

    by = queries.operator()
    told = TellingFact(how=How.PHONE, learned_on=LAST, organisation=by.organisation)
    persons, day, written = some_persons(100, seed=number), on_day(LAST, "America/New_York"), 0
    while written < writes:
        person = persons[written % len(persons)].pk
        stay = StayFact(person, Custodian.ICE, day, id=uuid7())
        custody.record_stays([stay], told=told, by=by)
        written += 1
        if written % 3 == 0 and written < writes:
            about = Ref("person", person)
            with sources.correcting(
                "custody.stay", stay.id, about=about, reason="Told of somebody else.", by=by
            ):
                written += 1
    return {"written": written}
