"""What has a session proved, and when?"""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accompany.access import rules
from accompany.access.passkeys import Site
from accompany.base import clock

BY_FACTOR = "by_factor"
"""Whether the session was opened by a second factor too, or by what stands for one."""

PROVED_AT = "proved_at"
THEN, PRESS_AGAIN, READ_MUCH = "then", "press_again", "read_much"


def lacks_second_factor(request: Any) -> bool:
    """Whether somebody who needs a second factor came in without: they have yet to set it up."""
    needs = rules.needs_second_factor(request.user.permissions)
    return needs and not request.session.get(BY_FACTOR)


def is_fresh(session: Any) -> bool:
    """Whether who it is was proved in the last minutes."""
    proved_at = session.get(PROVED_AT)
    return rules.is_proof_fresh(
        datetime.fromisoformat(proved_at) if proved_at else None, clock.now()
    )


def note(session: Any, *, by_factor: bool | None = None) -> None:
    """Remember that who it is was proved now; `by_factor` as the session is opened."""
    session[PROVED_AT] = clock.now().isoformat()
    if by_factor is not None:
        session[BY_FACTOR] = by_factor


def ask(request: Any, *, read_much: bool = False) -> HttpResponse:
    """
    Send somebody to prove again who they are, and back afterwards.

    What they pressed is never done by itself afterwards: they come back to the page before.
    `read_much`: it is asked because they read very many pages, and the page says so.
    """
    pressed = request.method not in ("GET", "HEAD")
    request.session[THEN] = _page_before(request) if pressed else request.get_full_path()
    request.session[PRESS_AGAIN], request.session[READ_MUCH] = pressed, read_much
    return redirect("prove")


def _page_before(request: HttpRequest) -> str:
    """The page of ours that a form was sent from, by what the browser says; else Today."""
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, {request.get_host()}):
        return reverse("today")
    parts = urlsplit(referer)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def site_of(request: HttpRequest) -> Site:
    """The host and origin of a request: one of those that the settings name, or it is refused."""
    host = request.get_host()
    return Site(split_domain_port(host)[0], f"{request.scheme}://{host}")
