"""
How long does it take, beside the least that the same work could take?

    python3 dev.py bench [NAMES] [--rows N] [--database sqlite|postgresql|both]

Without names, all of them. The machine should have nothing else to do; what counts are the ratios,
each measured in one run. `docs/benchmarks.md` tells what was found and what it means.
"""

import argparse
import tempfile
from pathlib import Path
from types import ModuleType

from benchmarks import imports
from benchmarks.place import DATABASES, maker

SUBJECTS: dict[str, ModuleType] = {"import": imports}
"""Each has SIZES, and `measure`, which yields lines for one size on one kind of database."""


def main() -> None:
    """Measure what was asked for."""
    given = arguments()
    for database in DATABASES if given.database == "both" else (given.database,):
        with maker(database) as made, tempfile.TemporaryDirectory() as folder:
            for name in given.names or SUBJECTS:
                subject = SUBJECTS[name]
                print(f"\n{name} on {database}", flush=True)
                for rows in [given.rows] if given.rows else subject.SIZES:
                    for line in subject.measure(made, rows, Path(folder)):
                        print(f"  {line}", flush=True)


def arguments() -> argparse.Namespace:
    """What was typed."""
    parser = argparse.ArgumentParser(prog="dev.py bench")
    parser.add_argument("names", nargs="*", choices=[*SUBJECTS, []], help="which; without, all")
    parser.add_argument("--rows", type=int, help="one size, instead of each subject's own")
    parser.add_argument("--database", choices=[*DATABASES, "both"], default="both")
    return parser.parse_args()


if __name__ == "__main__":
    main()
