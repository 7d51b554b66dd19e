"""How does a record begin, and how does it follow a new version?"""

import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

import click
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection

from accompany.access import actions, keyring, passwords
from accompany.access.actions import SET_UP_ALREADY
from accompany.access.door import open_to_anybody
from accompany.access.queries import NOT_SET_UP
from accompany.base.refusal import Objection, Refused
from accompany.cli import ready
from accompany.cli.door import command

USE_MIGRATE = Objection(
    "cli.use-migrate",
    "This record has been set up already, by an older version of Accompany; nothing was changed.",
    "To bring it to this version, run `accompany migrate`, after a backup.",
)


@command("setup")
@open_to_anybody
@click.option("--organisation", metavar="NAME", help="The organisation that keeps this record.")
@click.option("--user", "username", metavar="USER", help="The first administrator's user name.")
@click.option("--name", "called", metavar="NAME", help="How colleagues call the administrator.")
def setup(organisation: str | None, username: str | None, called: str | None) -> None:
    """
    Begin a new record: folder, key, tables, and the first administrator.

    What is not given is asked for at a terminal. Without a terminal a password for one sign-in is
    made and printed. There is no default password. Run twice, it changes nothing.
    """
    _refuse_if_begun()
    organisation = _given(organisation, "--organisation", "Organisation that keeps this record")
    username = _given(username, "--user", "User name of the first administrator")
    called = _given(called, "--name", "How colleagues call them")
    chosen = _password_chosen(organisation, username, called)
    begin()
    password = actions.set_up(
        organisation=organisation, username=username, called=called, password=chosen
    )
    click.echo(f"The record is set up in {settings.HOME}.")
    click.echo(f"User: {username}")
    if chosen is None:
        click.echo(f"Password for the first sign-in: {password}")
    click.echo(f"Keys: {keyring.told_where()}")
    click.echo(
        "Without the keys the record can never be read again; whoever has them and the database "
        "reads everything. `accompany backup` carries them, encrypted, in FILE.vault: keep the "
        "identity or passphrase that opens it elsewhere, with two people. A copy of the keys made "
        "by hand is of use for a week only, since the wrapping key changes; never lay it with "
        "backups.",
        err=True,
    )
    if connection.vendor != "sqlite":
        click.echo(
            "PostgreSQL does not encrypt its files, and dates and places alone single people out: "
            "keep its data and its backups on an encrypted volume.",
            err=True,
        )


def _refuse_if_begun() -> None:
    """Raise Refused if there is a record: before anything is asked, made or changed."""
    if not ready.is_there() or not ready.has_tables():
        return
    if ready.pending_migrations():
        raise Refused([USE_MIGRATE])
    ready.refuse_newer()
    if ready.is_set_up():
        keyring.keys()  # a record whose key is gone needs that key, not this advice
        raise Refused([SET_UP_ALREADY])


def _given(value: str | None, option: str, question: str) -> str:
    """What was given, or is typed now; without a terminal its lack is misuse."""
    if value and value.strip():
        return value.strip()
    if not sys.stdin.isatty():
        raise click.UsageError(f"Without a terminal, {option} must be given.")
    answer: str = click.prompt(question, err=True)
    return answer.strip()


def _password_chosen(*words: str) -> str | None:
    """A password typed twice and strong enough, or None: then one is made for the first sign-in."""
    while sys.stdin.isatty():
        password = click.prompt(
            "Password (empty: one is made for the first sign-in)",
            default="",
            show_default=False,
            hide_input=True,
            confirmation_prompt="The same again",
            err=True,
        )
        faults = _faults_of(password, words)
        if not faults:
            return password or None
        click.echo(faults, err=True)
    return None


def _faults_of(password: str, words: Iterable[str]) -> str:
    """What stands against a password; there are no tables yet, so what was typed is handed over."""
    if not password:
        return ""
    try:
        validate_password(password)
        passwords.must_outlast_guesses(password, words)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def begin() -> None:
    """Make the home, the keys unless there are some, and the tables."""
    home = Path(settings.HOME)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    source = keyring.source()
    if source.is_file and not source.file.exists():
        source.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        keyring.make()
    keyring.keys()
    call_command("migrate", verbosity=0, interactive=False)


@command("migrate")
@open_to_anybody
def migrate() -> None:
    """
    Bring the tables of an older record to this version, and make their guards again.

    Make a backup first. Nothing that was said is changed.
    """
    if not ready.is_there() or not ready.has_tables():
        raise Refused([NOT_SET_UP])
    ready.refuse_newer()
    pending = ready.pending_migrations()
    call_command("migrate", verbosity=0, interactive=False)
    made = f"{pending} changes of tables were made. " if pending else ""
    click.echo(f"{made}The tables are of this version, and their guards stand.")


@command("version")
@open_to_anybody
def version() -> None:
    """Print the version of Accompany."""
    click.echo(f"accompany {installed_version()}")


def installed_version() -> str:
    """The version that is installed; of a checkout that was never built, *not built*."""
    try:
        return metadata.version("accompany")
    except metadata.PackageNotFoundError:
        return "(not built)"
