"""Does the record still say what it said, and is the installation as it should be?"""

import shutil
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import chain, starmap
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import click
from django.conf import settings
from django.db import connection

from accompany.access import checkpoints, keyring, rotation, trail
from accompany.access.actors import Actor
from accompany.access.door import asks_for, open_to_anybody
from accompany.access.terms import Permission
from accompany.base import clock, grants, guards, machine
from accompany.base.refusal import Refused
from accompany.cli import jobs, printing, ready, surroundings
from accompany.cli.door import command
from accompany.cli.ending import FoundSomething
from accompany.erasure.queries import confirmed, verify_counts
from accompany.sources.verification import verify_contents

FINDINGS = {
    "entry-changed": "The entry was changed after it was written.",
    "entry-missing": "The entry is missing from its batch.",
    "entry-in-no-batch": "The entry is in no batch.",
    "batch-broken": "The batch does not follow from the one before it.",
    "contents-changed": "What the entry brought was changed, is missing, or was added to.",
    "contents-missing": "Nothing tells any more what the entry brought.",
    "statement-of-no-entry": "Statements claim this entry, which brought nothing.",
    "cut-off": "A checkpoint names this batch, which is not there: the end was cut off.",
    "rewritten": "A checkpoint tells otherwise of this batch: what came before was rewritten.",
    "door-ajar": "The door for erasures was left open by something that is no erasure.",
    "erased-count-changed": "The count of persons erased, of this year or in all, was changed.",
}
LITTLE_SPACE = 1_000_000_000  # bytes: a list of a million rows takes about as much
STUCK = timedelta(hours=1)
PRAGMAS = {
    "journal_mode": "wal",
    "foreign_keys": 1,
    "recursive_triggers": 1,
    "synchronous": 2,
    "secure_delete": 1,
}


@command("verify", needs_guards=False, needs_digests=False)
@asks_for(Permission.READ_TRAIL)
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file of checkpoints that were kept elsewhere, in whatever text.",
)
def verify(by: Actor, against: Path | None) -> None:
    """
    Check every entry of the trail, and that every statement and row is as its entry brought it.

    Prints what was changed, is missing or stands in the wrong order, by number; exit code 3 then.
    Only a checkpoint tells whether the end was cut off or everything rewritten: see `accompany
    checkpoint`.
    """
    kept = [] if against is None else checkpoints.in_text(against.read_text(errors="replace"))
    with printing.Watch() as watch:
        count = print_findings(chain(findings(watch), checkpoints.against(kept)))
    if count:
        raise FoundSomething
    if kept:
        click.echo(f"The trail agrees with the {len(kept)} checkpoints that were kept.")
    click.echo("Nothing was found: the trail and all that it brought are as they were written.")


def print_findings(found: Iterable[trail.Finding]) -> int:
    """Print what was found, a line each; how much it was."""
    count = 0
    for finding in found:
        count += 1
        click.echo(f"{finding.number}: {FINDINGS.get(finding.kind, '')} [{finding.kind}]")
    return count


def findings(tell: trail.Tell) -> Iterator[trail.Finding]:
    """Everything in the record that is not as it was written."""
    yield from trail.verify(tell)
    yield from verify_contents(tell)
    yield from verify_counts()


@command("checkpoint", needs_guards=False, needs_digests=False)
@asks_for(Permission.READ_TRAIL)
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
def checkpoint(by: Actor, file: Path | None) -> None:
    """
    Print the newest position of the trail, or add it to FILE: a number, a moment, a digest.

    Keep it elsewhere: on paper, in somebody's mail, on another machine. It tells of nobody. Later
    `accompany verify --against FILE` finds whether what came before was cut off or rewritten.
    """
    newest = checkpoints.newest(seen_by=by)
    words = "" if newest is None else newest.in_words()
    if file is None:
        click.echo(words, nl=False)
        return
    with file.open("a", encoding="utf-8") as to:
        to.write(words + "\n")


class Check(NamedTuple):
    """One thing that was looked at: what, and, if it is not as it should be, what to do."""

    what: str
    remedy: str | None = None


