"""
What does a user have beside the password, and does it prove who they are?

Codes of an app (RFC 6238, through pyotp), passkeys (`passkeys`), and ten recovery codes on paper.
Every secret is sealed under the user's key; of a recovery code only a digest is, so that it can be
read nowhere. Each code and each signature serves once, also when two come at the same moment.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import pyotp
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from accompany.access import passkeys, queries, rules, sealing, trail
from accompany.access.actors import Actor
from accompany.access.models import SecondFactor, User
from accompany.access.passkeys import NotThisPasskey, Passkey, Site, State
from accompany.access.terms import Event, FactorKind, Ref
from accompany.base import clock
from accompany.base.ids import uuid7
from accompany.base.refusal import Objection, Refused, refuse_if

NAME_FIELD = "access_secondfactor.sealed_name"
SECRET_FIELD = "access_secondfactor.sealed_secret"  # noqa: S105 - a column
STEP = 30  # seconds that an app shows one code
DIGITS = 6
CODES = 10
LONGEST_NAME = 60

CODE_NOT_RIGHT = Objection(
    "access.code-not-right",
    "That is not the code that the app shows now, so nothing was kept.",
    "Type the code that it shows at this moment. If it is never right, see that the clock of the "
    "telephone is set by itself.",
)
PASSKEY_NOT_RIGHT = Objection(
    "access.passkey-not-right",
    "The device made no passkey that serves here, so nothing was kept.",
    "Try again, with another device or in another browser if need be.",
)
FACTOR_UNKNOWN = Objection(
    "access.second-factor-unknown",
    "There is no such second factor on this account.",
    "Load the page Your account again.",
)


@dataclass(frozen=True, slots=True)
class Factor:
    """A second factor as its owner sees it."""

    id: UUID
    kind: FactorKind
    name: str
    made_at: datetime
    used_at: datetime | None


def has_any(user: UUID) -> bool:
    """Whether an account has a second factor; recovery codes alone are none."""
    return SecondFactor.objects.filter(user=user).exclude(kind=FactorKind.RECOVERY).exists()


def has_app(user: UUID) -> bool:
    """Whether an app shows codes for an account."""
    return SecondFactor.objects.filter(user=user, kind=FactorKind.TOTP).exists()


def with_any(users: Iterable[UUID]) -> set[UUID]:
    """Which of these accounts have a second factor."""
    found = SecondFactor.objects.filter(user__in=list(users)).exclude(kind=FactorKind.RECOVERY)
    return set(found.values_list("user", flat=True))


def of(user: UUID) -> list[Factor]:
    """The second factors of an account but its recovery codes, the oldest first."""
    rows = list(_rows(user).exclude(kind=FactorKind.RECOVERY))
    sealer = sealing.sealers([user]).get(user)
    return [
        Factor(
            row.pk,
            FactorKind(row.kind),
            sealer.open_text(row.sealed_name, field=NAME_FIELD, row=row.pk) if sealer else "",
            row.made_at,
            row.used_at,
        )
        for row in rows
    ]


def codes_left(user: UUID) -> int:
    """How many recovery codes have not been used."""
    return _rows(user).filter(kind=FactorKind.RECOVERY, used_at=None).count()


def _rows(user: UUID) -> QuerySet[SecondFactor]:
    return SecondFactor.objects.filter(user=user).order_by("id")


# --- an app that shows codes ----------------------------------------------------------------------


def new_secret() -> str:
    """A secret for an app, in base 32."""
    return pyotp.random_base32()


def address_of(secret: str, *, username: str) -> str:
    """What an app reads from a picture. It names nothing of ours: telephones are looked through."""
    return pyotp.TOTP(secret).provisioning_uri(name=username)


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """The step whose code this is, of the one under way and its neighbours."""
    at, app = int(now.timestamp()) // STEP, pyotp.TOTP(secret, interval=STEP)
    steps = [
        step for step in (at - 1, at, at + 1) if hmac.compare_digest(app.at(step * STEP), code)
    ]
    return steps[-1] if steps else None


def add_app(*, user: User, secret: str, code: str, name: str, by: Actor) -> None:
    """Keep the secret of an app that shows the right code. Raises Refused."""
    _must_be_own(user, by)
    step = _step_of(secret, digits(code), clock.now())
    if step is None:
        raise Refused([CODE_NOT_RIGHT])
    _add(user, FactorKind.TOTP, secret.encode(), name, counter=step, by=by)


def digits(typed: str) -> str:
    """A code as an app shows it, however it was typed."""
    kept = "".join(typed.split())
    return kept if kept.isascii() and kept.isdigit() else ""


# --- passkeys -------------------------------------------------------------------------------------


def asking_to_make(site: Site, *, user: User) -> tuple[dict[str, Any], State]:
    """What a browser is asked in order to make a passkey for this account."""
    known = [secret for _row, secret in _secrets(user.pk, FactorKind.PASSKEY)]
    handle = hashlib.sha256(b"passkey" + user.pk.bytes).digest()  # an id tells when it was made
    return passkeys.to_make(site, handle=handle, username=user.username, known=known)


def add_passkey(
    *, user: User, site: Site, state: State, answer: Mapping[str, Any], name: str, by: Actor
) -> None:
    """Keep a passkey that was just made. Raises Refused."""
    _must_be_own(user, by)
    try:
        passkey = passkeys.made(site, state, answer)
    except NotThisPasskey:
        raise Refused([PASSKEY_NOT_RIGHT]) from None
    _add(user, FactorKind.PASSKEY, passkey.credential, name, counter=passkey.counter, by=by)


def asking_to_sign(site: Site, *, user: UUID) -> tuple[dict[str, Any], State] | None:
    """What a browser is asked in order to prove a passkey; None if the account has none."""
    known = [secret for _row, secret in _secrets(user, FactorKind.PASSKEY)]
    return passkeys.to_sign(site, known) if known and site.takes_passkeys else None


# --- what proves somebody -------------------------------------------------------------------------


def is_proven_by_code(*, user: UUID, typed: str) -> bool:
    """Whether a code of an app or a recovery code is right; it serves once."""
    code = digits(typed)
    if len(code) == DIGITS:
        return _is_code_of_app(user, code)
    return _is_recovery_code(user, typed)


def _is_code_of_app(user: UUID, code: str) -> bool:
    now = clock.now()
    for row, secret in _secrets(user, FactorKind.TOTP):
        step = _step_of(secret.decode(), code, now)
        if step is not None and _use(row, after=step):
            return True
    return False


def _use(row: SecondFactor, *, after: int) -> bool:
    """Take note of a use; False if this or a later one was taken already."""
    later = SecondFactor.objects.filter(pk=row.pk, counter__lt=after)
    return bool(later.update(counter=after, used_at=clock.now()))


def _is_recovery_code(user: UUID, typed: str) -> bool:
    wanted = _digest(typed)
    for row, digest in _secrets(user, FactorKind.RECOVERY):
        if row.used_at is None and hmac.compare_digest(digest, wanted):
            return _use_up(row)
    return False


def _use_up(row: SecondFactor) -> bool:
    """Use a recovery code, which leaves its entry; False if it was used already."""
    unused = SecondFactor.objects.filter(pk=row.pk, used_at=None)
    with transaction.atomic():
        if not unused.update(used_at=clock.now()):
            return False
        by = queries.actor_of(row.user)
        with trail.change(Event.RECOVERY_CODE_USED, by=by, about=_about(row.user, row.pk)):
            return True


def is_proven_by_passkey(
    *, user: UUID, site: Site, state: State, answer: Mapping[str, Any]
) -> bool:
    """Whether one of the account's passkeys signed this challenge, and is no copy of itself."""
    rows = list(_secrets(user, FactorKind.PASSKEY))
    try:
        found = passkeys.signed(site, state, [secret for _row, secret in rows], answer)
    except NotThisPasskey:
        return False
    row = next(row for row, secret in rows if secret == found.credential)
    return _is_no_copy(row, found)


