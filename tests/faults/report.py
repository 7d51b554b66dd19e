"""
What was killed, how often, at which moments, and what was found?

    python -m tests.faults.report NOTES REPORT

makes the report in Markdown of what the fault tests noted.
"""

import json
import platform
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

MOMENTS = ("before", "within", "before or within", "after")
HEAD = """\
# Faults

Importer, web process, worker and PostgreSQL are killed with `kill -9` at moments drawn by chance,
and after each kill the same is asked. Is everything there that was acknowledged? Is anything
there by halves: a list of which some rows are missing, a person without their statements, a
statement without its entry, a number without its digest, anything sealed without its key? Do
`accompany verify` and `accompany doctor` find nothing? Does the work go on: is the same file
taken or recognised, a form that was sent again one record and not two, a job taken up again, an
old key destroyed?

`python3 dev.py faults` does it anew and writes this page. `tests/faults/` is how.

A kill came *before* the acknowledgement if nothing was recorded; *within*, if it was recorded and
nobody had been told; *after*, if somebody had. Where what was killed goes on by itself at once,
nobody can look between, and the first two are one.
"""
FOOT = """\
## What this does not show

A kill is no loss of power: what a process gave to the operating system is still written to the
disk. That a commit is on the disk itself before it is acknowledged rests on `synchronous=FULL` on
SQLite and on PostgreSQL’s `fsync`, which were on here as they are in an installation.
"""


def main(notes: Path, report: Path) -> None:
    """Write the report."""
    seen = [json.loads(line) for line in notes.read_text(encoding="utf-8").splitlines()]
    parts = [HEAD, *(part for on in sorted({one["on"] for one in seen}) for part in of(on, seen))]
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text("\n".join([*parts, FOOT]), encoding="utf-8")


def of(on: str, seen: list[dict[str, Any]]) -> Iterator[str]:
    """What was seen on one database."""
    kills = [one for one in seen if one["on"] == on]
    versions = kills[0]["versions"]
    others = ", ".join(f"{name} {told}" for name, told in versions.items() if name != "database")
    seeds = ", ".join(str(one) for one in sorted({one["seed"] for one in kills}))
    found = [one for one in kills if one["found"]]
    yield f"## On {versions['database']}\n"
    yield (
        f"{len(kills)} kills on {time.strftime('%Y-%m-%d')}, seed {seeds}; {others}, "
        f"{platform.system()} {platform.release().split('-')[0]}.\n"
    )
    yield table(
        ["Killed", "while", "times", *MOMENTS, "found"],
        (line(what, doing, kills) for what, doing in pairs(kills)),
    )
    yield "" if found else "Nothing was found.\n"
    for one in found:
        yield f"- Kill {one['number']} ({one['kind']}): {one['found']}\n"


def pairs(kills: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """What was killed while what was being done, each once."""
    return sorted({(one["what"], one["doing"]) for one in kills})


def line(what: str, doing: str, kills: list[dict[str, Any]]) -> list[str]:
    """One line of the table."""
    these = [one for one in kills if (one["what"], one["doing"]) == (what, doing)]
    moments = Counter(one["moment"] for one in these)
    found = sum(bool(one["found"]) for one in these)
    return [what, doing, *map(str, (len(these), *(moments[one] for one in MOMENTS), found))]


def table(heads: list[str], rows: Iterable[list[str]]) -> str:
    """A table in Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in lines) + "\n"


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