@command("doctor")
@open_to_anybody
@click.option("--repair", is_flag=True, help="Make missing guards again, and nothing else.")
def doctor(repair: bool) -> None:  # noqa: FBT001 - click hands it over by name
    """
    Check the installation: key, database, guards, disk, clock, jobs. It reads no record.

    A line for each: ok, or what was found and what to do; exit code 3 if anything was found.
    """
    if repair and ready.is_there() and ready.has_tables():
        guards.install(connection)
    checks = [check for look in _looks() for check in look()]
    for check in checks:
        word = "found" if check.remedy else "ok"
        click.echo(f"{word:6} {check.what} {check.remedy or ''}".rstrip())
    if any(check.remedy for check in checks):
        raise FoundSomething


def _looks() -> Iterator[Callable[[], Iterator[Check]]]:
    """What to look at, as far as there is anything to look at."""
    yield from (_home, _key, _space)
    yield _database
    try:
        there = ready.is_there() and ready.has_tables()
    except Refused:
        return
    if not there:
        return
    yield from (_tables, _pragmas, _at_rest, _spool)
    if not (ready.pending_migrations() or ready.unknown_migrations()):
        yield from (_clock, _jobs, _erasures, _wrapping, _around)


def _around() -> Iterator[Check]:
    """What lies around the record, and is not in it."""
    yield from starmap(Check, surroundings.ways_to_database())
    yield from starmap(Check, surroundings.known_passwords())
    yield from starmap(Check, surroundings.tried_in_vain())


def _home() -> Iterator[Check]:
    home = Path(settings.HOME)
    if not home.is_dir():
        yield Check("There is no home folder.", "Run `accompany setup`, or mend ACCOMPANY_HOME.")
    elif _open_to_others(home):
        yield Check(
            "Others on this machine can look into the home folder.", f"Type: chmod 700 {home}"
        )
    else:
        yield Check("The home folder is for its owner only.")
    if home.is_dir() and not machine.may_write(home):
        yield Check("The home folder may only be read.", machine.READ_ONLY.remedy)


def _open_to_others(path: Path) -> bool:
    return bool(path.stat().st_mode & 0o077)


def _key() -> Iterator[Check]:
    try:
        keyring.keys()
    except Refused as refused:
        for objection in refused.objections:
            yield Check(*objection.told())
        return
    try:
        keyring.refuse_without_digests()
    except Refused as refused:
        for objection in refused.objections:
            yield Check(*objection.told())
    if not keyring.source().is_file:
        yield Check("The keys are there; they come from an environment value or a command.")
        return
    yield Check("The key file is there and as the set-up wrote it.")
    if _open_to_others(keyring.path()):
        yield Check("Others on this machine can read the key.", f"Type: chmod 600 {keyring.path()}")
    else:
        yield Check("The key file is for its owner only.")


def _space() -> Iterator[Check]:
    home = Path(settings.HOME)
    free = shutil.disk_usage(home if home.is_dir() else home.anchor or "/").free
    said = f"{free / 1e9:,.1f} GB are free on the disk of the home folder."
    yield Check(said, "Make room before the next list." if free < LITTLE_SPACE else None)


def _database() -> Iterator[Check]:
    try:
        there = ready.is_there()
    except Refused as refused:
        for objection in refused.objections:
            yield Check(*objection.told())
        return
    if there and ready.has_tables():
        yield Check(f"The database answers ({connection.vendor}).")
    else:
        yield Check("There is no record in the database yet.", "Run `accompany setup`.")


def _tables() -> Iterator[Check]:
    pending = ready.pending_migrations()
    if pending:
        yield Check(
            f"The database is of an older version ({pending} changes).",
            "Run `accompany migrate`, after a backup.",
        )
        return
    if ready.unknown_migrations():
        yield Check("The database is of a newer version.", ready.NEWER.remedy)
        return
    yield Check("The tables are of this version.")
    missing = guards.missing(connection)
    for name in missing:
        yield Check(f"The guard {name} is missing or changed.", "Run `accompany doctor --repair`.")
    if not missing:
        yield Check(f"All guards stand, on {len(guards.guarded_models())} tables.")


