"""
Has somebody signed in with this browser before?

A cookie says for which account, signed, and names the device by chance; it lets nobody in. Tries
from a known device are counted apart, so that nobody elsewhere or beside them can use them up.
"""

import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from accompany.access import sealing

_SALT = "accompany.device"
_LASTS = 180 * 24 * 60 * 60  # seconds


def keep(request: HttpRequest, response: HttpResponse, user: Any, *, own: bool) -> None:
    """Let the browser be known again; beyond its being closed or signed out only if it is `own`."""
    before = _read(request)
    own = own or (_is_of(before, user.username) and bool(before.get("own")))
    value = {"of": _account(user.username), "device": secrets.token_hex(16), "own": own}
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps(value, salt=_SALT),
        max_age=_LASTS if own else None,
        secure=bool(settings.SESSION_COOKIE_SECURE),
        httponly=True,
        samesite="Lax",
    )


def origin(request: HttpRequest, username: str) -> str | None:
    """The device as an origin of tries for an account; None if it is not known to it."""
    said = _read(request)
    return f"device {said['device']}" if _is_of(said, username) else None


def is_own(request: HttpRequest) -> bool:
    """Whether its owner said that the device is their own."""
    return bool(_read(request).get("own"))


def _read(request: HttpRequest) -> dict[str, Any]:
    try:
        found = signing.loads(
            request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=_SALT, max_age=_LASTS
        )
    except signing.BadSignature:
        return {}
    return found if isinstance(found, dict) else {}


def _is_of(said: dict[str, Any], username: str) -> bool:
    return bool(said) and said.get("of") == _account(username)


def _account(username: str) -> str:
    return sealing.digest_of("device", username.casefold()).hex()