def _is_no_copy(row: SecondFactor, found: Passkey) -> bool:
    """Its counter has grown; one that never counts (0 and 0) says nothing of copies."""
    if found.counter == 0 and row.counter == 0:
        same = SecondFactor.objects.filter(pk=row.pk, counter=0)
        return bool(same.update(used_at=clock.now()))
    return _use(row, after=found.counter)


def _secrets(user: UUID, kind: FactorKind) -> list[tuple[SecondFactor, bytes]]:
    sealer = sealing.sealers([user]).get(user)
    if sealer is None:
        return []
    return [
        (row, sealer.open(row.sealed_secret, field=SECRET_FIELD, row=row.pk))
        for row in _rows(user).filter(kind=kind)
    ]


# --- what their owner does with them --------------------------------------------------------------


def rename(*, user: User, factor: UUID, name: str, by: Actor) -> None:
    """Give a second factor another name. Raises Refused if it is not there."""
    _must_be_own(user, by)
    row = _one(user, factor)
    with trail.change(Event.SECOND_FACTOR_NAMED, by=by, about=_about(user, row.pk)):
        sealer = sealing.sealers([user.pk])[user.pk]
        row.sealed_name = sealer.seal(name[:LONGEST_NAME], field=NAME_FIELD, row=row.pk)
        row.save(update_fields=["sealed_name"])


