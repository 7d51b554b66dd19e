"""
What was tried in vain, and who reads very fast?

Counted by account, kind and hour, without a value: no name that was typed, no address, no origin.
It is no entry of the trail, which is kept for ever and which nobody may be able to flood (decision
0014). Noted while a request is under way and kept when it is over, so that what undoes a change
does not undo its count.
"""

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Max, Q, Sum

from accompany.access.actors import Actor
from accompany.access.models import Entry, InVain, User
from accompany.access.terms import NOBODY, Event, Permission, Vain
from accompany.base import clock
from accompany.base.bulk import count_up

KEPT_FOR = timedelta(days=90)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PROOFS = (Event.SIGNED_IN, Event.PROVED_AGAIN)

_noted: ContextVar[list[tuple[Vain, UUID | None]] | None] = ContextVar("noted", default=None)


def begin() -> None:
    """From now on what is tried in vain is noted, until `keep`."""
    _noted.set([])


def note(kind: Vain, *, account: UUID | None = None) -> None:
    """
    Note that something was tried in vain; without an account, by whoever is signed in.

    Where no request is under way nobody waits to keep it, and nothing is noted.
    """
    noted = _noted.get()
    if noted is not None:
        noted.append((kind, account))


def note_by_name(kind: Vain, username: str) -> None:
    """Note it of the account of that name; of a name that nobody has, of nobody."""
    found = User.objects.filter(username=username).values_list("pk", flat=True).first()
    note(kind, account=found or NOBODY)


def has_noted() -> bool:
    """Whether anything was noted since `begin`."""
    return bool(_noted.get())


def keep(*, by: UUID | None) -> None:
    """Count what was noted, of the account that it was noted of, else of whoever is signed in."""
    noted, hour = _noted.get() or [], clock.now().replace(minute=0, second=0, microsecond=0)
    _noted.set(None)
    for kind, account in noted:
        count_up(InVain, {"hour": hour, "account": account or by or NOBODY, "kind": kind}, "times")
    if noted:
        InVain.objects.filter(hour__lte=hour - KEPT_FOR).delete()


@dataclass(frozen=True, slots=True)
class Counted:
    """How often one account, or nobody, tried one kind of thing in vain; and when last, by hour."""

    account: UUID | None
    kind: Vain
    times: int
    last_hour: datetime


def counted(*, seen_by: Actor, days: int = 7) -> list[Counted]:
    """What accounts of the actor's organisation, and nobody, tried in vain; the newest first."""
    seen_by.must(Permission.READ_TRAIL)
    own = User.objects.filter(organisation=seen_by.organisation).values("pk")
    found = InVain.objects.filter(
        Q(account__in=own) | Q(account=NOBODY), hour__gt=clock.now() - timedelta(days=days)
    )
    by_kind = found.values("account", "kind").annotate(sum=Sum("times"), last=Max("hour"))
    return [
        Counted(
            None if one["account"] == NOBODY else one["account"],
            Vain(one["kind"]),
            one["sum"],
            one["last"],
        )
        for one in by_kind.order_by("-last", "-sum", "account", "kind")
    ]


def within_a_day() -> dict[Vain, int]:
    """How often each kind of thing was tried in vain within a day, by all: counts of nobody."""
    lately = InVain.objects.filter(hour__gt=clock.now() - DAY).values_list("kind")
    return {Vain(kind): times for kind, times in lately.annotate(sum=Sum("times"))}


def read_much(users: Iterable[UUID]) -> set[UUID]:
    """Which of these accounts read so much within a day that they were asked for a proof."""
    lately = InVain.objects.filter(kind=Vain.READ_MUCH, hour__gt=clock.now() - DAY)
    return set(lately.filter(account__in=list(users)).values_list("account", flat=True))


def reads_too_fast(user: UUID) -> bool:
    """
    Whether an account left more entries within an hour, without a proof meanwhile, than one reads.

    Every look leaves an entry, so that nothing more need be counted.
    """
    bound: int = settings.ACCOMPANY_READS_AN_HOUR
    entries = Entry.objects.filter(actor=user).order_by("-number")
    first = entries.values_list("number", "at")[bound - 1 : bound].first()
    if first is None or first[1] <= clock.now() - HOUR:
        return False
    return not entries.filter(number__gte=first[0], event__in=PROOFS).exists()
