"""Second factors of somebody in a test, and the codes that they show."""

from typing import Any

import pyotp

from accompany.access import queries, second_factors
from accompany.base import clock

SECRET = "ZXQ7QK4M2VTOYB5JWD3RNEHC6UAGSLPF"


def code_at(seconds: int = 0, secret: str = SECRET) -> str:
    """The code that an app shows so many seconds from now."""
    return pyotp.TOTP(secret).at(int(clock.now().timestamp()) + seconds)


def add_app(user: Any, name: str = "teléfono") -> None:
    """Give somebody an app as a second factor, set up a minute ago: the code of now is unused."""
    code, actor = code_at(-second_factors.STEP), queries.actor_of(user)
    second_factors.add_app(user=user, secret=SECRET, code=code, name=name, by=actor)


def make_codes(user: Any) -> list[str]:
    """Recovery codes of somebody."""
    return second_factors.make_recovery_codes(user=user, by=queries.actor_of(user))
