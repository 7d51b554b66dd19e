"""
How long does a page take, beside the two bare questions at the heart of it?

Through Django's test client, with every middleware, template and entry in the trail. The floor asks
the database for one person by code and for their stays, and does nothing else.
"""

from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.browser import browser_of
from benchmarks.percentiles import Times
from benchmarks.place import Place
from benchmarks.population import some_persons

MOST = 100  # ms, of 95 of 100 pages
MOST_TIMES_SMALLEST = 4
_TIMES = 200
_smallest: dict[tuple[str, str], dict[str, float]] = {}


def measure(place: Place, rows: int) -> Iterator[str]:
    """Open each kind of page some hundred times."""
    found = place.run(open_pages)
    bare = found.pop("bare")
    yield f"{rows:,} persons; two bare questions: p50 {bare['p50']:.2f}, p95 {bare['p95']:.2f} ms"
    for page, taken in found.items():
        if page == "peak":
            continue
        smallest = _smallest.setdefault((place.database, page), taken)
        yield (
            f"    {page}: p50 {taken['p50']:.1f}, p95 {taken['p95']:.1f} ms (at most {MOST}; by "
            f"work done {taken['work']:.1f}), {taken['p95'] / smallest['p95']:.1f} times that of "
            f"the smallest record (at most {MOST_TIMES_SMALLEST}; by work done "
            f"{taken['work'] / smallest['work']:.1f})"
        )


def open_pages() -> dict[str, Any]:
    """Times of every kind of page, and of the floor."""
    from accompany.access.models import User  # noqa: PLC0415 - Django is set up by now
    from accompany.people import search  # noqa: PLC0415

    client = browser_of(User.objects.get())
    persons = some_persons(_TIMES)
    search.names.start()
    _wait_for_names()

    def opening(path: str) -> Callable[[Any], None]:
        def open_page(person: Any) -> None:
            response = client.get(path.format(code=person.code))
            assert response.status_code == 200, response.status_code

        return open_page

    pages = {
        "a person": "/people/{code}",
        "a family": "/people/{code}/family",
        "people": "/people",
        "lists": "/lists",
        "today": "/",
    }
    times: dict[str, Any] = {"bare": Times(_ask_bare, [p.code for p in persons]).told()}
    for page, path in pages.items():
        open_page = opening(path)
        Times(open_page, persons[:10])
        times[page] = Times(open_page, persons).told()
    return times


def _wait_for_names() -> None:
    """Until the names of the record have been read: a server has read them when it has started."""
    from accompany.people import search  # noqa: PLC0415 - Django is set up by now

    reader = search.names._reader  # noqa: SLF001 - nothing else waits for it
    if reader is not None:
        reader.join()


def _ask_bare(code: str) -> None:
    from django.db import connection  # noqa: PLC0415 - Django is set up by now

    with connection.cursor() as cursor:
        cursor.execute("SELECT id, holder_id FROM people_person WHERE code = %s", [code])
        (person, _holder) = cursor.fetchone()
        cursor.execute("SELECT * FROM custody_stay WHERE person_id = %s", [person])
        cursor.fetchall()
