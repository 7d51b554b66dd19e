"""
What ends an account's access at once, and what lets it in without a password?

A lock, by its owner or an administrator, ends everything and stays until an administrator resets
the account. A one-time way in is made at the terminal alone, where whoever can type holds the keys.
"""

import secrets
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied

from accompany.access import keyring, queries, rules, sealing, sessions, trail
from accompany.access.actors import Actor
from accompany.access.models import User, WayIn
from accompany.access.queries import USER_UNKNOWN
from accompany.access.terms import Event, Permission, Ref
from accompany.base import clock
from accompany.base.refusal import Refused, refuse_if

WAY_IN_FOR = timedelta(minutes=10)


def lock(*, username: str, by: Actor) -> None:
    """
    Lock an account: its sessions, half-open ones and one-time ways in end now.

    By its owner, or an administrator of its organisation. Raises Refused if there is none.
    """
    with trail.change(Event.USER_LOCKED, by=by, about=[Ref("user", _one(username, by).pk)]):
        user = User.objects.select_for_update().get(username=username)
        if user.locked_at is None:
            user.locked_at, user.locked_by, user.lock_seen_by = clock.now(), by.user, None
            user.save(update_fields=["locked_at", "locked_by", "lock_seen_by"])
        sessions.end(user.pk)


def _one(username: str, by: Actor) -> User:
    """The account of that name: the actor's own, or one of those they look after."""
    user = User.objects.filter(username=username, organisation=by.organisation).first()
    if user is None or user.pk != by.user:
        by.must(Permission.MANAGE_USERS)
    if user is None:
        raise Refused([USER_UNKNOWN])
    return user


def lock_seen(*, username: str, by: Actor) -> None:
    """An administrator takes note that an account was locked: it is told no more."""
    by.must(Permission.MANAGE_USERS)
    user = _one(username, by)
    with trail.change(Event.LOCK_SEEN, by=by, about=[Ref("user", user.pk)]):
        user.lock_seen_by = by.user
        user.save(update_fields=["lock_seen_by"])


def locks_to_tell(*, seen_by: Actor) -> list[User]:
    """The locked accounts of the organisation of which no administrator has taken note yet."""
    if not seen_by.may(Permission.MANAGE_USERS):
        return []
    locked = queries.users(seen_by=seen_by).exclude(locked_at=None)
    return list(locked.filter(lock_seen_by=None).order_by("locked_at"))


def end_sessions(
    *, username: str, by: Actor, besides: UUID | None = None, only: UUID | None = None
) -> None:
    """
    End an account's sessions: one, or all but the one in use. Raises Refused.

    By its owner, or an administrator of its organisation.
    """
    user = _one(username, by)
    with trail.change(Event.SESSIONS_ENDED, by=by, about=[Ref("user", user.pk)]):
        sessions.end(user.pk, besides=besides, only=only)


def proved_again(*, user: User, by: Actor) -> None:
    """Leave the entry that a user proved again who they are, for an export or work on keys."""
    trail.look(Event.PROVED_AGAIN, by=by, about=[Ref("user", user.pk)])


def make_way_in(*, username: str, by: Actor) -> str:
    """
    A secret that lets an account in once within ten minutes, for an address; at the terminal only.

    It stands for password and second factor. Raises Refused for an account that is locked or not
    active.
    """
    if not by.at_terminal:
        raise PermissionDenied
    by.must(Permission.MANAGE_USERS)
    user = _one(username, by)
    refuse_if(rules.objections_to_entering(is_active=user.is_active, locked_at=user.locked_at))
    secret = secrets.token_urlsafe(32)
    with trail.change(Event.WAY_IN_MADE, by=by, about=[Ref("user", user.pk)]):
        WayIn.objects.filter(until__lte=clock.now()).delete()
        WayIn.objects.create(digest=_digest(secret), user=user, until=clock.now() + WAY_IN_FOR)
    return secret


def by_way_in(secret: str) -> User | None:
    """The account that a one-time way leads into, which with this is used; None if it does not."""
    found = WayIn.objects.filter(digest=_digest(secret), until__gt=clock.now())
    way = found.select_related("user").first()
    if way is None or not found.filter(pk=way.pk).delete()[0]:
        return None
    user = way.user
    objections = rules.objections_to_entering(is_active=user.is_active, locked_at=user.locked_at)
    return None if objections else user


def _digest(secret: str) -> bytes:
    return sealing.digest_of("way-in", secret, key=keyring.key("web"))


def names_of_lockers(users: Iterable[User]) -> dict[UUID, str]:
    """How those who locked these accounts are called."""
    return queries.names_of(user.locked_by for user in users if user.locked_by)
