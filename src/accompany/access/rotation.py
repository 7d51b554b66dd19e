"""
How does erasure reach old copies of the vault? The wrapping key is changed, and the old destroyed.

Another wrapping key comes into use; every wrapped key is wrapped anew under it, in chunks, while
others work; then the old one is destroyed, and with it whatever it wrapped in old copies of the
database, in write-ahead files and free pages. Broken off at any place it goes on from there: both
keys are kept until nothing is under the old one. Where the keys lie in a file all of it is done
here; else somebody puts the new key in place, and afterwards takes the old one away.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction

from accompany.access import keyring, sealing, trail
from accompany.access.actors import Actor
from accompany.access.models import Digest, Key, SignInAttempt, Wrapping
from accompany.access.terms import Event, Permission
from accompany.access.trail import Tell
from accompany.base import clock
from accompany.base.bulk import change_all
from accompany.base.refusal import Objection, Refused, refuse_if

AT_LEAST_EVERY = timedelta(days=7)
_EARLIER = timedelta(days=6)  # so that a day without a running server does no harm
_CHUNK = 10_000
_PATIENCE = 600  # seconds to wait for whoever stores keys: a long list does for minutes
_PAUSE = 0.05

KEY_NOT_PLACED = Objection(
    "access.key-not-placed",
    "The next wrapping key is not in place yet, so nothing was changed.",
    "Add the line that was printed to what ACCOMPANY_KEY holds or the key service gives, keep the "
    "others, start `accompany serve` anew everywhere, and run `accompany keys rotate` again.",
)
KEY_STILL_THERE = Objection(
    "access.key-still-there",
    "An old wrapping key is still in place, so nothing was changed.",
    "Take its line away from what ACCOMPANY_KEY holds or the key service gives, start `accompany "
    "serve` anew everywhere, and run `accompany keys forget` again.",
)
NOT_WRAPPED_YET = Objection(
    "access.not-wrapped-yet",
    "Some keys are still wrapped by an old wrapping key, so nothing was changed.",
    "Run `accompany keys rotate` first.",
)
KEYS_OF_ANOTHER = Objection(
    "access.keys-of-another",
    "The keys that are here are not those of this record, so nothing was done.",
    "Put the keys in place that belong to this database; see ACCOMPANY_HOME, ACCOMPANY_KEY_FILE, "
    "ACCOMPANY_KEY and ACCOMPANY_KEY_COMMAND.",
)
KEYS_TOO_OLD = Objection(
    "access.keys-too-old",
    "The wrapping key in use is not among the keys that are here: they are an old copy, from "
    "before it was changed; nothing was done.",
    "Put the newest keys in place. If they are lost, restore the newest backup, which carries "
    "them, in an empty folder.",
)
STORING = Objection(
    "access.keys-being-stored",
    "For ten minutes somebody was recording a long list, so the wrapping key was not changed.",
    "Try again when that is done.",
)


@dataclass(frozen=True)
class WrappingKey:
    """A wrapping key as it is told of: never its value."""

    epoch: int
    begun_at: datetime
    done_at: datetime | None
    destroyed_at: datetime | None
    is_here: bool


def wrapping_keys() -> list[WrappingKey]:
    """Every wrapping key that this record has had, the newest first."""
    here = set(keyring.wrapping(keyring.keys()))
    return [
        WrappingKey(one.epoch, one.begun_at, one.done_at, one.destroyed_at, one.epoch in here)
        for one in Wrapping.objects.order_by("-epoch")
    ]


def is_under_way() -> bool:
    """Whether a change of the wrapping key was begun, and not all of it is done."""
    known = wrapping_keys()
    not_done = any(one.done_at is None for one in known[:1])
    return not_done or any(one.destroyed_at is None for one in known[1:])


def is_due(*, within: timedelta = AT_LEAST_EVERY) -> bool:
    """Whether the wrapping key in use is older than this, or its change was broken off."""
    newest = Wrapping.objects.order_by("-epoch").first()
    if newest is None:
        return False
    return is_under_way() or newest.begun_at <= clock.now() - within


def is_due_by_itself() -> bool:
    """Whether the worker should change the wrapping key now: it may, and it is time."""
    return keyring.source().is_file and is_due(within=_EARLIER)


def begin_first() -> None:
    """Note the first wrapping key, as part of the set-up."""
    _note(keyring.epoch(), done_at=clock.now())


def _note(epoch: int, done_at: datetime | None = None) -> None:
    Wrapping.objects.create(
        epoch=epoch, proof=sealing.proof(epoch), begun_at=clock.now(), done_at=done_at
    )


def refuse_other_keys() -> None:
    """Raise Refused if the keys that are here are an old copy, or another record's."""
    newest = Wrapping.objects.order_by("-epoch").first()
    if newest is None:
        return
    if not keyring.has(f"wrap-{newest.epoch}"):
        keyring.forget_read()
    if not keyring.has(f"wrap-{newest.epoch}"):
        raise Refused([KEYS_TOO_OLD])
    if not sealing.is_proven(newest):
        raise Refused([KEYS_OF_ANOTHER])


