"""Whom do companions accompany, from a terminal?"""

from typing import Any

import click

from accompany.access import actions, queries
from accompany.access.actors import Actor
from accompany.access.door import asks_for
from accompany.access.terms import Permission
from accompany.base import codes
from accompany.base.refusal import Objection, Refused
from accompany.cli import printing
from accompany.cli.door import Section
from accompany.cli.persons import own_person
from accompany.cli.values import FORMAT, code_typed
from accompany.people import actions as people_actions

NO_SUCH_CASE = Objection(
    "cli.no-such-case",
    "There is no case of that code in your organisation.",
    "See `accompany cases`.",
)


@click.group("cases", cls=Section)
def cases() -> None:
    """List the cases of your organisation, and say who sees whom by them."""


@cases.command("list")
@asks_for(Permission.MANAGE_USERS)
@FORMAT
def list_cases(by: Actor, form: str) -> None:
    """Print the cases: code, how many persons, user names of the members."""
    found = [
        (
            codes.shown(one.code),
            str(len(one.records.all())),
            " ".join(member.user.username for member in one.members.all()),
        )
        for one in queries.cases(seen_by=by)
    ]
    if form == "json":
        keys = ("case", "persons", "members")
        printing.as_json([dict(zip(keys, line, strict=True)) for line in found])
    else:
        printing.table(("case", "persons", "members"), found)


@cases.command("make")
@asks_for(Permission.MANAGE_USERS)
def make(by: Actor) -> None:
    """Make a case, and print its code."""
    click.echo(codes.shown(actions.make_case(by=by).code))


@cases.command("put")
@asks_for(Permission.MANAGE_USERS)
@click.argument("case")
@click.argument("person")
def put(by: Actor, case: str, person: str) -> None:
    """Put a person into a case: its members see them from now on."""
    people_actions.put_in_case(person=own_person(person, by), case=_case(case, by).pk, by=by)
    click.echo("The person is in the case.")


@cases.command("take")
@asks_for(Permission.MANAGE_USERS)
@click.argument("case")
@click.argument("person")
def take(by: Actor, case: str, person: str) -> None:
    """Take a person out of a case."""
    actions.take_from_case(case=_case(case, by).pk, record=own_person(person, by), by=by)
    click.echo("The person is not in the case.")


@cases.command("join")
@asks_for(Permission.MANAGE_USERS)
@click.argument("case")
@click.argument("user")
def join(by: Actor, case: str, user: str) -> None:
    """Make a user a member of a case, or renew a place that has lapsed."""
    actions.join_case(case=_case(case, by).pk, username=user, by=by)
    click.echo("The user is a member.")


@cases.command("leave")
@asks_for(Permission.MANAGE_USERS)
@click.argument("case")
@click.argument("user")
def leave(by: Actor, case: str, user: str) -> None:
    """End a user's place in a case."""
    actions.leave_case(case=_case(case, by).pk, username=user, by=by)
    click.echo("The user is no member.")


def _case(code: str, by: Actor) -> Any:
    found = queries.case(code_typed(code), seen_by=by)
    if found is None:
        raise Refused([NO_SUCH_CASE])
    return found