def remove(*, user: User, factor: UUID, by: Actor) -> None:
    """
    Take a second factor from one's account; with the last one go the recovery codes.

    Raises Refused if it is not there, and if it is the last of who needs one.
    """
    _must_be_own(user, by)
    with trail.change(Event.SECOND_FACTOR_REMOVED, by=by, about=_about(user, factor)):
        User.objects.select_for_update().get(pk=user.pk)  # two at once could remove the last two
        row = _one(user, factor)
        others = _rows(user.pk).exclude(kind=FactorKind.RECOVERY).exclude(pk=row.pk).exists()
        refuse_if(rules.objections_to_removing_factor(user.permissions, has_others=others))
        row.delete()
        if not others:
            _rows(user.pk).delete()


def _one(user: User, factor: UUID) -> SecondFactor:
    found = _rows(user.pk).exclude(kind=FactorKind.RECOVERY).filter(pk=factor).first()
    if found is None:
        raise Refused([FACTOR_UNKNOWN])
    return found


def make_recovery_codes(*, user: User, by: Actor) -> list[str]:
    """Ten new recovery codes, told once; the old ones serve no more."""
    _must_be_own(user, by)
    codes = [_new_code() for _ in range(CODES)]
    with trail.change(Event.RECOVERY_CODES_MADE, by=by, about=[Ref("user", user.pk)]):
        _rows(user.pk).filter(kind=FactorKind.RECOVERY).delete()
        for code in codes:
            _row(user, FactorKind.RECOVERY, _digest(code), "").save(force_insert=True)
    return codes


def remove_all(user: UUID) -> int:
    """Take all of an account's second factors, as a part of an action; how many there were."""
    gone, _by_table = _rows(user).delete()
    return gone


_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def _new_code() -> str:
    """138 random bits that can be read aloud: `k7q4-m9x2-4tz8-…`, seven groups of four."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(7))


def _digest(code: str) -> bytes:
    kept = "".join(letter for letter in code.casefold() if letter.isalnum())
    return hashlib.sha256(b"recovery" + kept.encode()).digest()


def _add(
    user: User, kind: FactorKind, secret: bytes, name: str, *, counter: int, by: Actor
) -> None:
    row = _row(user, kind, secret, name)
    row.counter = counter
    with trail.change(Event.SECOND_FACTOR_ADDED, by=by, about=_about(user, row.pk)):
        row.save(force_insert=True)


def _row(user: User, kind: FactorKind, secret: bytes, name: str) -> SecondFactor:
    sealer, key = sealing.sealers([user.pk])[user.pk], uuid7()
    return SecondFactor(
        id=key,
        user=user,
        kind=kind,
        sealed_name=sealer.seal(name[:LONGEST_NAME], field=NAME_FIELD, row=key),
        sealed_secret=sealer.seal(secret, field=SECRET_FIELD, row=key),
        made_at=clock.now(),
    )


def _about(user: User, factor: UUID) -> list[Ref]:
    return [Ref("user", user.pk), Ref("second-factor", factor)]


def _must_be_own(user: User, by: Actor) -> None:
    if by.user != user.pk:
        raise PermissionDenied
