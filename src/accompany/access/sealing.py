"""
How is what identifies a person kept from whoever has the database alone?

Each person, received row, list and user has a data key of their own; a field is encrypted under it
(AES-256-GCM) and bound to its table, column and row, so that no sealed value can be moved. Data
keys lie in the vault, wrapped by a key that is not in the database; destroying one erases all it
sealed. A format byte stands in front of everything, so that the cipher can be changed some day.
Texts are padded, because lengths tell of names. The only module that knows the cipher.
"""

import hashlib
import hmac
import os
from collections.abc import Iterable, Sequence
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from accompany.access import keyring
from accompany.access.models import Key
from accompany.base.bulk import record_all
from accompany.base.refusal import Objection, Refused

FORMAT = b"\x01"
_NONCE = 12
_PAD = 32
_SHORTEST = _PAD + 16  # the tag

NOT_OPENED = Objection(
    "access.seal-not-opened",
    "Something sealed could not be opened: it was changed, or the key is another record's.",
    "Check that the key file belongs to this database, then run `accompany verify`.",
)


class Sealer:
    """Seals and opens the fields of one person, row, list or user."""

    __slots__ = ("_cipher",)

    def __init__(self, data_key: bytes) -> None:
        self._cipher = AESGCM(data_key)

    def seal(self, text: str | bytes, *, field: str, row: UUID) -> bytes:
        """
        Encrypt `text` for one field of one row.

        `field` is `table.column`. The result is format byte, nonce and ciphertext; the text within
        is padded to a multiple of 32 bytes.
        """
        plain = text.encode() if isinstance(text, str) else text
        padded = len(plain).to_bytes(4) + plain
        padded += bytes(-len(padded) % _PAD)
        nonce = os.urandom(_NONCE)
        return FORMAT + nonce + self._cipher.encrypt(nonce, padded, _place(field) + row.bytes)

    def open(self, sealed: bytes | memoryview, *, field: str, row: UUID) -> bytes:
        """Decrypt what `seal` made for the same field and row. Raises Refused if it is not that."""
        mark, nonce, cipher = _parts(bytes(sealed))
        if mark != FORMAT or len(cipher) < _SHORTEST:
            raise Refused([NOT_OPENED])
        try:
            padded = self._cipher.decrypt(nonce, cipher, _place(field) + row.bytes)
        except InvalidTag:
            raise Refused([NOT_OPENED]) from None
        return padded[4 : 4 + int.from_bytes(padded[:4])]

    def open_text(self, sealed: bytes | memoryview, *, field: str, row: UUID) -> str:
        """The text that `seal` was given."""
        return self.open(sealed, field=field, row=row).decode()

    def __repr__(self) -> str:
        return "sealer"


def _parts(sealed: bytes) -> tuple[bytes, bytes, bytes]:
    """Format byte, nonce and ciphertext."""
    return sealed[:1], sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]


@lru_cache(maxsize=256)
def _place(field: str) -> bytes:
    name = field.encode()
    return b"accompany" + len(name).to_bytes(2) + name


KEY_COLUMNS = ("record", "kind", "epoch", "wrapped")
KeyRow = tuple[UUID, str, int, bytes]


def made(kind: str, records: Iterable[UUID]) -> tuple[dict[UUID, Sealer], list[KeyRow]]:
    """A sealer for each record, and the rows of the vault that will keep its key, wrapped."""
    epoch = keyring.epoch()
    wrapper = _wrapper(epoch)
    sealers, rows = {}, []
    for record in records:
        data_key = os.urandom(32)
        sealers[record] = Sealer(data_key)
        nonce = os.urandom(_NONCE)
        wrapped = FORMAT + nonce + wrapper.encrypt(nonce, data_key, _wrapped_as(kind, record))
        rows.append((record, kind, epoch, wrapped))
    return sealers, rows


def new_sealers(kind: str, records: Sequence[UUID]) -> dict[UUID, Sealer]:
    """Make a data key for each record, keep it wrapped in the vault, and hand out the sealers."""
    sealers, rows = made(kind, records)
    record_all(Key, KEY_COLUMNS, rows)
    return sealers


def destroy(records: Iterable[UUID]) -> None:
    """Destroy the keys of records: what they sealed cannot be opened again."""
    Key.objects.filter(record__in=list(records)).delete()


def sealers(records: Iterable[UUID]) -> dict[UUID, Sealer]:
    """The sealers of the records that have a key; an erased record has none."""
    wanted, found = list(dict.fromkeys(records)), {}
    for start in range(0, len(wanted), 500):  # SQLite bounds the values of one IN
        for key in Key.objects.filter(record__in=wanted[start : start + 500]):
            found[key.record] = _unwrapped(key)
    return found


def sealers_for(kind: str, records: Iterable[UUID]) -> dict[UUID, Sealer]:
    """The sealers of the records, each given a key now if it had none."""
    wanted = list(dict.fromkeys(records))
    found = sealers(wanted)
    return found | new_sealers(kind, [record for record in wanted if record not in found])


def _unwrapped(key: Key) -> Sealer:
    _mark, nonce, cipher = _parts(bytes(key.wrapped))
    try:
        return Sealer(_wrapper(key.epoch).decrypt(nonce, cipher, _wrapped_as(key.kind, key.record)))
    except (InvalidTag, KeyError):
        raise Refused([NOT_OPENED]) from None


@lru_cache(maxsize=8)
def _wrapper(epoch: int) -> AESGCM:
    return AESGCM(keyring.key(f"wrap-{epoch}"))


def _wrapped_as(kind: str, record: UUID) -> bytes:
    return _place(f"key.{kind}") + record.bytes


def digest_of(kind: str, value: str | bytes) -> bytes:
    """
    The keyed digest of an exact value (an A-number, a file), 32 bytes.

    Its key is its own: with it, the nine digits of an A-number fall in an hour.
    """
    value = value.encode() if isinstance(value, str) else value
    return hmac.digest(keyring.key("digest"), _place(kind) + value, "sha256")


def hasher(kind: str) -> "hmac.HMAC":
    """A keyed digest to be fed piece by piece, for files."""
    return hmac.new(keyring.key("digest"), _place(kind), hashlib.sha256)


DIGEST_COLUMNS = ("id", "kind", "digest", "identifier", "person")
