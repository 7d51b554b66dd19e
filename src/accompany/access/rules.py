"""How long may somebody see what was let be seen, when does it lapse, and who may come in?"""

from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta

from accompany.access.permissions import NEED_A_SECOND_FACTOR
from accompany.access.terms import LentFor, Permission
from accompany.base.refusal import Objection

LONGEST_SLOT = timedelta(hours=10)

SLOT_TOO_LONG = Objection(
    "access.slot-too-long",
    "A record is lent for at most ten hours.",
    "Choose fewer hours; it can be lent again tomorrow.",
)
LENT_FOR_NO_TIME = Objection(
    "access.lent-for-no-time",
    "The record would be lent until a moment that is over.",
    "Choose a later moment.",
)
NOT_OF_THEM = Objection(
    "access.borrower-not-of-them",
    "There is no such account in the organisation to which the record would be lent.",
    "Ask them for the user name of whoever is to see it.",
)

LAST_SECOND_FACTOR = Objection(
    "access.last-second-factor",
    "This is the last second factor of an account that needs one, so it was not removed.",
    "Add another first, then remove this one.",
)
ACCOUNT_LOCKED = Objection(
    "access.account-locked",
    "The account is locked, so nobody is let in by it.",
    "Reset it first, on the page Users or with `accompany users reset`.",
)
ACCOUNT_NOT_ACTIVE = Objection(
    "access.account-not-active",
    "The account is deactivated, so nobody is let in by it.",
    "Make it active first, on the page Users or with `accompany users reactivate`.",
)


def objections_to_lending(kind: LentFor, since: datetime, until: datetime) -> list[Objection]:
    """What stands against lending a record from one moment until another."""
    objections = []
    if until <= since:
        objections.append(LENT_FOR_NO_TIME)
    if kind is LentFor.SLOT and until - since > LONGEST_SLOT:
        objections.append(SLOT_TOO_LONG)
    return objections


def has_lapsed(used_on: date, today: date, *, weeks: int) -> bool:
    """Whether what was last used on a day has lapsed: it lasts so many weeks, that day included."""
    return today - used_on >= timedelta(weeks=weeks)


def needs_second_factor(permissions: AbstractSet[Permission]) -> bool:
    """Whether who may do this proves by two things who they are."""
    return not NEED_A_SECOND_FACTOR.isdisjoint(permissions)


def objections_to_removing_factor(
    permissions: AbstractSet[Permission], *, has_others: bool
) -> list[Objection]:
    """What stands against removing one second factor."""
    return [] if has_others or not needs_second_factor(permissions) else [LAST_SECOND_FACTOR]


def objections_to_entering(*, is_active: bool, locked_at: datetime | None) -> list[Objection]:
    """What stands against letting an account in."""
    objections = [] if is_active else [ACCOUNT_NOT_ACTIVE]
    return [*objections, ACCOUNT_LOCKED] if locked_at else objections


PROOF_LASTS = timedelta(minutes=5)


def is_proof_fresh(proved_at: datetime | None, now: datetime) -> bool:
    """Whether who they are was proved so lately that an export or work on keys may follow."""
    return proved_at is not None and timedelta(0) <= now - proved_at < PROOF_LASTS