def rotate(*, by: Actor, tell: Tell) -> int:
    """
    Change the wrapping key, or go on with a change that was broken off; how many keys were wrapped.

    Raises Refused where somebody must put the next key in place first (`next_key`), and where a
    long list is being recorded all the while.
    """
    by.must(Permission.OPERATE)
    epoch = _begin(by)
    count = _wrap_all(epoch, tell)
    _note_done(epoch, count, by)
    if keyring.source().is_file:
        _destroy_older(epoch, by)
    return count


def next_key() -> tuple[str, bytes] | None:
    """The name and value of a next wrapping key, to be put in place by somebody; None if it is."""
    keyring.forget_read()
    in_use = sealing.wrapping_in_use() or 0
    if keyring.epoch() > in_use or is_under_way():
        return None
    name = f"wrap-{in_use + 1}"
    return name, keyring.made_up((name,))[name]


def forget(*, by: Actor) -> list[int]:
    """
    Note that old wrapping keys, which somebody took away, are destroyed; their numbers.

    Raises Refused while keys are still wrapped by one, and while one is still in place.
    """
    by.must(Permission.OPERATE)
    keyring.forget_read()
    newest, *older = wrapping_keys()
    refuse_if([NOT_WRAPPED_YET] if newest.done_at is None else [])
    waiting = [one for one in older if one.destroyed_at is None]
    refuse_if([KEY_STILL_THERE] if any(one.is_here for one in waiting) else [])
    if waiting:
        _note_destroyed(newest.epoch, by)
    sealing.forget_wrappers()
    return [one.epoch for one in waiting]


def _begin(by: Actor) -> int:
    """Bring the next wrapping key into use, unless one came and is not done; its number."""
    with _while_nobody_stores():
        newest = Wrapping.objects.order_by("-epoch").first()
        if newest is not None and newest.done_at is None:
            return newest.epoch
        in_use = 0 if newest is None else newest.epoch
        epoch = _placed_after(in_use)
        with trail.change(Event.WRAPPING_KEY_BEGUN, by=by, counts={"wrapping_key": epoch}):
            _note(epoch)
    return epoch


def _placed_after(in_use: int) -> int:
    """The number of the next wrapping key, which is in place on return."""
    keyring.forget_read()
    if keyring.epoch() > in_use:
        return keyring.epoch()
    refuse_if([] if keyring.source().is_file else [KEY_NOT_PLACED])
    name = f"wrap-{in_use + 1}"
    # In place before the database knows of it: broken off here, it is found and taken.
    keyring.replace(keyring.keys() | keyring.made_up((name,)))
    return in_use + 1


@contextmanager
def _while_nobody_stores() -> Iterator[None]:
    """A transaction that begins when nobody is storing keys, and until whose end nobody can."""
    until = time.monotonic() + _PATIENCE
    while True:
        with transaction.atomic():
            if sealing.may_change_wrapping():
                yield
                return
        refuse_if([STORING] if time.monotonic() > until else [])
        time.sleep(_PAUSE)


