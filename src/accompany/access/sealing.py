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
from django.db import connection, transaction
from django.db.models import QuerySet

from accompany.access import keyring, watching
from accompany.access.models import Key, Wrapping
from accompany.access.terms import Vain
from accompany.base import log
from accompany.base.bulk import Plain, plain_rows, record_plain
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
KEYS_CHANGED = Objection(
    "access.keys-changed",
    "The keys of this record were changed while this was under way, so nothing was recorded.",
    "Do it again. If it is refused again, see that every machine has the new keys, and start "
    "`accompany serve` anew.",
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
            raise _not_opened()
        try:
            padded = self._cipher.decrypt(nonce, cipher, _place(field) + row.bytes)
        except InvalidTag:
            raise _not_opened() from None
        return padded[4 : 4 + int.from_bytes(padded[:4])]

    def open_text(self, sealed: bytes | memoryview, *, field: str, row: UUID) -> str:
        """The text that `seal` was given."""
        return self.open(sealed, field=field, row=row).decode()

    def __repr__(self) -> str:
        return "sealer"


def _not_opened() -> Refused:
    """The refusal of what is damaged, or another's; whoever watches is told that it was tried."""
    log.event("something sealed could not be opened")
    watching.note(Vain.SEAL)
    return Refused([NOT_OPENED])


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
    """
    A sealer for each record, and the rows of the vault that will keep its key, wrapped.

    What stores the rows passes them through `wrapped_as_now` first.
    """
    epoch = keyring.epoch()
    sealers, rows = {}, []
    for record in records:
        data_key = os.urandom(32)
        sealers[record] = Sealer(data_key)
        rows.append((record, kind, epoch, wrap(epoch, kind, record.bytes, data_key)))
    return sealers, rows


def new_sealers(kind: str, records: Sequence[UUID]) -> dict[UUID, Sealer]:
    """Make a data key for each record, keep it wrapped in the vault, and hand out the sealers."""
    if not records:
        return {}
    sealers, rows = made(kind, records)
    with transaction.atomic():
        plain = wrapped_as_now(plain_rows(Key, KEY_COLUMNS, rows))
        record_plain(Key, KEY_COLUMNS, plain)
    return sealers


def wrapped_as_now(rows: Sequence[tuple[Plain, ...]]) -> list[tuple[Plain, ...]]:
    """
    Rows of the vault, in plain values as `KEY_COLUMNS` has them, under the wrapping key in use.

    It may have changed since they were made. Call within the transaction that stores them: until
    its end no other wrapping key comes into use. Raises Refused if the one in use is not here.
    """
    hold_wrapping()
    epoch = wrapping_in_use()
    if epoch is None or all(row[2] == epoch for row in rows):
        return list(rows)
    return [_rewrapped(row, epoch) for row in rows]


def _rewrapped(row: tuple[Plain, ...], epoch: int) -> tuple[Plain, ...]:
    record, kind, before, wrapped = row
    assert isinstance(record, bytes) and isinstance(kind, str)  # noqa: S101, PT018 - KEY_COLUMNS
    assert isinstance(before, int) and isinstance(wrapped, bytes)  # noqa: S101, PT018
    try:
        return record, kind, epoch, rewrap(before, epoch, kind, record, wrapped)
    except Refused:  # the key that wrapped it is gone, or the one in use is not here
        raise Refused([KEYS_CHANGED]) from None


def rewrap(before: int, epoch: int, kind: str, record: bytes, wrapped: bytes) -> bytes:
    """A wrapped key of a record under another wrapping key. Raises Refused if it cannot be."""
    return wrap(epoch, kind, record, _data_key(before, kind, record, wrapped))


def wrap(epoch: int, kind: str, record: bytes, data_key: bytes) -> bytes:
    """A data key of a record as the vault keeps it. Raises Refused without the wrapping key."""
    nonce = os.urandom(_NONCE)
    try:
        wrapper = _wrapper(epoch)
    except KeyError:
        raise Refused([KEYS_CHANGED]) from None
    return FORMAT + nonce + wrapper.encrypt(nonce, data_key, _wrapped_as(kind, record))


_WRAPPING_LOCK = 0x77726170  # any number that nobody else locks


def hold_wrapping() -> None:
    """See that no other wrapping key comes into use until the end of this transaction."""
    if connection.vendor == "postgresql":  # on SQLite there is one writer
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_WRAPPING_LOCK])


