"""Who works here, and which organisations tell us something, from a terminal."""

from typing import Any

import click

from accompany.access import actions, entering, queries
from accompany.access.actors import Actor
from accompany.access.door import asks_for
from accompany.access.terms import OrganisationKind, Permission, Role
from accompany.cli import printing
from accompany.cli.door import Section
from accompany.cli.values import FORMAT


@click.group("users", cls=Section)
def users() -> None:
    """List the accounts of your organisation, let people in, and end their access."""


@users.command("list")
@asks_for(Permission.MANAGE_USERS)
@FORMAT
def list_users(by: Actor, form: str) -> None:
    """Print the accounts: user name, role, whether active."""
    found = [
        (user.username, Role(user.role).value, _state(user)) for user in queries.users(seen_by=by)
    ]
    if form == "json":
        keys = ("user", "role", "state")
        printing.as_json([dict(zip(keys, line, strict=True)) for line in found])
    else:
        printing.table(("user", "role", ""), found)


def _state(user: Any) -> str:
    if not user.is_active:
        return "deactivated"
    return "locked" if user.locked_at else "active"


@users.command("invite")
@asks_for(Permission.MANAGE_USERS)
@click.argument("user")
@click.option("--name", "called", required=True, help="How colleagues call the person.")
@click.option("--role", type=click.Choice(Role.values), required=True, help="What they may do.")
def invite(by: Actor, user: str, called: str, role: str) -> None:
    """Make an account, and print a password for its first sign-in."""
    made, password = actions.invite_user(username=user, called=called, role=Role(role), by=by)
    printing.pairs([("User", made.username), ("Password for the first sign-in", password)])


@users.command("deactivate")
@asks_for(Permission.MANAGE_USERS)
@click.argument("user")
def deactivate(by: Actor, user: str) -> None:
    """End an account's access at once. Nothing that it did is changed."""
    actions.deactivate_user(username=user, by=by)
    click.echo("The account is deactivated.")


@users.command("reactivate")
@asks_for(Permission.MANAGE_USERS)
@click.argument("user")
def reactivate(by: Actor, user: str) -> None:
    """Let an account in again, with the password it had."""
    actions.reactivate_user(username=user, by=by)
    click.echo("The account is active.")


@users.command("lock")
@asks_for(Permission.MANAGE_USERS)
@click.argument("user")
def lock(by: Actor, user: str) -> None:
    """End everything of an account at once, and let nobody in by it until it is reset."""
    entering.lock(username=user, by=by)
    click.echo("The account is locked. `accompany users reset` unlocks it.")


@users.command("reset")
@asks_for(Permission.MANAGE_USERS)
@click.argument("user")
@click.option("--second-factor", is_flag=True, help="Remove its second factors too.")
def reset(by: Actor, user: str, second_factor: bool) -> None:  # noqa: FBT001 - by name
    """End an account's sessions, unlock it, and print a new password for one sign-in."""
    password = actions.reset_user(username=user, by=by, second_factors_too=second_factor)
    printing.pairs([("User", user), ("Password for one sign-in", password)])


@users.command("renew")
@asks_for(Permission.MANAGE_USERS)
@click.argument("user")
def renew(by: Actor, user: str) -> None:
    """Let an account see persons again that has lapsed, because it was not used for weeks."""
    actions.renew_user(username=user, by=by)
    click.echo("The account is renewed.")


@click.group("organisations", cls=Section)
def organisations() -> None:
    """List or add the organisations that tell us of people."""


@organisations.command("list")
@asks_for(Permission.SEE_LISTS)
@FORMAT
def list_organisations(by: Actor, form: str) -> None:
    """Print every organisation: its code for --from, its name, what it is."""
    found = [
        (one.code, one.name, str(OrganisationKind(one.kind).label))
        for one in queries.organisations()
    ]
    if form == "json":
        keys = ("code", "name", "kind")
        printing.as_json([dict(zip(keys, line, strict=True)) for line in found])
    else:
        printing.table(("code", "name", ""), found)


@organisations.command("add")
@asks_for(Permission.MANAGE_USERS)
@click.argument("code")
@click.argument("name")
@click.option(
    "--kind",
    type=click.Choice([OrganisationKind.AGENCY.value, OrganisationKind.OTHER.value]),
    default=OrganisationKind.OTHER.value,
    show_default=True,
    help="A government agency, or another organisation.",
)
def add_organisation(by: Actor, code: str, name: str, kind: str) -> None:
    """Put an organisation on record, so that it can be named as a source."""
    made = actions.name_organisation(code=code, name=name, kind=OrganisationKind(kind), by=by)
    click.echo(f"On record as {made.code}.")
