"""
How often may somebody try to come in?

A try is counted before it is made, and given back if it was right, so that a hundred at once are
counted too. Tries are counted by name and origin, and by origin: so nobody who is elsewhere can use
up another's. A browser that somebody signed in by before is an origin of its own (a device cookie,
as OWASP describes it): so nobody who stands beside them can either.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from accompany.access import sealing
from accompany.access.models import SignInAttempt
from accompany.base import clock

WINDOW = timedelta(minutes=15)
TRIES = 10
TRIES_OF_AN_ORIGIN = 50
DAY = timedelta(days=1)
TRIES_A_DAY = 50
"""Second factors tried for one account by devices it does not know: a code has six digits."""


def password_of(username: str) -> str:
    """What is tried with a password."""
    return f"name {username.casefold()}"


def factor_of(user: UUID, *, known: bool) -> str:
    """What is tried with a second factor; from a device known to the account, apart from others."""
    return f"{'known ' if known else ''}factor {user}"


def take(what: str, *, origin: str, a_day: int | None = None) -> UUID | None:
    """
    Take one try, kept as digests; None if there were too many of late.

    `a_day`: how many in a day for the same thing, wherever they come from.
    """
    now = clock.now()
    SignInAttempt.objects.filter(at__lte=now - DAY).delete()
    tried, came_from = digests(what, origin)
    mine = SignInAttempt.objects.create(tried=tried, origin=came_from, at=now)
    lately = SignInAttempt.objects.filter(at__gt=now - WINDOW)
    if (
        lately.filter(tried=tried, origin=came_from).count() > TRIES
        or lately.filter(origin=came_from).count() > TRIES_OF_AN_ORIGIN
        or (a_day is not None and SignInAttempt.objects.filter(tried=tried).count() > a_day)
    ):
        give_back(mine.pk)  # else whoever goes on trying would keep the door shut
        return None
    return mine.pk


def give_back(attempt: UUID) -> None:
    """A try that was right, or was not made, is not counted."""
    SignInAttempt.objects.filter(pk=attempt).delete()


def wrong_factors(users: Iterable[UUID]) -> dict[UUID, int]:
    """
    How often within a day somebody gave an account's password and then no right second factor.

    From devices that the account does not know; accounts of which nobody did so are left out.
    """
    whose = {digests(factor_of(user, known=False), "")[0]: user for user in users}
    lately = SignInAttempt.objects.filter(tried__in=list(whose), at__gt=clock.now() - DAY)
    return dict(Counter(whose[bytes(tried)] for tried in lately.values_list("tried", flat=True)))


def digests(what: str, origin: str) -> tuple[bytes, bytes]:
    """Keyed digests of what was tried and from where: neither is kept itself."""
    return sealing.digest_of("tried", what), sealing.digest_of("tried-from", origin)
