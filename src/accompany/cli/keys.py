"""Which keys does this record have, how old are they, and how are they changed?"""

import click

from accompany.access import keyring, rotation
from accompany.access.actors import Actor
from accompany.access.door import asks_for, open_to_anybody
from accompany.access.key_source import as_text
from accompany.access.terms import Permission
from accompany.base.refusal import Objection, Refused
from accompany.cli import jobs, printing
from accompany.cli.door import Section
from accompany.people import actions as people

STILL_SERVED = Objection(
    "cli.still-served",
    "The record is being served, and whoever works in it would use the old key; nothing was done.",
    "Stop `accompany serve` and every worker, and try again.",
)
WHAT_FOR = {
    "wrap": "wraps the keys of the vault",
    "trail": "the trail's MACs",
    "digest": "finds identifiers; in no backup",
    "digest-next": "digests are being made anew under it",
    "marks": "recognises files and questions",
    "codes": "gives out codes",
    "web": "cookies",
    "database": "the SQLite file as a whole",
}


@click.group("keys", cls=Section)
def keys() -> None:
    """
    List the keys by name and age, and change them. It never prints the keys in use.

    They lie outside the database. `accompany backup` carries them, encrypted, in FILE.vault: but
    for the key of digests, which is made anew where a backup is restored. A copy of the key file
    made by hand is of use only until the wrapping key is changed, which happens every week.
    """


@keys.command("list", needs_digests=False)
@asks_for(Permission.OPERATE)
def list_keys(by: Actor) -> None:
    """Print the keys by name, what each is for, and since when a wrapping key is in use."""
    known = {f"wrap-{one.epoch}": one for one in rotation.wrapping_keys()}
    here = set(keyring.keys())
    lines = []
    for name in [*sorted(known, key=lambda name: -known[name].epoch), *sorted(here - set(known))]:
        one = known.get(name)
        since = f"{one.begun_at:%Y-%m-%d %H:%M}" if one else ""
        lines.append((name, WHAT_FOR.get(name.partition("-")[0], ""), since, _state(one)))
    printing.table(("key", "what for", "in use since (UTC)", ""), lines)


def _state(one: rotation.WrappingKey | None) -> str:
    if one is None:
        return ""
    if one.destroyed_at is not None:
        return f"destroyed {one.destroyed_at:%Y-%m-%d %H:%M}"
    if one.done_at is None:
        return "not every key is wrapped by it yet"
    return "in place" if one.is_here else "not in place"


@keys.command("new")
@open_to_anybody
def new_keys() -> None:
    """
    Print a whole set of new keys, for the set-up of a record whose keys do not lie in a file.

    It changes nothing. Put the lines where ACCOMPANY_KEY or the command of ACCOMPANY_KEY_COMMAND
    gives them, run `accompany setup`, and clear the screen.
    """
    click.echo(as_text(keyring.made_up()), nl=False)


@keys.command("rotate")
@asks_for(Permission.OPERATE)
def rotate(by: Actor) -> None:
    """
    Change the wrapping key, wrap every key anew, and destroy the old one.

    Where the keys lie in a file, `accompany serve` does it by itself every week. Where they come
    from ACCOMPANY_KEY or ACCOMPANY_KEY_COMMAND it takes two runs: the first prints what to put in
    place. Broken off, run it again: it goes on from there.
    """
    if not keyring.source().is_file and (line := rotation.next_key()):
        _print_next(*line)
        return
    with printing.Watch() as watch:
        count = rotation.rotate(by=by, tell=watch)
    click.echo(f"{count:,} keys were wrapped anew.")
    if keyring.source().is_file:
        click.echo("The old wrapping key is destroyed.")
        click.echo("Make a backup now: an older one has the old wrapping key.", err=True)
    else:
        click.echo(
            "Now take the lines of older wrapping keys away from where the keys come from, start "
            "`accompany serve` anew everywhere, and run `accompany keys forget`. Until then "
            "erasure has not reached old copies.",
            err=True,
        )


def _print_next(name: str, value: bytes) -> None:
    click.echo(f"{name} = {value.hex()}")
    click.echo(
        "Nothing is changed yet. Add this line to what ACCOMPANY_KEY holds or the key service "
        "gives, and keep the others; start `accompany serve` anew everywhere; then run `accompany "
        "keys rotate` again. Clear this screen: whoever reads the line has the key.",
        err=True,
    )


@keys.command("forget")
@asks_for(Permission.OPERATE)
def forget(by: Actor) -> None:
    """Note that old wrapping keys, which you took away from where the keys come from, are gone."""
    gone = rotation.forget(by=by)
    if not gone:
        click.echo("There is no old wrapping key to forget.")
    for number in gone:
        click.echo(f"wrap-{number} is noted as destroyed.")


@keys.command("renew-digests", needs_digests=False)
@asks_for(Permission.OPERATE)
def renew_digests(by: Actor) -> None:
    """
    Replace the key for digests of identifiers, lost or known to others, and make all anew.

    Stop `accompany serve` first. The digests of files and questions stay, under a key of their own.
    """
    if not keyring.source().is_file and not keyring.has("digest-next"):
        _print_next_digest()
        return
    with jobs.nobody_else() as is_alone, printing.Watch() as watch:
        if not is_alone:
            raise Refused([STILL_SERVED])
        count = people.renew_digests(by=by, tell=watch)
    click.echo(f"{count:,} digests were made anew.")
    if not keyring.source().is_file:
        click.echo("Now put the value of `digest-next` in the place of that of `digest`.", err=True)


def _print_next_digest() -> None:
    ((name, value),) = keyring.made_up(("digest-next",)).items()
    click.echo(f"{name} = {value.hex()}")
    click.echo(
        "Nothing is changed yet. Add this line to what ACCOMPANY_KEY holds or the key service "
        "gives, and run `accompany keys renew-digests` again. Clear this screen.",
        err=True,
    )
