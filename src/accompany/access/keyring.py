"""
Which keys are there that are not in the database?

A small file, for its owner's eyes only, or what the environment or a key service gives in its
place (`key_source`), holds a line a key, each 32 bytes in hexadecimal:

- `wrap-1`, `wrap-2`, …: the wrapping keys of the vault, of which the newest is in use;
- `trail`: of the MACs of the trail;
- `digest`: of the digests of identifiers. With it nine digits fall in an hour, so it is its own and
  in no backup; lost, it is replaced (`digest-next` while that is under way);
- `marks`: of digests that statements carry for ever (files, questions), which tell of no number;
- `codes`: of the permutation of codes;
- `web`, `database`: of cookies, and of the SQLite file as a whole.

Without them the record says nothing of anybody; with them and the database it says everything.
"""

import os
import secrets
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from accompany.access.key_source import (
    KEY_UNREADABLE,
    KeySource,
    as_text,
    forget_printed,
    named_in,
)
from accompany.base.refusal import Objection, Refused, refuse_if

NAMES = ("wrap-1", "trail", "digest", "marks", "codes", "web", "database")
NEEDED = ("trail", "marks", "codes", "web", "database")
IN_BACKUP = ("trail", "marks", "codes")
"""Beside the wrapping keys; the others are made anew where a backup is restored."""

KEY_EXISTS = Objection(
    "access.key-exists",
    "There is a key file already, and a new one would make the record unreadable.",
    "Use the key that is there, or set up in another folder.",
)
KEYS_ARE_ELSEWHERE = Objection(
    "access.keys-are-elsewhere",
    "The keys come from an environment value or a command, and nothing here can write them.",
    "Put what was printed in its place there.",
)
DIGEST_KEY_LOST = Objection(
    "access.digest-key-lost",
    "The key for the digests of identifiers is lost, so nobody can be found by a number.",
    "Stop `accompany serve`, and run `accompany keys renew-digests`: it makes a new key, and every "
    "digest anew.",
)
RENEWAL_UNDER_WAY = Objection(
    "access.digests-under-way",
    "The digests of identifiers are being made anew, or that was broken off.",
    "Run `accompany keys renew-digests`, which goes on where it was.",
)


def source() -> KeySource:
    """Where the keys are, as the settings say."""
    file = Path(settings.ACCOMPANY_KEY_FILE)
    return KeySource(file, settings.ACCOMPANY_KEY, settings.ACCOMPANY_KEY_COMMAND)


def told_where() -> str:
    """Where the keys are, in words."""
    found = source()
    if found.is_file:
        return str(found.file)
    return "from the command that ACCOMPANY_KEY_COMMAND names" if found.command else "ACCOMPANY_KEY"


def path() -> Path:
    """Where the key file lies."""
    return source().file


def made_up(names: tuple[str, ...] = NAMES) -> dict[str, bytes]:
    """New keys of these names."""
    return {name: secrets.token_bytes(32) for name in names}


def make() -> Path:
    """Write a new key file, for its owner's eyes only. Raises Refused if there is one."""
    return keep_first(made_up())


def keep_first(found: dict[str, bytes]) -> Path:
    """Write these keys where there is no key file yet. Raises Refused if there is one."""
    refuse_if([] if source().is_file else [KEYS_ARE_ELSEWHERE])
    try:
        descriptor = os.open(path(), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Refused([KEY_EXISTS]) from None
    _write(descriptor, as_text(found))
    _sync_folder(path())
    forget_read()
    return path()


def replace(found: dict[str, bytes]) -> None:
    """
    Write the key file anew: all of it or, whatever happens meanwhile, nothing.

    What was there before is written over, as far as the disk lets one; see SECURITY.md.
    """
    refuse_if([] if source().is_file else [KEYS_ARE_ELSEWHERE])
    place, beside = path(), path().with_name(path().name + ".new")
    beside.unlink(missing_ok=True)
    _write(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), as_text(found))
    with place.open("r+b") as old:
        length = os.fstat(old.fileno()).st_size
        beside.replace(place)
        _sync_folder(place)
        old.write(bytes(length))
        old.flush()
        os.fsync(old.fileno())
    forget_read()


def _write(descriptor: int, text: str) -> None:
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(file: Path) -> None:
    descriptor = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@lru_cache(maxsize=1)
def keys() -> dict[str, bytes]:
    """Every key by its name. Raises Refused if they are missing or not as they were written."""
    found = named_in(source().read())
    if not set(NEEDED) <= found.keys() or not wrapping(found):
        raise Refused([KEY_UNREADABLE])
    return found


def forget_read() -> None:
    """Read the keys anew when next they are asked for: somebody wrote others."""
    forget_printed()
    keys.cache_clear()


def key(name: str) -> bytes:
    """One key by its name. Raises KeyError if there is none, and Refused for a lost digest key."""
    if name == "digest" and not has(name):
        raise Refused([DIGEST_KEY_LOST])
    return keys()[name]


def has(name: str) -> bool:
    """Whether there is a key of that name."""
    return name in keys()


def refuse_without_digests() -> None:
    """Raise Refused unless identifiers can be found: the key of their digests is there, and one."""
    if has("digest-next"):
        raise Refused([RENEWAL_UNDER_WAY])
    key("digest")


def wrapping(found: dict[str, bytes]) -> list[int]:
    """The numbers of the wrapping keys among these, in their order."""
    numbers = (name.removeprefix("wrap-") for name in found if name.startswith("wrap-"))
    return sorted(int(number) for number in numbers if number.isdigit())


def epoch() -> int:
    """The number of the newest wrapping key."""
    return wrapping(keys())[-1]


def in_backup() -> dict[str, bytes]:
    """The keys that the backup of the vault carries."""
    return {
        name: value
        for name, value in keys().items()
        if name in IN_BACKUP or name.startswith("wrap-")
    }