def may_change_wrapping() -> bool:
    """Within a transaction: whether nobody is storing keys, and nobody can until its end."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_WRAPPING_LOCK])
        return bool(cursor.fetchone()[0])


def wrapping_in_use() -> int | None:
    """The number of the wrapping key in use; None before the set-up."""
    return Wrapping.objects.order_by("-epoch").values_list("epoch", flat=True).first()


_PROOF_OF = b"the wrapping key of this record"


def proof(epoch: int) -> bytes:
    """Known text, sealed by a wrapping key."""
    return wrap(epoch, "proof", b"", _PROOF_OF)


def is_proven(wrapping: Wrapping) -> bool:
    """Whether the wrapping key of that number that is here is the one that made its proof."""
    try:
        opened = _data_key(wrapping.epoch, "proof", b"", bytes(wrapping.proof))
    except Refused:
        return False
    return opened == _PROOF_OF


def destroy(records: Iterable[UUID]) -> None:
    """Destroy the keys of records: what they sealed cannot be opened again."""
    Key.objects.filter(record__in=list(records)).delete()


APART = ("note",)
"""Kinds of keys that are handed out only to who asks for that kind: privileged notes."""


def sealers(records: Iterable[UUID]) -> dict[UUID, Sealer]:
    """The sealers of the records that have a key; an erased one has none, nor has one `APART`."""
    return _sealers(Key.objects.exclude(kind__in=APART), records)


def sealers_apart(kind: str, records: Iterable[UUID]) -> dict[UUID, Sealer]:
    """The sealers of records of one kind that `sealers` does not hand out."""
    assert kind in APART  # noqa: S101 - every other kind has `sealers`
    return _sealers(Key.objects.filter(kind=kind), records)


def _sealers(keys: QuerySet[Key], records: Iterable[UUID]) -> dict[UUID, Sealer]:
    wanted, found = list(dict.fromkeys(records)), {}
    for start in range(0, len(wanted), 500):  # SQLite bounds the values of one IN
        for key in keys.filter(record__in=wanted[start : start + 500]):
            found[key.record] = _unwrapped(key)
    return found


def sealers_for(kind: str, records: Iterable[UUID]) -> dict[UUID, Sealer]:
    """The sealers of the records, each given a key now if it had none."""
    wanted = list(dict.fromkeys(records))
    found = sealers(wanted)
    return found | new_sealers(kind, [record for record in wanted if record not in found])


def _unwrapped(key: Key) -> Sealer:
    return Sealer(_data_key(key.epoch, key.kind, key.record.bytes, bytes(key.wrapped)))


def _data_key(epoch: int, kind: str, record: bytes, wrapped: bytes) -> bytes:
    """Unwrap. Raises Refused where the wrapping key is not here, or is another's."""
    _mark, nonce, cipher = _parts(wrapped)
    try:
        return _wrapper(epoch).decrypt(nonce, cipher, _wrapped_as(kind, record))
    except (InvalidTag, KeyError):
        raise Refused([NOT_OPENED]) from None


# The key in use and the one before it: what was made ready or read before a rotation was done is
# still opened after it. A process that opens nothing under a newer one keeps them.
@lru_cache(maxsize=2)
def _wrapper(epoch: int) -> AESGCM:
    name = f"wrap-{epoch}"
    if not keyring.has(name):
        keyring.forget_read()  # another process may have rotated
    return AESGCM(keyring.key(name))


def forget_wrappers() -> None:
    """Let go of the wrapping keys that this process holds beside those it reads."""
    _wrapper.cache_clear()


def _wrapped_as(kind: str, record: bytes) -> bytes:
    return _place(f"key.{kind}") + record


_LASTING = frozenset({"file", "question"})
"""Kinds of digests that statements carry: they can never be made anew."""


def _digest_key(kind: str) -> bytes:
    return keyring.key("marks" if kind in _LASTING else "digest")


def digest_of(kind: str, value: str | bytes, *, key: bytes | None = None) -> bytes:
    """
    The keyed digest of an exact value (an A-number, a question), 32 bytes.

    The key for identifiers is its own: with it, the nine digits of an A-number fall in an hour. Of
    what statements carry for ever it is another, which tells of no number, so that this one can be
    replaced. `key` is one that is only coming into use.
    """
    value = value.encode() if isinstance(value, str) else value
    return hmac.digest(key or _digest_key(kind), _place(kind) + value, "sha256")


def hasher(kind: str) -> "hmac.HMAC":
    """A keyed digest to be fed piece by piece, for files."""
    return hmac.new(_digest_key(kind), _place(kind), hashlib.sha256)


def refuse_stale_digests() -> None:
    """
    Raise Refused if the key for digests of identifiers was replaced since this process read it.

    Asked by what stores digests that were made ready a while ago.
    """
    if not keyring.source().is_file:
        return
    before = keyring.keys().get("digest")
    keyring.forget_read()
    if keyring.keys().get("digest") != before or keyring.has("digest-next"):
        raise Refused([KEYS_CHANGED])


DIGEST_COLUMNS = ("id", "kind", "digest", "identifier", "person")