def _pragmas() -> Iterator[Check]:
    if connection.vendor != "sqlite":
        return
    wrong = [name for name, wanted in PRAGMAS.items() if _pragma(name) != wanted]
    for name in wrong:
        yield Check(
            f"SQLite's {name} is not as the record needs it.",
            "Keep the database on a local disk, and set nothing in its place.",
        )
    if not wrong:
        yield Check("SQLite is set as the record needs it.")


def _pragma(name: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}")
        (value,) = cursor.fetchone()
        return value


def _at_rest() -> Iterator[Check]:
    """What keeps days and places, which are not sealed, from whoever has a copy."""
    if connection.vendor != "sqlite":
        yield from _roles()
        yield Check("PostgreSQL does not encrypt its files: keep them on an encrypted volume.")
    elif ready.is_encrypted_as_a_whole():
        yield Check("The SQLite file is encrypted as a whole.")
    else:
        yield Check(
            "The SQLite file is not encrypted as a whole: ACCOMPANY_PLAIN_SQLITE says that its "
            "disk is."
        )


def _roles() -> Iterator[Check]:
    """Whether whoever takes the application over could take its guards off."""
    if settings.ACCOMPANY_APPLICATION_ROLE and not grants.too_much(connection):
        yield Check("The application's role may only read, add and withdraw.")
    else:
        yield Check(
            "The application's role may do more to the tables than read, add and withdraw.",
            "Let another role own them: name it in ACCOMPANY_OWNER_URL, then run `accompany "
            "migrate`.",
        )


def _spool() -> Iterator[Check]:
    folder = Path(settings.ACCOMPANY_SPOOL)
    left = [one for one in folder.iterdir() if _is_old(one)] if folder.is_dir() else []
    if left:
        yield Check(
            f"{len(left)} files under way have lain for more than a day, encrypted.",
            "See the page Lists for files that wait for a decision; delete the rest.",
        )
    else:
        yield Check("No file under way was left lying.")


def _is_old(path: Path) -> bool:
    return clock.now().timestamp() - path.stat().st_mtime > 24 * 3600


def _clock() -> Iterator[Check]:
    last = trail.last_sealed_at()
    if last is not None and last > clock.now() + timedelta(minutes=1):
        yield Check(
            "The clock stands before the last entry of the trail.", "Set the machine's clock."
        )
    else:
        yield Check("The clock goes on from the last entry of the trail.")


def _jobs() -> Iterator[Check]:
    waiting = jobs.waiting_since()
    if waiting is not None and waiting < clock.now() - STUCK:
        yield Check(
            "A job has waited for more than an hour.", "See that `accompany serve` is running."
        )
    else:
        yield Check("No job is stuck.")


def _erasures() -> Iterator[Check]:
    count, since = confirmed()
    if since is None:
        yield Check("No erasure that was confirmed waits to be carried out.")
    else:
        yield Check(
            f"Erasures that were confirmed and not carried out: {count}, the first since "
            f"{since.astimezone(ZoneInfo(settings.TIME_ZONE)):%Y-%m-%d}.",
            "Run `accompany erase --confirmed`.",
        )


def _wrapping() -> Iterator[Check]:
    try:
        rotation.refuse_other_keys()
    except Refused as refused:
        for objection in refused.objections:
            yield Check(*objection.told())
        return
    by_hand = not keyring.source().is_file
    if rotation.is_under_way():
        yield Check(
            "An old wrapping key is not destroyed yet: erasure has not reached old copies.",
            "Run `accompany keys rotate`, then `accompany keys forget`."
            if by_hand
            else "Run `accompany keys rotate`.",
        )
    elif rotation.is_due():
        yield Check(
            "The wrapping key is more than a week old: erasure has not reached old copies.",
            "Run `accompany keys rotate`."
            if by_hand
            else "See that `accompany serve` is running, which changes it every week.",
        )
    else:
        yield Check("The wrapping key is less than a week old.")
