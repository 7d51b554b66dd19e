"""How is a person erased from a terminal, and what waits?"""

from collections.abc import Iterator
from typing import Any

import click

from accompany.access import queries as access
from accompany.access.actors import Actor
from accompany.access.door import asks_for
from accompany.access.terms import Permission
from accompany.base import codes
from accompany.base.refusal import Refused
from accompany.cli import printing
from accompany.cli.door import command
from accompany.cli.persons import NO_SUCH_PERSON
from accompany.cli.values import code_typed
from accompany.erasure import actions, queries
from accompany.erasure.terms import Because, Goes, Waiting
from accompany.people import queries as people


@command("erase")
@asks_for(Permission.SEE_PERSONS, Permission.ERASE)
@click.argument("code")
@click.option(
    "--because",
    type=click.Choice(Because.values),
    required=True,
    help="Why: a code, and no words, which would tell of the person.",
)
@click.option("--yes", is_flag=True, help="Do it; without this, only say what would go.")
def erase(by: Actor, code: str, because: str, yes: bool) -> None:  # noqa: FBT001
    """
    Erase a person: say what goes, ask for it, and, as another account, confirm it.

    Nobody erases alone: the first account asks, and a second one (--as) confirms with the same
    command and reason. It cannot be undone.
    """
    person = _person(code, by)
    waiting = queries.waiting_for(person.pk, seen_by=by)
    goes = queries.goes(person.pk, seen_by=by)
    shown = codes.shown(person.code)
    if not yes:
        _print(f"Would be erased, with --yes: {shown}", goes)
    elif waiting is None:
        actions.ask_to_erase(person=person.pk, because=Because(because), by=by)
        _print(f"Asked for, and waiting for a second account: {shown}", goes)
    else:
        _print("Erased", actions.erase(person=person.pk, by=by))


def _person(code: str, by: Actor) -> Any:
    found = people.person(code_typed(code), seen_by=by)
    if found is None or found.holder_id != by.organisation:
        raise Refused([NO_SUCH_PERSON])
    return found


def _print(done: str, goes: Goes) -> None:
    click.echo(done)
    printing.pairs(_lines(goes))


def _lines(goes: Goes) -> Iterator[tuple[str, int]]:
    yield "  records of the person", goes.records
    yield "  statements", goes.statements
    yield "  statements kept for others, without them", goes.kept
    yield "  rows of lists, which nobody can open again", goes.rows
    yield "  workbooks, which nobody can have back", goes.files


@command("erasures")
@asks_for(Permission.SEE_PERSONS, Permission.ERASE)
def erasures(by: Actor) -> None:
    """Print the erasures that wait for a second account: code, reason, who asked, and when."""
    found = queries.waiting(seen_by=by)
    names = access.names_of(one.by for one in found)
    shown = people.codes_of(one.person for one in found)
    for one in found:
        click.echo(f"{codes.shown(shown[one.person])}  {_words(one, names.get(one.by, ''))}")
    if not found:
        click.echo("None waits.")


def _words(one: Waiting, who: str) -> str:
    return f"{one.because}, asked for by {who} on {one.at:%Y-%m-%d}"
