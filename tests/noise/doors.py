"""A page as it is asked by whoever means no good, and what must hold of every reply."""

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.signals import got_request_exception
from django.test import Client

from accompany.access.models import Entry, Session
from accompany.base import clock
from tests import who_may_what
from tests.noise.hostile import escaped
from tests.walking import PATTERNS, Walk, undone
from tests.world import count_rows, proven

PAGES = who_may_what.read(who_may_what.PAGES)
WHO_LOOKS = ("nobody", "administrator", "counsel", "therapist of the case")
FORM = "application/x-www-form-urlencoded"
TRACEBACK = b"Traceback (most recent call last)"
A_MINUTE = timedelta(minutes=1)
NOT_YET = 503  # of a figure that is being made ready

OF_LOOKS = {
    "access.Entry", "access.About", "access.Batch", "access.Waiting", "access.Session",
    "access.SignInAttempt", "access.InVain",
}  # fmt: skip
"""What a page may add though it refuses: a look, a session, a try, and that it was in vain."""

SHOWS = {
    "people", "figure-exact", "referral-file", "list-file", "recovery-codes", "lock-account",
    "invite", "reset", "add-app", "add-passkey",
}  # fmt: skip
"""Pages that answer what was done with a page, and not with the way to one."""


class Broke(AssertionError):
    """A reply that no input may bring about."""


def reader_of(name: str) -> str:
    """Who asks for that address here: the first who may."""
    letters = dict(zip(who_may_what.READERS, PAGES.get(name, ""), strict=False))
    return next((one for one in WHO_LOOKS if letters.get(one) == "o"), "administrator")


class Visitor:
    """Somebody at every door; whatever a request changes is undone after it."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self._browsers = {reader: walk.browsers[reader] for reader in WHO_LOOKS}
        self._awake_since = clock.now()
        for browser in self._browsers.values():
            browser.raise_request_exception = False

    @cached_property
    def _before(self) -> tuple[dict[str, int], int]:
        """How much there is, and the newest entry, between any two requests."""
        return count_rows(), newest_number()

    def stay_awake(self) -> None:
        """Let no session end, and no proof grow old."""
        self._awake_since = clock.now()
        Session.objects.update(seen_at=self._awake_since)
        for browser in self._browsers.values():
            if settings.SESSION_COOKIE_NAME in browser.cookies:
                proven(browser)

    def get(self, name: str, address: str | None = None, **headers: str) -> Any:
        """The reply to a request for a page."""
        return self._reply(name, lambda browser: browser.get(self._at(name, address), **headers))

    def post(
        self,
        name: str,
        sent: str | bytes,
        content_type: str = FORM,
        address: str | None = None,
        **headers: str,
    ) -> Any:
        """The reply to a form; if it is refused, it changed nothing."""

        def ask(browser: Client) -> Any:
            before = self._before
            at = self._at(name, address)
            sent_as = sent.encode() if isinstance(sent, str) else sent
            response = browser.generic("POST", at, sent_as, content_type, **headers)
            if is_refused(name, response):
                check_unchanged(*before)
            return response

        return self._reply(name, ask)

    def _at(self, name: str, address: str | None) -> str:
        return address or self.walk.address(name)

    def _reply(self, name: str, ask: Callable[[Client], Any]) -> Any:
        if clock.now() - self._awake_since > A_MINUTE:
            self.stay_awake()
        browser = self._browsers[reader_of(name)]
        with faults_of_views() as faults:
            response = undone(browser, lambda: ask(browser))
        if faults or (response.status_code >= 500 and response.status_code != NOT_YET):
            raise Broke("\n".join([f"{response.status_code}", *faults]))
        if not getattr(response, "streaming", False) and TRACEBACK in response.content:
            raise Broke("a traceback on the page")
        return response


@contextmanager
def faults_of_views() -> Iterator[list[str]]:
    """The faults of views within, of which a browser is told by no more than a page."""
    faults: list[str] = []

    def note(**_signal: Any) -> None:
        faults.append(traceback.format_exc(limit=-6))

    got_request_exception.connect(note)
    try:
        yield faults
    finally:
        got_request_exception.disconnect(note)


def is_refused(name: str, response: Any) -> bool:
    """Whether a form was not taken."""
    if response.status_code != 200:
        return response.status_code >= 400
    return name not in SHOWS or bool(objected(response))


def objected(response: Any) -> list[str]:
    """What a page objects to: fields by their names, and refusals by their codes."""
    context = response.context or {}
    forms = [context.get(name) for name in ("form", "alone", "instead", "away", "advise", "decide")]
    fields = [name for form in forms if hasattr(form, "errors") for name in form.errors]
    return [*fields, *(one.code for one in context.get("objections") or ())]


def newest_number() -> int:
    """The number of the newest entry of the trail."""
    return Entry.objects.order_by("-number").values_list("number", flat=True).first() or 0


def check_unchanged(before: dict[str, int], newest: int) -> None:
    """Raise Broke if there is more or less than before, but for what looks add."""
    after = count_rows()
    changed = {
        label: after[label] - before[label]
        for label in after
        if after[label] != before[label] and label not in OF_LOOKS
    }
    entries = list(
        Entry.objects.filter(number__gt=newest, brings=True).values_list("event", flat=True)
    )
    if changed or entries:
        raise Broke(f"it was refused, and yet changed {changed} {entries}")


def body(sent: Any) -> str:
    """The body of a form, or the query of an address, with these fields in their order."""
    return "&".join(f"{escaped(name)}={escaped(value)}" for name, value in sent)


def every_address() -> list[str]:
    """The name of every address, in the order in which a visitor meets them."""
    return list(PATTERNS)
