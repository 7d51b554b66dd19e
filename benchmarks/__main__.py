"""
How long does it take, beside the least that the same work could take?

    python3 dev.py bench [NAMES] [--rows N] [--database sqlite|postgresql|both]

Without names, all of them. The machine should have nothing else to do; what counts are the ratios,
each measured in one run. `docs/benchmarks.md` tells what was found and what it means.
"""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks import figures, imports, keys, known, pages, search, trail, walls
from benchmarks.place import DATABASES, Maker, maker
from benchmarks.population import populate

OF_A_POPULATION = {
    "pages": pages,
    "search": search,
    "figures": figures,
    "known": known,
    "trail": trail,
    "walls": walls,
}
"""Each has `measure`, which yields lines about one installation with so many persons."""
OF_AN_EMPTY_PLACE = {"keys": keys}
"""Each has `measure`, which yields lines about an installation in which nobody is on record."""
POPULATIONS = (1_000, 100_000, 1_000_000)
NAMES = ("import", *OF_A_POPULATION, *OF_AN_EMPTY_PLACE)


def main() -> None:
    """Measure what was asked for."""
    given = arguments()
    names = given.names or NAMES
    for database in DATABASES if given.database == "both" else (given.database,):
        with maker(database) as made:
            if "import" in names:
                measure_imports(made, [given.rows] if given.rows else imports.SIZES)
            for name in [name for name in OF_AN_EMPTY_PLACE if name in names]:
                measure_in_an_empty_place(made, name, given.rows)
            for rows in [given.rows] if given.rows else POPULATIONS:
                measure_of_population(made, rows, wanted(names, rows, given.rows))


def wanted(names: Sequence[str], rows: int, only: int | None) -> list[str]:
    """The subjects that are measured with so many persons."""
    subjects = [name for name in OF_A_POPULATION if name in names]
    if only:
        return subjects
    return [s for s in subjects if rows in getattr(OF_A_POPULATION[s], "SIZES", POPULATIONS)]


def measure_imports(made: Maker, sizes: Sequence[int]) -> None:
    """Measure receiving lists of these sizes."""
    with tempfile.TemporaryDirectory(prefix="accompany-bench-") as folder:
        for rows in sizes:
            for line in imports.measure(made, rows, Path(folder)):
                print(f"import on {made.database}: {line}", flush=True)


def measure_in_an_empty_place(made: Maker, name: str, rows: int | None) -> None:
    """Measure what makes all that it needs."""
    subject = OF_AN_EMPTY_PLACE[name]
    for size in [rows] if rows else subject.SIZES:
        with made.fresh() as place:
            for line in subject.measure(place, size):
                print(f"{name} on {made.database}: {line}", flush=True)


def measure_of_population(made: Maker, rows: int, subjects: Sequence[str]) -> None:
    """Measure what needs people on record, all on the same record."""
    if not subjects:
        return
    with made.fresh() as place:
        place.run(populate, persons=rows)
        for name in subjects:
            for line in OF_A_POPULATION[name].measure(place, rows):
                print(f"{name} on {made.database}: {line}", flush=True)


def arguments() -> argparse.Namespace:
    """What was typed."""
    parser = argparse.ArgumentParser(prog="dev.py bench")
    parser.add_argument("names", nargs="*", metavar="NAMES", help=f"of {', '.join(NAMES)}; or all")
    parser.add_argument("--rows", type=int, help="one size, instead of each subject's own")
    parser.add_argument("--database", choices=[*DATABASES, "both"], default="both")
    given = parser.parse_args()
    if unknown := set(given.names) - set(NAMES):
        parser.error(f"there is no benchmark named {', '.join(sorted(unknown))}")
    return given


if __name__ == "__main__":
    main()
