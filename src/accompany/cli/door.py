"""
The one door of the terminal: which commands are there, what does each ask, and who is acting?

A command declares what it asks as a page does (`access.door`); one that declares nothing is never
run. It acts as the account that --as or ACCOMPANY_USER names, else as the administrator of the
set-up, marked *at the terminal*: whoever can run it holds key and database.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import Any, NoReturn

import click

from accompany.access import queries as access
from accompany.access.door import ANYBODY, asked_by
from accompany.cli import ending, ready

COMMANDS = {
    "setup": "installation:setup",
    "demo": "demo:demo",
    "serve": "serving:serve",
    "import": "lists:import_list",
    "lists": "lists:lists",
    "list": "lists:show_list",
    "withdraw": "lists:withdraw",
    "file": "lists:file_again",
    "layouts": "layouts:layouts",
    "person": "persons:person",
    "erase": "erasing:erase",
    "erasures": "erasing:erasures",
    "erased": "figures:erased",
    "figures": "figures:figures",
    "figure": "figures:figure",
    "users": "users:users",
    "enter": "entering:enter",
    "cases": "cases:cases",
    "teams": "teams:teams",
    "organisations": "users:organisations",
    "verify": "checking:verify",
    "doctor": "checking:doctor",
    "checkpoint": "checking:checkpoint",
    "keys": "keys:keys",
    "backup": "backups:backup",
    "restore": "backups:restore",
    "migrate": "installation:migrate",
    "worker": "serving:worker",
    "version": "installation:version",
}
"""Every command, in the order of its use, and where it is: only the one that is run is loaded."""


class Undeclared(Exception):
    """A command does not declare what it asks: a bug, found before it does anything."""


class Doorway(click.Command):
    """A command that is run only for those who may; it is handed the actor as `by`."""

    def __init__(
        self,
        *args: Any,
        needs_guards: bool = True,
        needs_digests: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.needs_guards = needs_guards
        self.needs_digests = needs_digests

    def invoke(self, ctx: click.Context) -> Any:
        """Ask what the command asks, then run it."""
        asked = None if self.callback is None else asked_by(self.callback)
        if asked is None:
            raise Undeclared
        if asked != ANYBODY:
            ready.refuse_unless_ready(
                with_guards=self.needs_guards, with_digests=self.needs_digests
            )
            actor = access.operator(ctx.find_root().params.get("account"))
            actor.must(*asked)
            ctx.params["by"] = actor
        return super().invoke(ctx)


class Section(click.Group):
    """Commands about one thing; without a command of its own it lists."""

    command_class = Doorway

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take anything that is neither a command nor an option as the argument of `list`."""
        named = args and (args[0] in self.commands or args[0].startswith("-"))
        return super().parse_args(ctx, args if named else ["list", *args])


class Accompany(click.Group):
    """All commands, each loaded when it is asked for."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Their names, in the order of their use."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """The command of that name."""
        if name not in COMMANDS:
            return None
        module, attribute = COMMANDS[name].split(":")
        found: click.Command = getattr(import_module(f"accompany.cli.{module}"), attribute)
        return found

    def main(  # type: ignore[override] # of the ways click has, one
        self, args: Sequence[str] | None = None, **_how: Any
    ) -> NoReturn:
        """Run a command and leave with its exit code."""
        sys.exit(self.run(sys.argv[1:] if args is None else args))

    def run(self, arguments: Sequence[str]) -> int:
        """Run a command; answer its exit code. Every way out has one."""
        try:
            with self.make_context("accompany", list(arguments)) as context:
                self.invoke(context)
            sys.stdout.flush()
        except (Exception, KeyboardInterrupt) as error:
            return ending.of(error)
        return ending.DONE


@click.group(cls=Accompany, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--as", "account", metavar="USER", help="Act as this account (or ACCOMPANY_USER).")
def accompany(account: str | None) -> None:
    """
    The record of who has custody of every child and parent, as each source told it.

    Settings come from the environment; ACCOMPANY_HOME names the folder of database and key.
    Exit codes: 0 done, 1 refused, 2 misuse, 3 verify or doctor found something, 70 a bug.
    """


def command(
    name: str,
    *,
    needs_guards: bool = True,
    needs_digests: bool = True,
) -> Callable[[Callable[..., Any]], Doorway]:
    """Make a function a command behind the door."""

    def make(function: Callable[..., Any]) -> Doorway:
        made: Doorway = click.command(
            name, cls=Doorway, needs_guards=needs_guards, needs_digests=needs_digests
        )(function)
        return made

    return make


def every_command() -> Iterator[tuple[str, click.Command]]:
    """Each command that does something, with its whole name: for tests and the reference."""
    context = click.Context(accompany)
    for name in COMMANDS:
        found = accompany.get_command(context, name)
        if isinstance(found, click.Group):
            yield from ((f"{name} {sub}", one) for sub, one in found.commands.items())
        elif found is not None:
            yield name, found
