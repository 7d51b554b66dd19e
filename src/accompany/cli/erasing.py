"""How is a person erased from a terminal, and what waits?"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import click

from accompany.access import queries as access
from accompany.access.actors import Actor
from accompany.access.door import asks_for
from accompany.access.terms import Permission
from accompany.base import codes
from accompany.base.refusal import Objection, Refused, refuse_if
from accompany.cli import printing
from accompany.cli.door import command
from accompany.cli.persons import NO_SUCH_PERSON
from accompany.cli.values import code_typed
from accompany.erasure import actions, queries, rules
from accompany.erasure.terms import Because, Goes, Waiting
from accompany.people import queries as people


@command("erase")
@asks_for(Permission.SEE_PERSONS, Permission.ERASE)
@click.argument("code", required=False)
@click.option(
    "--because",
    type=click.Choice(Because.values),
    help="Why: a code, and no words, which would tell of the person.",
)
@click.option(
    "--confirmed",
    "is_carried_out",
    is_flag=True,
    help="In place of a code: carry out all that two persons decided on the pages.",
)
@click.option("--yes", is_flag=True, help="Do it; without this, only say what would go.")
def erase(
    by: Actor,
    code: str | None,
    because: str | None,
    is_carried_out: bool,  # noqa: FBT001 - click hands it over by name
    yes: bool,  # noqa: FBT001
) -> None:
    """
    Erase a person: say what goes, ask for it, and, as another account, confirm it.

    Nobody erases alone: the first account asks, and a second one (--as) confirms with the same
    command and reason. Where another role owns the tables, pages ask and confirm, and this carries
    out what is --confirmed. It cannot be undone.
    """
    if is_carried_out and code is None and because is None:
        _carry_out(by, yes=yes)
    elif code is None or because is None or is_carried_out:
        raise click.UsageError("Give a code and --because, or --confirmed and neither.")
    else:
        _ask_or_confirm(code, Because(because), by, yes=yes)


def _ask_or_confirm(code: str, because: Because, by: Actor, *, yes: bool) -> None:
    person = _person(code, by)
    waiting = queries.waiting_for(person.pk, seen_by=by)
    goes = queries.goes(person.pk, seen_by=by)
    shown = codes.shown(person.code)
    if not yes:
        _print(f"Would be erased, with --yes: {shown}", goes)
    elif waiting is None:
        actions.ask_to_erase(person=person.pk, because=because, by=by)
        _print(f"Asked for, and waiting for a second account: {shown}", goes)
    else:
        _print("Erased", actions.erase(person=person.pk, by=by))


def _carry_out(by: Actor, *, yes: bool) -> None:
    """Erase each who was confirmed; one that is refused keeps no other from being erased."""
    found = [one for one in queries.waiting(seen_by=by) if one.confirmed_by]
    shown = people.codes_of(one.person for one in found)
    names = _names(found)
    objections: list[Objection] = []
    for one in found:
        code = codes.shown(shown[one.person])
        try:
            if yes:
                _print("Erased", actions.erase_confirmed(person=one.person, by=by))
            else:
                refuse_if(rules.objections_to_carrying_out(one))
                _print(f"Would be erased, with --yes: {code}", queries.goes(one.person, seen_by=by))
                click.echo(f"  {_words(one, names)}")
        except Refused as refused:
            click.echo(f"Not as it was confirmed: {code}")
            objections += refused.objections
    if not found:
        click.echo("None is confirmed.")
    refuse_if(objections)


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
    """
    Print the erasures that wait: code, reason, who asked for it and when, and who confirmed it.

    One that is confirmed waits for `accompany erase --confirmed`, any other for a second account.
    """
    found = queries.waiting(seen_by=by)
    names, shown = _names(found), people.codes_of(one.person for one in found)
    for one in found:
        click.echo(f"{codes.shown(shown[one.person])}  {_words(one, names)}")
    if not found:
        click.echo("None waits.")


def _names(found: list[Waiting]) -> dict[UUID, str]:
    """How those are called who asked and who confirmed."""
    return access.names_of(who for one in found for who in (one.by, one.confirmed_by) if who)


def _words(one: Waiting, names: dict[UUID, str]) -> str:
    said = f"{one.because}, asked for by {names.get(one.by, '')} on {one.at:%Y-%m-%d}"
    if one.confirmed_by is None or one.confirmed_at is None:
        return said
    who = names.get(one.confirmed_by, "")
    return f"{said}, confirmed by {who} on {one.confirmed_at:%Y-%m-%d}"
