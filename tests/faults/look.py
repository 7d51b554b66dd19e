"""
What is on record, and is anything of it half there?

    python -m tests.faults.look

starts as any command does, after whatever was killed, and prints what it finds as JSON: what
`verify` and `doctor` say, how many rows the tables have, which lists, which persons of no list.
"""

import contextlib
import io
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import django

django.setup()

# Only after the set-up: all know models.
from django.apps import apps  # noqa: E402
from django.db import connection  # noqa: E402
from django_tasks_db.models import DBTaskResult  # noqa: E402

from accompany.access.models import Brought, Digest, Entry, Key, Waiting  # noqa: E402
from accompany.access.trail import counts_in  # noqa: E402
from accompany.base import codes  # noqa: E402
from accompany.base.tables import TableKind, kind_of  # noqa: E402
from accompany.cli.door import accompany  # noqa: E402
from accompany.people.models import AboutPerson, Identifier, Name, Person  # noqa: E402
from accompany.sources.models import (  # noqa: E402
    Question,
    ReceivedList,
    ReceivedRow,
    Telling,
)

NOT_OF_A_STATEMENT = ("incoming", "user", "factor")
"""Kinds of keys that come with an upload or an account."""
STATEMENTS: list[Any] = [one for one in apps.get_models() if kind_of(one) is TableKind.STATEMENT]


def main() -> None:
    """Print all of it."""
    told = {
        "verify": said("verify"),
        "doctor": said("doctor"),
        "rows": rows(),
        "halves": sorted(halves()),
        "lists": lists(),
        "by_hand": by_hand(),
        "jobs": Counter(DBTaskResult.objects.values_list("status", flat=True)),
        "versions": versions(),
    }
    json.dump(told, sys.stdout)


def said(command: str) -> tuple[int, list[str]]:
    """How a command ended, and its lines."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = accompany.run([command])
    return code, out.getvalue().splitlines()


def rows() -> dict[str, int]:
    """How many rows there are of all that a list or a form brings, and of their keys by kind."""
    models = [*STATEMENTS, Digest, Question, ReceivedRow, Telling]
    counts = {model._meta.label: model.objects.count() for model in models}
    kinds = Counter(Key.objects.values_list("kind", flat=True))
    kept = {f"keys: {kind}": n for kind, n in kinds.items() if kind not in NOT_OF_A_STATEMENT}
    return {what: many for what, many in (counts | kept).items() if many}


def halves() -> Iterator[str]:
    """Whatever is there without what must have come with it."""
    entries = all_of(Entry, "number")
    for model in STATEMENTS:
        yield from less(f"{model._meta.label} of no entry", all_of(model, "recorded_in"), entries)
    keys, persons, tellings = all_of(Key, "record"), all_of(Person, "pk"), all_of(Telling, "pk")
    for model in (Person, ReceivedRow, ReceivedList):
        yield from less(f"{model._meta.label} without a key", all_of(model, "pk"), keys)
    yield from less("persons without a name", persons, all_of(Name, "person"))
    yield from less("persons whom nobody told of", all_of(Person, "source"), tellings)
    numbers = set(Identifier.objects.exclude(value=None).values_list("pk", flat=True))
    digests = all_of(Digest, "identifier")
    yield from less("numbers without a digest", numbers, digests)
    yield from less("digests of no number", digests, numbers)
    bringing = set(Entry.objects.filter(brings=True).values_list("number", flat=True))
    yield from less("entries that say not what they brought", bringing, all_of(Brought, "entry"))
    yield from less("entries that wait and are not there", all_of(Waiting, "number"), entries)


def all_of(model: Any, column: str) -> set[Any]:
    return set(model.objects.values_list(column, flat=True))


def less(what: str, some: set[Any], others: set[Any]) -> Iterator[str]:
    """A line if there are some that are not among the others."""
    if some - others:
        yield f"{what}: {len(some - others)}"


def lists() -> dict[str, dict[str, int]]:
    """Each list by its code: the rows that its entry counted, and those that are there."""
    found: Iterable[Any] = ReceivedList.objects.all()
    return {
        codes.shown(one.code): {
            "counted": counts_in(Entry.objects.get(pk=one.recorded_in).counts)["rows"],
            "there": ReceivedRow.objects.filter(of=one.pk, kind="record").count(),
        }
        for one in found
    }


def by_hand() -> dict[str, dict[str, Any]]:
    """Each person of no list, by id: their code, and how many statements of each kind there are."""
    persons = Person.objects.filter(row=None)
    found: dict[str, Any] = {one.pk.hex: {"code": codes.shown(one.code)} for one in persons}
    for model in STATEMENTS:
        if issubclass(model, AboutPerson):
            told = model.objects.filter(row=None).values_list("person", flat=True)
            for person, many in Counter(told).items():
                found[person.hex][model._meta.model_name] = many
    return found


def versions() -> dict[str, str]:
    """Of what this ran on."""
    is_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()" if is_sqlite else "SHOW server_version")
        number = cursor.fetchone()[0].split()[0]
    return {
        "database": f"{'SQLite' if is_sqlite else 'PostgreSQL'} {number}",
        "Python": ".".join(map(str, sys.version_info[:3])),
        "Django": django.get_version(),
    }


if __name__ == "__main__":
    main()
