"""Who needs a second factor, how long a proof lasts, and what a device is called."""

from datetime import UTC, datetime, timedelta

import pytest

from accompany.access import rules
from accompany.access.permissions import OF_ROLE
from accompany.access.terms import Permission, Role
from accompany.web import devices

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("role", "needs"),
    [
        (Role.ADMINISTRATOR, True),
        (Role.CASEWORKER, True),
        (Role.TRACER, True),
        (Role.COMPANION, True),
        (Role.AUDITOR, True),
        (Role.ANALYST, False),
    ],
)
def test_who_needs_a_second_factor(role, needs):
    assert rules.needs_second_factor(OF_ROLE[role]) is needs


@pytest.mark.parametrize("permission", Permission)
def test_whatever_shows_or_leads_to_persons_needs_one(permission):
    shows_nobody = {
        Permission.SEE_FIGURES,
        Permission.SEE_EXACT_FIGURES,
        Permission.SEE_LISTS,
        Permission.LOG_DEMANDS,
    }
    roles = [may for may in OF_ROLE.values() if permission in may]
    if permission not in shows_nobody:
        assert all(rules.needs_second_factor(may) for may in roles)


@pytest.mark.parametrize(
    ("role", "has_others", "codes"),
    [
        (Role.CASEWORKER, False, ["access.last-second-factor"]),
        (Role.CASEWORKER, True, []),
        (Role.ANALYST, False, []),
        (Role.ANALYST, True, []),
    ],
)
def test_the_last_one_of_who_needs_one_stays(role, has_others, codes):
    found = rules.objections_to_removing_factor(OF_ROLE[role], has_others=has_others)
    assert [objection.code for objection in found] == codes


@pytest.mark.parametrize(
    ("is_active", "locked_at", "codes"),
    [
        (True, None, []),
        (True, NOON, ["access.account-locked"]),
        (False, None, ["access.account-not-active"]),
        (False, NOON, ["access.account-not-active", "access.account-locked"]),
    ],
)
def test_whom_an_account_lets_in(is_active, locked_at, codes):
    found = rules.objections_to_entering(is_active=is_active, locked_at=locked_at)
    assert [objection.code for objection in found] == codes


@pytest.mark.parametrize(
    ("ago", "fresh"),
    [
        (None, False),
        (timedelta(0), True),
        (timedelta(minutes=4, seconds=59), True),
        (timedelta(minutes=5), False),
        (timedelta(days=1), False),
        (timedelta(seconds=-1), False),  # a clock set back proves nothing
    ],
)
def test_a_proof_lasts_five_minutes(ago, fresh):
    proved_at = None if ago is None else NOON - ago
    assert rules.is_proof_fresh(proved_at, NOON) is fresh


CHROMIUM = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0"
WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4"


@pytest.mark.parametrize(
    ("user_agent", "said"),
    [
        ("Mozilla/5.0 (Android 14; Mobile) Gecko/128.0 Firefox/128.0", "Firefox on Android"),
        (f"(Linux; Android 10; K) {CHROMIUM} Mobile Safari/537.36", "Chrome on Android"),
        (f"(iPhone; CPU iPhone OS 17_4 like Mac OS X) {WEBKIT} Safari/604", "Safari on iPhone"),
        (f"(Windows NT 10.0; x64) {CHROMIUM} Safari/537.36 Edg/124.0", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) Gecko/1 Firefox/128.0", "Firefox on Linux"),
        ("curl/8.0", "a browser that did not say which"),
        ("", "a browser that did not say which"),
        ("<script>Firefox/1 Android", "Firefox on Android"),
    ],
)
def test_a_device_is_called_by_two_words(user_agent, said):
    assert devices.said(devices.named(user_agent)) == said
