"""Which kinds of lists can be received, and which columns do they have?"""

import click

from accompany.access.actors import Actor
from accompany.access.door import asks_for
from accompany.access.terms import Permission
from accompany.base import spreadsheet
from accompany.cli import printing
from accompany.cli.door import Section
from accompany.exchange import people_list, separated_children
from accompany.exchange.receiving import LAYOUTS

COLUMNS: dict[str, dict[str, str]] = {
    people_list.NAME: people_list.COLUMNS,
    separated_children.NAME: {
        spellings[0]: "Needed." if what in separated_children.NEEDED else ""
        for what, spellings in separated_children.COLUMNS.items()
    },
}
NAME = click.Choice(sorted(LAYOUTS))


@click.group("layouts", cls=Section)
def layouts() -> None:
    """Show the kinds of lists that can be received, with their columns."""


@layouts.command("list")
@asks_for(Permission.SEE_LISTS)
@click.argument("name", type=NAME, required=False)
def list_layouts(by: Actor, name: str | None) -> None:
    """Print the layouts, or the one that is named, with its columns."""
    for one in [name] if name else sorted(LAYOUTS):
        click.echo(f"{one}: {LAYOUTS[one].help}")
        printing.pairs((f"  {column}", what) for column, what in COLUMNS.get(one, {}).items())
        click.echo()


@layouts.command("template")
@asks_for(Permission.SEE_LISTS)
@click.argument("name", type=NAME)
def template(by: Actor, name: str) -> None:
    """Print the heading row of a layout, to begin a file with."""
    click.echo(spreadsheet.as_csv([list(COLUMNS[name])]), nl=False)
