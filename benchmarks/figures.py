"""
How long does a figure take, beside the same question in bare SQL on the record?

Both ask at this moment about everybody. The figure's own time is that of its SQL over the extract;
making the extract, and finding out what has to be withheld, are told apart: each is done once for a
state of the record, whatever is asked of it. Both must give the same number of children.
"""

from collections.abc import Iterator
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks.place import Place, peak
from benchmarks.population import LAST

SIZES = (1_000_000,)
MOST_TIMES_BARE = 2
_TIMES = 3


def measure(place: Place, rows: int) -> Iterator[str]:
    """Ask every figure."""
    found = place.run(ask_figures)
    yield (
        f"{rows:,} persons: extract {found['extract']:.1f} s, protection {found['protection']:.1f} "
        f"s, each once; memory {found['peak']:.0f} MB"
    )
    for name, (own, bare) in found["figures"].items():
        yield (
            f"    {name}: {own:.2f} s, {own / bare:.2f} times bare SQL of {bare:.2f} s "
            f"(at most {MOST_TIMES_BARE})"
        )


def ask_figures() -> dict[str, Any]:
    """Times of the extract, of each figure, of its bare twin, and of the protection."""
    from accompany.access import queries, trail  # noqa: PLC0415 - Django is set up by now
    from accompany.figures.catalogue import CATALOGUE, measure, results  # noqa: PLC0415
    from accompany.figures.extract import extract_at  # noqa: PLC0415

    by = queries.operator()
    start = perf_counter()
    engine = extract_at(trail.known(), by.organisation).engine
    extract, memory = perf_counter() - start, peak()
    figures, own = {}, 0.0
    for name, figure in CATALOGUE.items():
        taken, bare = [], []
        for _ in range(_TIMES):
            start = perf_counter()
            measured = measure(figure, engine, on=LAST)
            taken.append(perf_counter() - start)
            start = perf_counter()
            children = _ask_bare(name)
            bare.append(perf_counter() - start)
        told = sum(measured.counts[figure.tables[0]].values())
        assert told == children, (name, told, children)
        figures[name] = (median(taken), median(bare))
        own += median(taken)
    population = next(iter(CATALOGUE.values())).population
    start = perf_counter()
    results(population, engine, on=LAST)
    protection = max(perf_counter() - start - own, 0.0)
    return {"extract": extract, "protection": protection, "figures": figures, "peak": memory}


def _ask_bare(name: str) -> int:
    """The children whom the bare twin of a figure counts."""
    from django.db import connection  # noqa: PLC0415 - Django is set up by now

    on_sqlite = connection.vendor == "sqlite"
    seconds = "strftime('%%s', {})" if on_sqlite else "extract(epoch from {})"
    days = "CAST(({} - {}) / 86400 AS INTEGER)"
    question = BARE[name].format(
        care=days.format(seconds.format("stay.ended_latest"), seconds.format("stay.began_latest")),
        wait=days.format(seconds.format("approved.on_latest"), seconds.format("taken.on_latest")),
    )
    with connection.cursor() as cursor:
        cursor.execute(question, {"by": f"{LAST} 23:59:59+00:00"})
        return sum(row[-1] for row in cursor.fetchall())


_SEPARATED = """
FROM custody_separation AS separated
JOIN people_person AS person ON person.id = separated.person_id
"""
_TOLD_APART = """
LEFT JOIN people_description AS described
    ON described.person_id = person.id AND described.withdrawn_in IS NULL
LEFT JOIN people_birth AS born
    ON born.person_id = person.id AND born.withdrawn_in IS NULL
LEFT JOIN custody_handover AS referred
    ON referred.person_id = person.id AND referred.kind = 'referred'
    AND referred.withdrawn_in IS NULL
LEFT JOIN facilities_facility AS office ON office.id = referred.place_id
"""
_WITH_STAY = """
LEFT JOIN custody_stay AS stay
    ON stay.person_id = person.id AND stay.custodian = 'orr' AND stay.withdrawn_in IS NULL
"""
_WITH_END = f"""{_WITH_STAY}
LEFT JOIN custody_reunification AS united
    ON united.person_id = person.id AND united.on_latest <= %(by)s
    AND united.united_with = 'separated-parent' AND united.withdrawn_in IS NULL
"""
_WHERE = """
WHERE separated.taken_from = 'parent' AND separated.on_latest <= %(by)s
    AND separated.withdrawn_in IS NULL AND person.withdrawn_in IS NULL
"""
_AGE = """
CASE WHEN age < 5 THEN '0-4' WHEN age < 10 THEN '5-9' WHEN age < 13 THEN '10-12'
     WHEN age < 16 THEN '13-15' ELSE '16+' END
"""
_END = """
CASE WHEN united.id IS NOT NULL THEN 'separated-parent'
     WHEN stay.ended_latest <= %(by)s THEN 'discharged-otherwise' ELSE 'still-in-care' END
"""

# One statement of each kind of a child, as the population of these benchmarks has them: then a
# plain join asks the same. All dimensions at once, from which every table can be added up.
BARE = {
    "children-separated": f"""
        SELECT sex, nationality, {_AGE}, office.name, cause, count(*)
        {_SEPARATED} {_TOLD_APART} {_WHERE} GROUP BY 1, 2, 3, 4, 5
    """,
    "reunified": f"""
        SELECT nationality, {_AGE}, office.name, {_END}, count(*)
        {_SEPARATED} {_TOLD_APART} {_WITH_END} {_WHERE} GROUP BY 1, 2, 3, 4
    """,
    "days-in-care": f"""
        SELECT {_END}, {{care}}, count(*)
        {_SEPARATED} {_WITH_END} {_WHERE} GROUP BY 1, 2
    """,
    "days-from-apprehension-to-orr-approval": f"""
        SELECT {{wait}}, count(*)
        {_SEPARATED}
        LEFT JOIN custody_apprehension AS taken
            ON taken.person_id = person.id AND taken.withdrawn_in IS NULL
        LEFT JOIN custody_handover AS approved
            ON approved.person_id = person.id AND approved.kind = 'approved'
            AND approved.withdrawn_in IS NULL
        {_WHERE} GROUP BY 1
    """,
}
