"""
How long is a person looked for by two misspelt words?

Beside it a scan through all names by an outside library, and the floor: the same words, rightly
spelt, looked up in a dictionary that holds who bears each.
"""

import random
from collections.abc import Iterator
from time import perf_counter
from typing import Any

from benchmarks.percentiles import Times
from benchmarks.place import Place, peak
from benchmarks.population import some_persons

MOST = 50  # ms, at a million persons
_TIMES = 200
_SCANS = 5
_LETTERS = "abcdefghilmnopqrstuv"


def measure(place: Place, rows: int) -> Iterator[str]:
    """Look for some hundred persons."""
    found = place.run(look_for)
    yield (
        f"{rows:,} persons: p50 {found['p50']:.1f}, p95 {found['p95']:.1f} ms (at most {MOST}; "
        f"by work done {found['work']:.1f}); "
        f"someone of that name among the first ten: {found['hit']:.0%}"
    )
    yield (
        f"    exact words in a dictionary {found['floor']['p50']:.2f} ms; a scan by rapidfuzz "
        f"{found['scan']['p50']:.0f} ms; names read in {found['read']:.1f} s, "
        f"memory {found['peak']:.0f} MB"
    )


def look_for() -> dict[str, Any]:
    """Times of searches, of scans and of the floor."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - one of its parts is a floor

    from accompany.access import queries  # noqa: PLC0415 - Django is set up by now
    from accompany.people import queries as people  # noqa: PLC0415
    from accompany.people import search  # noqa: PLC0415

    by, chance = queries.operator(), random.Random(2)
    start = perf_counter()
    search.names.start()
    search.names._reader.join()  # noqa: SLF001 - nothing else waits for it
    read, memory = perf_counter() - start, peak()

    persons = some_persons(_TIMES)
    ids = [one.pk for one in persons]
    sealers = people.sealers_of(ids)
    words = {
        one.said.person: (one.value.given.split()[0], one.value.family)
        for one in people.names_said(ids, sealers)
    }
    sought = [(pk, " ".join(_misspelt(word, chance) for word in words[pk])) for pk in ids]
    hits = 0

    def find(one: tuple[Any, str]) -> None:
        nonlocal hits
        found = search.find(one[1], seen_by=by)
        hits += any(_is_called(hit.names, words[one[0]]) for hit in found.hits[:10])

    Times(find, sought[:5])
    hits = 0
    taken = Times(find, sought).told()
    texts, bearers = _every_text()

    def scan(one: tuple[Any, str]) -> None:
        process.extract(one[1], texts, scorer=fuzz.token_set_ratio, limit=50)

    def look_up(pk: Any) -> None:
        one, other = (bearers.get(word.lower(), set()) for word in words[pk])
        sorted(one & other)[:50]

    return {
        **taken,
        "hit": hits / len(ids),
        "read": read,
        "peak": memory,
        "scan": Times(scan, sought[:_SCANS]).told(),
        "floor": Times(look_up, ids).told(),
    }


def _is_called(names: Any, words: tuple[str, str]) -> bool:
    return any(name.given.split()[0] == words[0] and name.family == words[1] for name in names)


def _misspelt(word: str, chance: random.Random) -> str:
    """One letter of it left out, doubled, changed, or swapped with the next."""
    at = chance.randrange(1, len(word) - 1)
    before, letter, after = word[:at], word[at], word[at + 1 :]
    return chance.choice(
        (
            before + after,
            before + letter * 2 + after,
            before + chance.choice(_LETTERS) + after,
            before + after[0] + letter + after[1:],
        )
    )


def _every_text() -> tuple[list[str], dict[str, set[int]]]:
    from accompany.people.search import _every_name  # noqa: PLC0415 - for the peers alone

    texts, bearers = [], {}
    for number, (_person, text, *_) in enumerate(_every_name()):
        texts.append(text)
        for word in text.lower().split():
            bearers.setdefault(word, set()).add(number)
    return texts, bearers