def _wrap_all(epoch: int, tell: Tell) -> int:
    """Wrap every key anew that is not under this wrapping key; how many."""
    # What is stored from now on is under it (`sealing.wrapped_as_now`), so this comes to an end.
    left = Key.objects.filter(epoch__lt=epoch)
    of, done, after = left.count(), 0, UUID(int=0)
    while True:
        with transaction.atomic():
            found = left.filter(record__gt=after).order_by("record")
            rows: list[Any] = list(found.values_list("record", "kind", "epoch", "wrapped")[:_CHUNK])
            _put_back(epoch, [_rewrapped(epoch, *row) for row in rows])
        if not rows:
            return done
        after, done = rows[-1][0], done + len(rows)
        tell("Wrapping keys anew", done, of)


def _rewrapped(
    epoch: int, record: UUID, kind: str, before: int, wrapped: bytes
) -> tuple[UUID, int, bytes]:
    return record, before, sealing.rewrap(before, epoch, kind, record.bytes, bytes(wrapped))


def _put_back(epoch: int, rows: list[tuple[UUID, int, bytes]]) -> None:
    """Keep keys wrapped anew, but for those that were destroyed meanwhile."""
    anew = [(record, before, epoch, wrapped) for record, before, wrapped in rows]
    change_all(Key, ("record", "epoch"), ("epoch", "wrapped"), anew)


def _note_done(epoch: int, count: int, by: Actor) -> None:
    with _while_nobody_stores():
        assert not Key.objects.filter(epoch__lt=epoch).exists()  # noqa: S101 - see `_wrap_all`
        newest = Wrapping.objects.filter(epoch=epoch, done_at=None)
        if newest.exists():
            counts = {"keys": count, "wrapping_key": epoch}
            with trail.change(Event.KEYS_WRAPPED_ANEW, by=by, counts=counts):
                newest.update(done_at=clock.now())


def _destroy_older(epoch: int, by: Actor) -> None:
    keyring.forget_read()
    older = {f"wrap-{number}" for number in keyring.wrapping(keyring.keys()) if number < epoch}
    if older:
        kept = {name: value for name, value in keyring.keys().items() if name not in older}
        keyring.replace(kept)
    sealing.forget_wrappers()
    _note_destroyed(epoch, by)


def _note_destroyed(epoch: int, by: Actor) -> None:
    older = Wrapping.objects.filter(epoch__lt=epoch, destroyed_at=None)
    with transaction.atomic():
        if older.exists():
            counts = {"wrapping_key": epoch - 1}
            with trail.change(Event.WRAPPING_KEY_DESTROYED, by=by, counts=counts):
                older.update(destroyed_at=clock.now())


# --- the key for digests of identifiers ----------------------------------------------------------


def next_digest_key() -> bytes:
    """A key for digests that is coming into use, in place beside the one in use."""
    keyring.forget_read()
    if not keyring.has("digest-next"):
        refuse_if([] if keyring.source().is_file else [keyring.KEYS_ARE_ELSEWHERE])
        keyring.replace(keyring.keys() | keyring.made_up(("digest-next",)))
    return keyring.key("digest-next")


def take_next_digest_key() -> None:
    """Now that every digest is under it, the key that was coming into use is the one in use."""
    if not keyring.source().is_file:
        return
    kept = {**keyring.keys(), "digest": keyring.key("digest-next")}
    del kept["digest-next"]
    keyring.replace(kept)


class DigestOf(NamedTuple):
    """Of which identifier a digest is, without the digest itself."""

    id: UUID
    kind: str
    identifier: UUID
    person: UUID


def digests_in_chunks() -> Iterator[list[DigestOf]]:
    """Of which identifiers there are digests, in the order of their ids."""
    after = UUID(int=0)
    found = Digest.objects.order_by("id").values_list(*DigestOf._fields)
    while rows := [DigestOf(*row) for row in found.filter(id__gt=after)[:_CHUNK]]:
        yield rows
        after = rows[-1].id


def put_digests(rows: list[tuple[UUID, bytes]]) -> None:
    """Put digests, by the ids of their rows, in the place of what is there."""
    change_all(Digest, ("id",), ("digest",), rows)


def forget_attempts() -> None:
    """Failed sign-ins are counted by digests too, and those of the old key count no more."""
    SignInAttempt.objects.all().delete()
