"""
Does the time of a reply tell that there is a record which one may not see?

Each kind of request is made for records of another organisation and for what nobody has, by turns
and in one run, by a reader to whom a slot on those records was granted and has ended. The reply is
the same; what is told is the median of each and their ratio, beside the ratio of two halves of the
same requests, which is noise.
"""

from collections.abc import Callable, Iterator, Sequence
from statistics import median
from time import perf_counter, process_time
from typing import Any

from benchmarks.browser import browser_of
from benchmarks.place import Place
from benchmarks.population import some_persons

SIZES = (1_000, 100_000)
_TIMES = 300
_MAY_DIFFER = 0.05
_NEVER_GIVEN = 900_000_000  # numbers of codes far above those given out


def measure(place: Place, rows: int) -> Iterator[str]:
    """Ask for what is hidden and for what never was."""
    yield f"{rows:,} persons of another organisation; {_TIMES} requests of each kind, by turns"
    found = place.run(ask_for_hidden)
    found.pop("peak")  # of memory
    for what, taken in found.items():
        yield (
            f"    {what}: hidden {taken['hidden']:.3f} ms, nowhere {taken['nowhere']:.3f} ms, "
            f"ratio {taken['ratio']:.3f} (of work done {taken['work']:.3f}; may differ by "
            f"{_MAY_DIFFER:.0%}); two halves of the same {taken['noise']:.3f}"
        )


def ask_for_hidden() -> dict[str, Any]:
    """Medians of both, by kind of request."""
    from django.conf import settings  # noqa: PLC0415 - Django is set up by now

    from accompany.base import codes  # noqa: PLC0415
    from accompany.people import search  # noqa: PLC0415

    settings.ALLOWED_HOSTS = ["testserver"]
    persons = some_persons(_TIMES)
    client = _outsider(persons)
    search.names.start()
    if search.names._reader is not None:  # noqa: SLF001 - nothing else waits for it
        search.names._reader.join()  # noqa: SLF001
    there = [codes.shown(one.code) for one in persons]
    nowhere = [codes.shown(codes.checked(_NEVER_GIVEN + n)) for n in range(len(persons))]
    names = _names_of(persons)

    def open_page(path: str) -> Callable[[str], None]:
        def ask(code: str) -> None:
            assert client.get(path.format(code)).status_code == 404

        return ask

    def find(text: str) -> None:
        assert client.post("/people", {"text": text}).status_code == 200

    return {
        "a person’s page": _by_turns(open_page("/people/{}"), there, nowhere),
        "a family’s page": _by_turns(open_page("/people/{}/family"), there, nowhere),
        "a form about a person": _by_turns(open_page("/people/{}/record/stay"), there, nowhere),
        "to find a code": _by_turns(find, there, nowhere),
        "to find a name": _by_turns(find, names, _nobody(names)),
    }


def _outsider(persons: Sequence[Any]) -> Any:
    """The browser of a tracer elsewhere, to whom each was lent until a minute ago."""
    from datetime import timedelta  # noqa: PLC0415

    from accompany.access import actions, queries  # noqa: PLC0415 - Django is set up by now
    from accompany.access.models import Lent  # noqa: PLC0415
    from accompany.access.terms import LentFor, OrganisationKind, Role  # noqa: PLC0415
    from accompany.base import clock  # noqa: PLC0415

    by, now = queries.operator(), clock.now()
    elsewhere = actions.name_organisation(
        code="elsewhere", name="Elsewhere", kind=OrganisationKind.HOLDER, by=by
    )
    user, _password = actions.invite_user(
        username="outsider", called="O.", role=Role.TRACER, organisation=elsewhere.pk, by=by
    )
    Lent.objects.bulk_create(
        Lent(
            record=one.pk,
            to=elsewhere,
            kind=LentFor.SLOT,
            since=now - timedelta(hours=9),
            until=now - timedelta(minutes=1),
        )
        for one in persons
    )
    return browser_of(user)


def _names_of(persons: Sequence[Any]) -> list[str]:
    from accompany.people import queries as people  # noqa: PLC0415 - Django is set up by now

    ids = [one.pk for one in persons]
    said = people.names_said(ids, people.sealers_of(ids))
    return [f"{one.value.given} {one.value.family}" for one in said][:_TIMES]


def _nobody(names: Sequence[str]) -> list[str]:
    """As many names that nobody has, made of the same pieces: given names with others’ families."""
    parted = [name.split(" ", 1) for name in names]
    families = [family for _given, family in parted]
    turned = families[1:] + families[:1]
    return [f"{given} {family}" for (given, _), family in zip(parted, turned, strict=True)]


def _by_turns(
    ask: Callable[[str], None], there: Sequence[str], nowhere: Sequence[str]
) -> dict[str, float]:
    """Medians in milliseconds of asking for each, one after the other, whichever first."""
    for one in (*there[:20], *nowhere[:20]):
        ask(one)
    taken: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    for number, pair in enumerate(zip(there, nowhere, strict=False)):
        for is_there in (True, False) if number % 2 else (False, True):
            start, worked = perf_counter(), process_time()
            ask(pair[0] if is_there else pair[1])
            times = (perf_counter() - start) * 1e3, (process_time() - worked) * 1e3
            taken[is_there].append(times)
    hidden, other = (median(one for one, _work in taken[side]) for side in (True, False))
    work = [median(work for _one, work in taken[side]) for side in (True, False)]
    halves = [[one for one, _work in taken[False]][start::2] for start in (0, 1)]
    return {
        "hidden": hidden,
        "nowhere": other,
        "ratio": hidden / other,
        "work": work[0] / work[1],
        "noise": median(halves[0]) / median(halves[1]),
    }
