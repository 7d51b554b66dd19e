"""
Where does the text that holds the keys come from: a file, the environment, or a command?

Settings need one of the keys before Django is set up, so this module knows nothing of Django. The
command is run without a shell, so that the client of a key service fits; what it prints is kept in
memory alone, and nothing of it is ever logged or shown, nor is what it says of an error.
"""

import shlex
import subprocess
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from accompany.base.refusal import Objection, Refused

PATIENCE = 60  # seconds: a key service may ask somebody to touch a token

KEY_MISSING = Objection(
    "access.key-missing",
    "The key file of this record is not where it should be, so nothing can be read or written.",
    "Put the key file back into the folder that ACCOMPANY_HOME names. If it is lost, restore the "
    "newest backup, which carries the keys, in an empty folder. For a new record, run `accompany "
    "setup` in an empty folder.",
)
KEY_UNREADABLE = Objection(
    "access.key-unreadable",
    "The keys are not as the set-up wrote them.",
    "Put back what was there before. Do not mend it by hand.",
)
KEY_NOT_PRINTED = Objection(
    "access.key-not-printed",
    "The command that ACCOMPANY_KEY_COMMAND names did not give the keys, so nothing can be read or "
    "written.",
    "Run that command by hand, as the same user, to see why; nothing of what it said is kept here.",
)
KEY_TWICE = Objection(
    "access.key-twice",
    "More than one setting says where the keys are.",
    "Set only one of ACCOMPANY_KEY_FILE, ACCOMPANY_KEY and ACCOMPANY_KEY_COMMAND.",
)


@dataclass(frozen=True)
class KeySource:
    """
    Where the keys are: a value or a command, else the file.

    `read` gives the text, lines of `name = 64 hexadecimal digits`; in a value, where lines are
    awkward, `;` does in place of a line's end. Raises Refused if it is not to be had.
    """

    file: Path
    value: str = field(default="", repr=False)
    command: str = ""

    @property
    def is_file(self) -> bool:
        """Whether the keys lie in a file, which the record itself may write anew."""
        return not self.value and not self.command

    def read(self) -> str:
        """The text that holds the keys."""
        if self.value and self.command:
            raise Refused([KEY_TWICE])
        if self.command:
            return _printed_by(self.command)
        return self.value.replace(";", "\n") or _text_of(self.file)


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii")
    except FileNotFoundError:
        raise Refused([KEY_MISSING]) from None
    except (OSError, UnicodeDecodeError):
        raise Refused([KEY_UNREADABLE]) from None


@lru_cache(maxsize=1)
def _printed_by(command: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - the command is a setting, as the path of a key file is
            shlex.split(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
            check=True,
        )
        return done.stdout.decode("ascii")
    except (OSError, ValueError, IndexError, subprocess.SubprocessError):
        raise Refused([KEY_NOT_PRINTED]) from None


def forget_printed() -> None:
    """Let the command be run again when next the keys are asked for."""
    _printed_by.cache_clear()


def named_in(text: str) -> dict[str, bytes]:
    """Every key by its name. Raises Refused if a line is not a name and 32 bytes."""
    lines = [line.partition("=") for line in text.splitlines() if line.strip()]
    try:
        found = {name.strip(): bytes.fromhex(value) for name, _equals, value in lines}
    except ValueError:
        raise Refused([KEY_UNREADABLE]) from None
    if len(found) < len(lines) or any(len(value) != 32 for value in found.values()):
        raise Refused([KEY_UNREADABLE])
    return found


def as_text(keys: dict[str, bytes]) -> str:
    """The keys as the file holds them."""
    return "".join(f"{name} = {value.hex()}\n" for name, value in keys.items())
