"""
How does what leaves the installation lie encrypted, so that only whom it is for can open it?

As files in the format age, written and read as streams: to recipients whose identity need not be on
this machine, or by a passphrase. What was just written can be read once more here, by an identity
that lives no longer than the writing. The only module that knows the library.

A file by passphrase begins with a small armoured age file that holds its identity under the
passphrase, since age itself reads a passphrase's file only as a whole.
"""

import io
import os
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import pyrage

from accompany.base.refusal import Objection, Refused, refuse_if

SHORTEST = 16  # characters of a passphrase: it is tried offline, by whoever has the file
_ARMOUR_ENDS = b"-----END AGE ENCRYPTED FILE-----\n"
_ARMOUR = b"-----BEGIN AGE ENCRYPTED FILE-----\n"
_PIECE = 1 << 16

NOBODY_TO_OPEN = Objection(
    "exchange.nobody-to-open",
    "Nothing says who is to open it, so nothing was written.",
    "Name an age recipient with --to or in ACCOMPANY_BACKUP_TO, or give a passphrase in "
    "ACCOMPANY_BACKUP_PASSPHRASE.",
)
RECIPIENT_WRONG = Objection(
    "exchange.recipient-wrong",
    "A recipient is not written as age writes them, so nothing was written.",
    "Copy the whole line that begins with `age1`.",
)
PASSPHRASE_SHORT = Objection(
    "exchange.passphrase-short",
    "The passphrase is too short: whoever has the file may try as many as they like.",
    "Take one of at least 16 characters, such as six words drawn by dice.",
)
IDENTITY_WRONG = Objection(
    "exchange.identity-wrong",
    "The identity is not written as age writes them.",
    "Name the file that holds the line beginning with `AGE-SECRET-KEY-1`.",
)
NOT_FOR_YOU = Objection(
    "exchange.not-opened",
    "The file could not be opened: it is for another identity or passphrase, or is no backup.",
    "Name the identity file with --identity, or give the passphrase it was made with.",
)
DAMAGED = Objection(
    "exchange.file-damaged",
    "The file is damaged or cut off: it is not as it was written.",
    "Take another copy of it, or an older one.",
)


@dataclass(frozen=True)
class Lock:
    """For whom a file is: age recipients or, where there are none, who has the passphrase."""

    recipients: tuple[str, ...] = ()
    passphrase: str = field(default="", repr=False)

    def refuse_unless_sound(self) -> None:
        """Raise Refused unless somebody could open what is written for them."""
        self._parsed()
        if not self.recipients:
            refuse_if([] if self.passphrase else [NOBODY_TO_OPEN])
            refuse_if([PASSPHRASE_SHORT] if len(self.passphrase) < SHORTEST else [])

    def _parsed(self) -> list[Any]:
        try:
            return [pyrage.x25519.Recipient.from_str(one) for one in self.recipients]
        except pyrage.RecipientError:
            raise Refused([RECIPIENT_WRONG]) from None

    def write(self, pieces: Iterable[bytes], to: IO[bytes]) -> "Opener":
        """Write pieces, encrypted; what opens the file here, for as long as it is not let go."""
        self.refuse_unless_sound()
        own = pyrage.x25519.Identity.generate()
        if not self.recipients:
            armoured = pyrage.passphrase.encrypt(str(own).encode(), self.passphrase, armored=True)
            to.write(armoured.rstrip(b"\n") + b"\n")
        pyrage.encrypt_io(_Pieces(pieces), to, [*self._parsed(), own.to_public()])
        return Opener(identities=(str(own),))


@dataclass(frozen=True)
class Opener:
    """What opens a file: age identities, or a passphrase."""

    identities: tuple[str, ...] = field(default=(), repr=False)
    passphrase: str = field(default="", repr=False)

    @classmethod
    def from_file(cls, text: str) -> "Opener":
        """What an identity file holds: a line an identity, and remarks. Raises Refused if none."""
        lines = [line.strip() for line in text.splitlines()]
        found = tuple(line for line in lines if line.startswith("AGE-SECRET-KEY-1"))
        refuse_if([] if found else [IDENTITY_WRONG])
        return cls(identities=found)

    def read(self, path: Path) -> Iterator[bytes]:
        """
        The lines of a file, decrypted as they are asked for.

        Raises Refused if it cannot be opened; and at the damaged place, if it is not as written.
        """
        with path.open("rb") as file:
            identities = self._identities(file)
            yield from _decrypted(file, identities)

    def _identities(self, file: IO[bytes]) -> list[Any]:
        try:
            by_passphrase = _head(file)
            found = self.identities
            if by_passphrase and self.passphrase:
                found = (pyrage.passphrase.decrypt(by_passphrase, self.passphrase).decode(),)
            return [pyrage.x25519.Identity.from_str(one) for one in found]
        except pyrage.DecryptError:
            raise Refused([NOT_FOR_YOU]) from None
        except pyrage.IdentityError:
            raise Refused([IDENTITY_WRONG]) from None


def _head(file: IO[bytes]) -> bytes:
    """The armoured head of a file by passphrase, past which the file then stands; else nothing."""
    line = file.readline(200)
    if line != _ARMOUR:
        file.seek(0)
        return b""
    head = line
    while line and line != _ARMOUR_ENDS and len(head) < 10_000:
        line = file.readline(200)
        head += line
    return head


class _Pieces(io.RawIOBase):
    """Pieces of bytes, as a file that is read from its beginning to its end."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = piece
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count


def _decrypted(file: IO[bytes], identities: list[Any]) -> Iterator[bytes]:
    """
    The lines within an encrypted file, from a thread of their own: the library pushes.

    Nothing is given that is not as it was written, since age vouches for each 64 KB; that the end
    is the end is known at the end.
    """
    reading, writing = os.pipe()
    fault: list[Objection] = []
    thread = threading.Thread(target=_push, args=(file, writing, identities, fault), daemon=True)
    thread.start()
    with os.fdopen(reading, "rb", buffering=_PIECE) as lines:
        yield from lines
    thread.join()
    refuse_if(fault)


def _push(file: IO[bytes], writing: int, identities: list[Any], fault: list[Objection]) -> None:
    with os.fdopen(writing, "wb", buffering=0) as to:
        try:
            pyrage.decrypt_io(file, _All(to), identities)
        except pyrage.DecryptError as error:
            # The library tells the two apart in words only, and they quote nothing.
            is_other = "matching keys" in str(error) or "Header" in str(error)
            fault.append(NOT_FOR_YOU if is_other else DAMAGED)
        except Exception:
            fault.append(DAMAGED)


class _All:
    """Writes all of what it is given, which a bare file may not."""

    def __init__(self, to: IO[bytes]) -> None:
        self._to = to

    def write(self, data: bytes) -> int:
        """Write it all."""
        view = memoryview(data)
        while view:
            view = view[self._to.write(view) :]
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""
