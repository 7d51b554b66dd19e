"""
Where are the keys that are not in the database?

One small file, readable by its owner only, holds a line a key: `wrap-1`, `trail`, `digest`,
`codes`, `web`, `database`, each 32 bytes in hexadecimal. Without it the record says nothing of
anybody; with it and the database it says everything. It never lies in the database or in its
backup.
"""

import os
import secrets
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from accompany.base.refusal import Objection, Refused

NAMES = ("wrap-1", "trail", "digest", "codes", "web", "database")

KEY_MISSING = Objection(
    "access.key-missing",
    "The key file of this record is not where it should be, so nothing can be read or written.",
    "Put the copy of the file `key` that was kept elsewhere into the folder that ACCOMPANY_HOME "
    "names, or run `accompany setup` in an empty folder to begin a new record.",
)
KEY_UNREADABLE = Objection(
    "access.key-unreadable",
    "The key file is not as the set-up wrote it.",
    "Replace it with the copy that was kept elsewhere. Do not mend it by hand.",
)
KEY_EXISTS = Objection(
    "access.key-exists",
    "There is a key file already, and a new one would make the record unreadable.",
    "Use the key that is there, or set up in another folder.",
)


def path() -> Path:
    """Where the key file lies."""
    return Path(settings.ACCOMPANY_KEY_FILE)


def make() -> Path:
    """Write a new key file, for its owner's eyes only. Raises Refused if there is one."""
    text = "".join(f"{name} = {secrets.token_hex(32)}\n" for name in NAMES)
    try:
        descriptor = os.open(path(), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Refused([KEY_EXISTS]) from None
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    keys.cache_clear()
    return path()


@lru_cache(maxsize=1)
def keys() -> dict[str, bytes]:
    """Every key by its name. Raises Refused if the file is missing or not as it was written."""
    try:
        lines = path().read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        raise Refused([KEY_MISSING]) from None
    except (OSError, UnicodeDecodeError):
        raise Refused([KEY_UNREADABLE]) from None
    try:
        found = {name.strip(): bytes.fromhex(value) for name, value in _pairs(lines)}
    except ValueError:
        raise Refused([KEY_UNREADABLE]) from None
    if not set(NAMES) <= found.keys() or any(len(value) != 32 for value in found.values()):
        raise Refused([KEY_UNREADABLE])
    return found


def _pairs(lines: list[str]) -> list[tuple[str, str]]:
    return [(name, value) for name, _, value in (line.partition("=") for line in lines if line)]


def key(name: str) -> bytes:
    """One key by its name."""
    return keys()[name]


def epoch() -> int:
    """The number of the wrapping key now in use."""
    return max(int(name.removeprefix("wrap-")) for name in keys() if name.startswith("wrap-"))
