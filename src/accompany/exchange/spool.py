"""
Where does a file lie while it is under way?

On disk, in the folder `under-way`, and encrypted: an upload in frames under a key of the vault, so
that it survives a restart, and what was made ready of it under a key that only this process has.
Nothing of a list ever lies on disk in the clear.
"""

import io
import os
import pickle
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self
from uuid import UUID

from django.conf import settings

from accompany.access.sealing import Sealer

FRAME = 65_536
_SEALED_FRAME = 1 + 12 + FRAME + 32 + 16  # format, nonce, padded text, tag
_FIELD = "under-way.frame"
_HELD = 2  # chunks


def folder() -> Path:
    """The folder for files under way, for its owner's eyes only."""
    place = Path(settings.ACCOMPANY_SPOOL)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def _frame_id(number: int) -> UUID:
    return UUID(int=number)


class SealedWriter:
    """Writes a file in sealed frames; call `close` at the end."""

    def __init__(self, path: Path, sealer: Sealer) -> None:
        self._file = path.open("wb")
        self._sealer = sealer
        self._rest = bytearray()
        self._frames = 0

    def write(self, data: bytes) -> None:
        """Take in some bytes."""
        self._rest += data
        while len(self._rest) >= FRAME:
            self._frame(bytes(self._rest[:FRAME]))
            del self._rest[:FRAME]

    def _frame(self, data: bytes) -> None:
        self._file.write(self._sealer.seal(data, field=_FIELD, row=_frame_id(self._frames)))
        self._frames += 1

    def close(self) -> None:
        """Write what is left, to the disk itself."""
        if self._rest or not self._frames:
            self._frame(bytes(self._rest))
            self._rest.clear()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()


class SealedFile:
    """A file of sealed frames, opened like a path: in the clear only within this process."""

    def __init__(self, path: Path, sealer: Sealer) -> None:
        self._path = path
        self._sealer = sealer

    def open(
        self,
        mode: str = "r",
        *,
        encoding: str | None = None,
        errors: str | None = None,
        newline: str | None = None,
    ) -> IO[Any]:
        """Open it for reading, as bytes or as text."""
        raw = io.BufferedReader(_Frames(self._path, self._sealer), buffer_size=FRAME)
        if "b" in mode:
            return raw
        return io.TextIOWrapper(raw, encoding=encoding, errors=errors, newline=newline)


class _Frames(io.RawIOBase):
    """The bytes behind sealed frames, at any place."""

    def __init__(self, path: Path, sealer: Sealer) -> None:
        self._file = path.open("rb")
        self._sealer = sealer
        self._at = 0
        self._held: tuple[int, bytes] = (-1, b"")
        self._size = self._measure(path.stat().st_size)

    def _measure(self, sealed: int) -> int:
        last = max((sealed - 1) // _SEALED_FRAME, 0)
        return last * FRAME + len(self._frame(last))

    def _frame(self, number: int) -> bytes:
        if self._held[0] != number:
            self._file.seek(number * _SEALED_FRAME)
            sealed = self._file.read(_SEALED_FRAME)
            data = self._sealer.open(sealed, field=_FIELD, row=_frame_id(number)) if sealed else b""
            self._held = (number, data)
        return self._held[1]

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(start + offset, 0)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        if self._at >= self._size:
            return 0
        number, offset = divmod(self._at, FRAME)
        data = self._frame(number)[offset : offset + len(buffer)]
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()


class Spool:
    """
    Chunks of what was made ready, encrypted on disk under a key that dies with this object.

    The first few stay in memory: most lists have no more. Pickle is safe here: only what this
    process wrote and sealed is read back.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(dir=folder())  # noqa: SIM115 - open as long as this is
        self._sealer = Sealer(os.urandom(32))
        self._held: list[object] = []
        self._places: list[tuple[int, int]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def add(self, chunk: object) -> None:
        """Put a chunk at the end."""
        if len(self._held) < _HELD:
            self._held.append(chunk)
            return
        sealed = self._sealer.seal(
            pickle.dumps(chunk, protocol=pickle.HIGHEST_PROTOCOL),
            field=_FIELD,
            row=_frame_id(len(self._places)),
        )
        self._places.append((self._file.tell(), len(sealed)))
        self._file.write(sealed)

    def __iter__(self) -> Iterator[Any]:
        yield from self._held
        for number, (place, length) in enumerate(self._places):
            self._file.seek(place)
            sealed = self._file.read(length)
            yield pickle.loads(self._sealer.open(sealed, field=_FIELD, row=_frame_id(number)))  # noqa: S301 - see above
