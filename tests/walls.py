"""
What can whoever is told "there is nothing" tell apart?

Replies are compared whole, but for what is new with every request; time is compared by the
questions that the database is asked, in their order, since no test is timed.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

# A form's token, and the nonce of a policy: new with every request.
_NEW_EACH_TIME = re.compile(rb'(name="csrfmiddlewaretoken" value=")[^"]*|(nonce-)[^\' "]*')
_LITERALS = re.compile(r"X?'(?:[^']|'')*'(?:::\w+)?|\b\d[\d.]*\b|s\d+_x\d+")


def patterns(resolver: URLResolver | None = None) -> list[URLPattern]:
    """Every address of ours."""
    found: list[URLPattern] = []
    for pattern in (resolver or get_resolver()).url_patterns:
        found += patterns(pattern) if isinstance(pattern, URLResolver) else [pattern]
    return found


def told(response: Any, *addressed: str) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    """
    All that a response says: status, headers, body; without what is new each time.

    `addressed`: what of it the reader typed, and stands in the frame of every page.
    """
    body = b"" if getattr(response, "streaming", False) else response.content
    for typed in addressed:
        body = body.replace(typed.encode(), b"")
    body = _NEW_EACH_TIME.sub(rb"\1\2", body)
    headers = [(name, value) for name, value in response.items() if name != "Content-Length"]
    return response.status_code, tuple(sorted(headers)), body


def shape(statements: Iterable[dict[str, str]]) -> list[str]:
    """Statements to the database in their order, without the values in them."""
    return [_LITERALS.sub("?", one["sql"]) for one in statements]


def asked_and_told(
    browser: Client, address: str, *addressed: str, post: dict[str, str] | None = None
) -> tuple[list[str], Any]:
    """What a request asks of the database, and all that its reply says."""
    browser.get("/help")  # what is done once a day or a session is done
    with CaptureQueriesContext(connection) as captured:
        response = browser.get(address) if post is None else browser.post(address, post)
    return shape(captured), told(response, address, *addressed)


def shape_of(work: Callable[[], Any]) -> list[str]:
    """What some work asks of the database."""
    with CaptureQueriesContext(connection) as captured:
        work()
    return shape(captured)
