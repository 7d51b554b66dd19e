"""
By what is a browser remembered, and when does that end?

Django's engine of sessions, with our own table. The key of a session lies in the browser's cookie
alone: the table holds its keyed digest, and what is remembered is sealed under a key that hangs on
it, so that a copy of the database, even with the keys beside it, lets nobody in. An account is open
in one browser: opening a session ends the others. One ends after half an hour without a click, and
after twelve hours in any case.
"""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, transaction

from accompany.access import keyring, sealing
from accompany.access.models import Session, User, WayIn
from accompany.base import clock
from accompany.base.ids import uuid7
from accompany.base.refusal import Objection, Refused

HALF_OPEN = "half_open"
"""Under this a session keeps the id of a user who gave the password, and no second factor yet."""
BEGAN, DEVICE = "began", "device"

LONGEST = timedelta(hours=12)
HALF_OPEN_FOR = timedelta(minutes=10)
_SEEN_EVERY = timedelta(minutes=1)
_FIELD = "access_session.content"

NOT_LET_IN = Objection(
    "access.not-let-in",
    "This account was locked or deactivated, so nobody is signed in.",
    "Ask an administrator of your organisation.",
)


class SessionStore(SessionBase):
    """The session of one browser, as Django's middleware reads and keeps it."""

    _row: Session | None = None

    def load(self) -> dict[str, Any]:
        """What is remembered; nothing if the session is unknown, idle or over."""
        now = clock.now()
        found = Session.objects.filter(
            key=_digest(self.session_key), until__gt=now, seen_at__gt=now - idle()
        ).first()
        remembered = found and self._opened(found)
        if not remembered:
            self._session_key = None
            return {}
        self._row = found
        return remembered

    def _opened(self, row: Session) -> dict[str, Any] | None:
        try:
            text = _sealer(self.session_key).open_text(row.content, field=_FIELD, row=row.pk)
        except Refused:
            return None
        content: dict[str, Any] = json.loads(text)
        return content

    def exists(self, session_key: str) -> bool:
        """Whether there is a session of that key."""
        return Session.objects.filter(key=_digest(session_key)).exists()

    def create(self) -> None:
        """Keep it under a new key."""
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined] # Django's
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's
        """
        Keep what is remembered; opening it ends the other open sessions of its user.

        Raises Refused if their account is locked or deactivated, and UpdateError if the session was
        ended meanwhile: nothing brings it back.
        """
        if self.session_key is None:
            self.create()
            return
        content = self._get_session(no_load=must_create)  # type: ignore[attr-defined] # Django's
        try:
            with transaction.atomic():
                self._keep(content, new=must_create)
        except IntegrityError:
            if must_create:
                raise CreateError from None
            raise UpdateError from None

    def _keep(self, content: dict[str, Any], *, new: bool) -> None:
        row = self._row
        if new or row is None:
            row = Session(id=uuid7()) if new else Session.objects.filter(key=self._key).first()
        if row is None:
            raise UpdateError
        user, is_open = _whose(content)
        if is_open and user is not None and (new or not row.is_open):
            _open_for(user, besides=row)
        _describe(row, content, user, is_open=is_open)
        row.key = self._key
        row.content = _sealer(self.session_key).seal(json.dumps(content), field=_FIELD, row=row.pk)
        if new:
            row.save(force_insert=True)
        elif not _put_back(row):
            raise UpdateError
        self._row = row

    @property
    def _key(self) -> bytes:
        return _digest(self.session_key)

    def delete(self, session_key: str | None = None) -> None:
        """End it."""
        key = session_key or self.session_key
        if key is not None:
            Session.objects.filter(key=_digest(key)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        """Forget sessions that are over or idle."""
        now = clock.now()
        Session.objects.filter(until__lte=now).delete()
        Session.objects.filter(seen_at__lte=now - idle()).delete()

    @property
    def row_id(self) -> UUID | None:
        """The id of the row that keeps it."""
        self._get_session()  # type: ignore[attr-defined] # Django's: reads it if it was not read yet
        return self._row.pk if self._row else None

    def seen(self) -> None:
        """Note that somebody clicks, at most once a minute."""
        row, now = self._row, clock.now()
        if row is not None and now - row.seen_at >= _SEEN_EVERY:
            row.seen_at = now
            Session.objects.filter(pk=row.pk).update(seen_at=now)


def _put_back(row: Session) -> bool:
    """Whether the row was still there to be changed."""
    return bool(
        Session.objects.filter(pk=row.pk).update(
            user=row.user_id,
            is_open=row.is_open,
            device=row.device,
            began_at=row.began_at,
            until=row.until,
            content=row.content,
        )
    )


def _describe(row: Session, content: dict[str, Any], user: UUID | None, *, is_open: bool) -> None:
    now = clock.now()
    row.user_id, row.is_open = user, is_open
    row.device = str(content.get(DEVICE, ""))
    began = datetime.fromisoformat(content.setdefault(BEGAN, now.isoformat())) if user else now
    if row._state.adding or user:  # noqa: SLF001 - Django's documented name
        row.began_at = began
        row.until = began + (LONGEST if is_open or not user else HALF_OPEN_FOR)
    if row._state.adding:  # noqa: SLF001
        row.seen_at = now


def _whose(content: dict[str, Any]) -> tuple[UUID | None, bool]:
    """Whose session it is, and whether it is open."""
    if SESSION_KEY in content:
        return UUID(content[SESSION_KEY]), True
    half = content.get(HALF_OPEN)
    return (UUID(half["user"]) if half else None), False


def _open_for(user: UUID, *, besides: Session) -> None:
    """End the other open sessions of an account, unless nobody may come in by it."""
    held = User.objects.select_for_update().get(pk=user)
    if held.locked_at or not held.is_active:
        raise Refused([NOT_LET_IN])
    Session.objects.filter(user=user, is_open=True).exclude(pk=besides.pk).delete()


def open_now(session: Any) -> None:
    """
    Keep a session in which somebody was just signed in, and forget those that are over.

    Raises Refused as `save` does.
    """
    session.save()
    SessionStore.clear_expired()


def idle() -> timedelta:
    """After how long without a click a session has ended."""
    return timedelta(minutes=settings.ACCOMPANY_IDLE_MINUTES)


def _digest(key: str | None) -> bytes:
    return sealing.digest_of("session", key or "", key=keyring.key("web"))


def _sealer(key: str | None) -> sealing.Sealer:
    return sealing.Sealer(sealing.digest_of("session-content", key or "", key=keyring.key("web")))


def of(users: Iterable[UUID]) -> dict[UUID, list[Session]]:
    """The sessions of users that have not ended, open ones first, then the newest first."""
    now, found = clock.now(), dict[UUID, list[Session]]()
    there = Session.objects.filter(
        user__in=list(users), until__gt=now, seen_at__gt=now - idle()
    ).order_by("-is_open", "-began_at")
    for session in there.defer("content"):
        assert session.user_id is not None  # noqa: S101 - asked for by user
        found.setdefault(session.user_id, []).append(session)
    return found


def end(user: UUID, *, besides: UUID | None = None, only: UUID | None = None) -> int:
    """
    End the sessions of an account, half-open ones and one-time ways in too; how many sessions.

    A part of actions, which leave the entry.
    """
    sessions = Session.objects.filter(user=user)
    if besides is not None:
        sessions = sessions.exclude(pk=besides)
    if only is not None:
        sessions = sessions.filter(pk=only)
    else:
        WayIn.objects.filter(user=user).delete()
    ended, _rows = sessions.delete()
    return ended
