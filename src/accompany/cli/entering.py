"""How does somebody come in who has no password or no second factor at hand?"""

import click

from accompany.access import entering
from accompany.access.actors import Actor
from accompany.access.door import asks_for
from accompany.access.terms import Permission
from accompany.cli.door import command

LOCAL = "http://localhost:8000"


@command("enter")
@asks_for(Permission.MANAGE_USERS)
@click.argument("user")
@click.option("--at", "site", default=LOCAL, show_default=True, help="Where the record is served.")
def enter(by: Actor, user: str, site: str) -> None:
    """
    Print an address that lets an account in once, within ten minutes.

    It stands for password and second factor. Whoever needs a second factor and has none sets one up
    then; but in a demo.
    """
    click.echo(address(by, user, site))


def address(by: Actor, user: str, site: str) -> str:
    """A one-time way in, as one types it into a browser."""
    return f"{site.rstrip('/')}/enter/{entering.make_way_in(username=user, by=by)}"
