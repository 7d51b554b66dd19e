"""To whom are some records kept, from a terminal?"""

from typing import Any

import click

from accompany.access import actions, queries
from accompany.access.actors import Actor
from accompany.access.door import asks_for
from accompany.access.terms import Permission
from accompany.base.refusal import Objection, Refused
from accompany.cli import printing
from accompany.cli.door import Section
from accompany.cli.persons import own_person
from accompany.cli.values import FORMAT
from accompany.people import actions as people_actions

NO_SUCH_TEAM = Objection(
    "cli.no-such-team",
    "There is no team of that name in your organisation.",
    "See `accompany teams`.",
)


@click.group("teams", cls=Section)
def teams() -> None:
    """List the teams of your organisation, and say which records are kept to them."""


@teams.command("list")
@asks_for(Permission.MANAGE_USERS)
@FORMAT
def list_teams(by: Actor, form: str) -> None:
    """Print the teams: name, user names of the members."""
    found = [
        (one.name, " ".join(place.user.username for place in one.teammember_set.all()))
        for one in queries.teams(seen_by=by)
    ]
    if form == "json":
        keys = ("team", "members")
        printing.as_json([dict(zip(keys, line, strict=True)) for line in found])
    else:
        printing.table(("team", "members"), found)


@teams.command("make")
@asks_for(Permission.MANAGE_USERS)
@click.argument("name")
def make(by: Actor, name: str) -> None:
    """Make a team of nobody yet."""
    actions.make_team(name=name, by=by)
    click.echo("The team is made.")


@teams.command("name")
@asks_for(Permission.MANAGE_USERS)
@click.argument("team")
@click.argument("name")
def rename(by: Actor, team: str, name: str) -> None:
    """Call a team otherwise."""
    actions.name_team(team=_team(team, by).pk, name=name, by=by)
    click.echo("The team is called so.")


@teams.command("join")
@asks_for(Permission.MANAGE_USERS)
@click.argument("team")
@click.argument("user")
def join(by: Actor, team: str, user: str) -> None:
    """Make a user a member of a team."""
    actions.join_team(team=_team(team, by).pk, username=user, by=by)
    click.echo("The user is a member.")


@teams.command("leave")
@asks_for(Permission.MANAGE_USERS)
@click.argument("team")
@click.argument("user")
def leave(by: Actor, team: str, user: str) -> None:
    """End a user's place in a team."""
    actions.leave_team(team=_team(team, by).pk, username=user, by=by)
    click.echo("The user is no member.")


@teams.command("keep")
@asks_for(Permission.SEE_PERSONS, Permission.MANAGE_USERS)
@click.argument("team")
@click.argument("person")
def keep(by: Actor, team: str, person: str) -> None:
    """
    Keep a person's record to a team: nobody else of your organisation sees it from now on.

    Neither do you, unless you are a member.
    """
    people_actions.keep_to_team(person=own_person(person, by), team=_team(team, by).pk, by=by)
    click.echo("The record is kept to the team.")


@teams.command("open")
@asks_for(Permission.SEE_PERSONS, Permission.MANAGE_USERS)
@click.argument("team")
@click.argument("person")
def open_again(by: Actor, team: str, person: str) -> None:
    """
    Keep a person's record to a team no longer, as one of its members.

    If it is kept to no other team, everybody who sees all persons sees it again.
    """
    people_actions.keep_no_longer(person=own_person(person, by), team=_team(team, by).pk, by=by)
    click.echo("The record is not kept to the team.")


def _team(name: str, by: Actor) -> Any:
    found = queries.team(name, seen_by=by)
    if found is None:
        raise Refused([NO_SUCH_TEAM])
    return found
