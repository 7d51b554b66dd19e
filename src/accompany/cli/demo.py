"""
How does a newcomer see it all within a minute?

An invented world in a folder of its own: never in a record, whatever the environment names. It is
loaded once and kept; every start gives new passwords, and one-time ways in.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

from accompany.access import actions, queries
from accompany.access.door import open_to_anybody
from accompany.access.terms import Role
from accompany.base import clock
from accompany.base.refusal import Objection, Refused
from accompany.cli import entering, installation, serving
from accompany.cli.door import command

MARK = "demo.json"
ORGANISATION = "Casa Común"
ACCOUNTS = (
    ("ines", "Inés T.", Role.ADMINISTRATOR, "sees and does everything"),
    ("tomas", "Tomás R.", Role.CASEWORKER, "finds and records persons"),
    ("ana", "Ana L.", Role.ANALYST, "sees figures, and no person"),
    ("nadia", "Nadia O.", Role.COUNSEL, "answers demands for data, keeps notes of her own"),
)
KEPT = ("ACCOMPANY_HOSTS", "ACCOMPANY_ZONE")

NOT_A_DEMO = Objection(
    "cli.not-a-demo",
    "Nothing was done: the folder is not empty, and holds no demo. It may be a record.",
    "Name another folder with --home.",
)


@command("demo")
@open_to_anybody
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo"),
    show_default=True,
    help="The folder for it.",
)
@click.option("--port", type=click.IntRange(1, 65_535), default=8000, show_default=True)
@click.option("--no-serve", is_flag=True, help="Load it, print the ways in, and end.")
@click.option("--fresh", is_flag=True, help="Throw away what was done in it, and begin anew.")
def demo(home: Path, port: int, no_serve: bool, fresh: bool) -> None:  # noqa: FBT001
    """
    Load an invented world of about forty families, and serve it.

    Nobody in it is or was alive. Three lists lie beside it, for you to receive.
    """
    home = home.resolve()
    _refuse_unless_demo(home)
    if not _is_home(home):
        _begin_again(home, sys.argv[1:])
    if fresh or not _is_loaded(home):
        _load(home)
        # The secret for cookies comes from the key file, which was made only now.
        _begin_again(home, [word for word in sys.argv[1:] if word != "--fresh"])
    call_command("migrate", verbosity=0, interactive=False)
    if not no_serve:
        serving.prepare("127.0.0.1", port)
    _print_welcome(home, _new_passwords(), f"http://localhost:{port}")
    if not no_serve:
        connections.close_all()  # what forks must not share a connection
        click.echo("Address: ", nl=False)
        serving.listen("127.0.0.1", port)


def _refuse_unless_demo(home: Path) -> None:
    if home.exists() and any(home.iterdir()) and not (home / MARK).exists():
        raise Refused([NOT_A_DEMO])


def _environment(home: Path) -> dict[str, str]:
    """The environment in which the demo is the record: nothing of a real one reaches it."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("ACCOMPANY_") or name in KEPT
    }
    return {**kept, "ACCOMPANY_HOME": str(home)}


def _is_home(home: Path) -> bool:
    return dict(os.environ) == _environment(home)


def _begin_again(home: Path, arguments: list[str]) -> None:
    """Run this command again, in the demo's own environment."""
    sys.stdout.flush()
    again = [sys.executable, "-m", "accompany", *arguments]
    if os.name == "nt":
        done = subprocess.run(again, env=_environment(home), check=False)  # noqa: S603 - ourselves
        raise click.exceptions.Exit(done.returncode)
    os.execve(sys.executable, again, _environment(home))  # noqa: S606 - ourselves


def _is_loaded(home: Path) -> bool:
    mark = home / MARK
    return mark.exists() and bool(json.loads(mark.read_text(encoding="utf-8")).get("lists"))


def _load(home: Path) -> None:
    """Begin the demo's record, load the world, write the lists."""
    from accompany.cli import world, world_lists  # noqa: PLC0415 - needed once

    connection.close()
    if home.exists():
        shutil.rmtree(home)
    home.mkdir(mode=0o700, parents=True)
    _mark(home, [])
    click.echo("Loading an invented world (once) ...", err=True)
    installation.begin()
    _make_accounts()
    loaded = world.load(today=clock.today(), by=queries.operator())
    lists = world_lists.write(home / "lists", loaded)
    _mark(home, [[one.what, one.layout, str(one.path), *one.options] for one in lists])
    connection.close()


def _mark(home: Path, lists: list[list[str]]) -> None:
    what = "An invented world: nobody in it is real."
    text = json.dumps({"what": what, "lists": lists}, ensure_ascii=False, indent=1)
    (home / MARK).write_text(text, encoding="utf-8")


def _make_accounts() -> None:
    (first, called, _role, _what), *others = ACCOUNTS
    actions.set_up(organisation=ORGANISATION, username=first, called=called)
    for username, name, role, _may in others:
        actions.invite_user(username=username, called=name, role=role, by=queries.operator())


def _new_passwords() -> dict[str, str]:
    """New passwords for the demo's accounts, which need not be changed at the first sign-in."""
    by = queries.operator()
    passwords = {}
    for user in queries.users(seen_by=by).filter(username__in=[name for name, *_ in ACCOUNTS]):
        passwords[user.username] = actions.one_time_password()
        themselves = queries.actor_of(user, at_terminal=True)
        actions.choose_password(user=user, password=passwords[user.username], by=themselves)
    return passwords


def _print_welcome(home: Path, passwords: dict[str, str], site: str) -> None:
    click.echo(f"An invented world lies in {home}; nobody in it is real.\n")
    click.echo("Come in, each once and within ten minutes, as")
    for username, _called, role, what in ACCOUNTS:
        click.echo(f"  {username:8}{role.label}: {what}")
        click.echo(f"    {entering.address(queries.operator(), username, site)}")
    click.echo(f"\nAnother way in: {_shown(['enter', 'ines', '--at', site])}")
    click.echo("Passwords, for what asks again who you are, and to try the second factor:")
    for username, *_others in ACCOUNTS:
        click.echo(f"  {username:8}{passwords[username]}")
    click.echo("\nThree lists are there to be received, on the page Lists or with a command:")
    for what, layout, path, *options in json.loads((home / MARK).read_text(encoding="utf-8"))[
        "lists"
    ]:
        click.echo(f"  {what}: kind of list “{layout}”")
        click.echo(f"    {_shown(['import', layout, path, *options])}")
    click.echo()


def _shown(words: list[str]) -> str:
    """A command as one types it here."""
    return f"ACCOMPANY_HOME={shlex.quote(str(settings.HOME))} {_as_typed()} {shlex.join(words)}"


def _as_typed() -> str:
    if Path("dev.py").exists():
        return "python3 dev.py run"
    return "accompany" if shutil.which("accompany") else f"{sys.executable} -m accompany"
