"""How is the record copied, and how does it come back?"""

import sys
from pathlib import Path

import click
from django.conf import settings
from django.core.management import call_command

from accompany.access.actors import Actor
from accompany.access.door import asks_for, open_to_anybody
from accompany.access.terms import Permission
from accompany.base.refusal import Refused
from accompany.cli import checking, printing, ready
from accompany.cli.door import command
from accompany.cli.ending import FoundSomething
from accompany.cli.installation import installed_version
from accompany.exchange import backup as backups
from accompany.exchange import restore as restoring
from accompany.exchange.age_file import IDENTITY_WRONG, Lock, Opener

A_FILE = click.Path(dir_okay=False, path_type=Path)


@command("backup")
@asks_for(Permission.OPERATE)
@click.argument("file", type=A_FILE)
@click.option(
    "--to",
    "recipients",
    multiple=True,
    metavar="RECIPIENT",
    help="An age recipient (age1…) who can open it; else ACCOMPANY_BACKUP_TO, else a passphrase.",
)
def backup(by: Actor, file: Path, recipients: tuple[str, ...]) -> None:
    """
    Write the record to FILE and the vault to FILE.vault, encrypted, while others work.

    Both are read once more after writing. FILE.vault holds the keys of what is sealed, and those of
    the installation: an older copy of it, made before, is removed, so that who is erased stays
    erased. The identity or passphrase that opens them is kept elsewhere, by people: whoever has it
    and both files has everything. The key for digests of identifiers is in neither.
    """
    lock = _lock(recipients)
    with printing.Watch() as watch:
        made = backups.back_up(file, lock, version=installed_version(), by=by, tell=watch)
    click.echo(f"{made.record}: {made.rows:,} rows, read once more and as written.")
    click.echo(f"{made.vault}: {made.keys:,} keys and digests, likewise.")
    for one in made.removed:
        click.echo(f"An older copy of the vault was removed: {one}", err=True)
    for one in made.out_of_reach:
        click.echo(f"Remove this older copy of the vault yourself: {one}", err=True)


def _lock(recipients: tuple[str, ...]) -> Lock:
    named = recipients or tuple(settings.ACCOMPANY_BACKUP_TO.split())
    passphrase = settings.ACCOMPANY_BACKUP_PASSPHRASE
    if not named and not passphrase and sys.stdin.isatty():
        passphrase = click.prompt(
            "Passphrase of the backup", hide_input=True, confirmation_prompt="Again", err=True
        )
    return Lock(named, "" if named else passphrase)


@command("restore")
@open_to_anybody
@click.argument("file", type=A_FILE)
@click.option("--vault", type=A_FILE, help="The vault's file, unless it lies beside FILE.")
@click.option("--identity", type=A_FILE, help="The age identity file that opens the backup.")
def restore(file: Path, vault: Path | None, identity: Path | None) -> None:
    """
    Bring a record back from FILE and its vault, into an empty place, on either database.

    Nothing is restored where there is a record. Afterwards all of it is verified, as by `accompany
    verify`; exit code 3 if anything is found.
    """
    if ready.is_there() and ready.has_tables():
        restoring.refuse_unless_empty()
    found = restoring.opened(file, restoring.vault_of(file, vault), _opener(identity))
    home = Path(settings.HOME)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    restoring.place_keys(found.keys)
    call_command("migrate", verbosity=0, interactive=False)
    with printing.Watch() as watch:
        count = restoring.load(found, tell=watch)
        found_wrong = checking.print_findings(checking.findings(watch))
    if found_wrong:
        raise FoundSomething
    click.echo(f"{count:,} rows were restored in {home}.")
    click.echo("Nothing was found: the trail and all that it brought are as they were written.")
    click.echo("Everybody signs in anew. Make a backup of the record in this place now.", err=True)


def _opener(identity: Path | None) -> Opener:
    if identity is None:
        passphrase = settings.ACCOMPANY_BACKUP_PASSPHRASE
        if not passphrase and sys.stdin.isatty():
            passphrase = click.prompt("Passphrase of the backup", hide_input=True, err=True)
        return Opener(passphrase=passphrase)
    try:
        return Opener.from_file(identity.read_text(encoding="ascii"))
    except (OSError, UnicodeDecodeError):
        raise Refused([IDENTITY_WRONG]) from None
