"""What every answer carries, and how cookies are sent, whatever the page."""

import subprocess
import sys

import pytest

from tests.shell import SRC

METHODS = ("TRACE", "PUT", "DELETE", "OPTIONS", "PATCH")
UNDER_HTTPS = {
    "SESSION_COOKIE_NAME": "__Host-sessionid",
    "CSRF_COOKIE_NAME": "__Host-csrftoken",
    "LANGUAGE_COOKIE_NAME": "__Host-language",
    "DEVICE_COOKIE_NAME": "__Host-device",
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "LANGUAGE_COOKIE_SECURE": True,
    "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
}


@pytest.fixture(scope="module")
def under_https(tmp_path_factory):
    """The settings of an installation behind a proxy that speaks HTTPS."""
    names = [*UNDER_HTTPS, "SECURE_HSTS_SECONDS"]
    asked = "from accompany.config import settings as s; "
    asked += f"print({{name: getattr(s, name) for name in {names!r}}})"
    home = tmp_path_factory.mktemp("home")
    environment = {"ACCOMPANY_HTTPS": "1", "ACCOMPANY_HOME": str(home), "PYTHONPATH": str(SRC)}
    run = subprocess.run(
        [sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=True
    )
    return eval(run.stdout)  # noqa: S307 - a literal of our own


@pytest.mark.parametrize("name", UNDER_HTTPS)
def test_under_https_cookies_are_this_hosts_alone(under_https, name):
    assert under_https[name] == UNDER_HTTPS[name]


def test_under_https_browsers_ask_for_nothing_else_for_a_year(under_https):
    assert under_https["SECURE_HSTS_SECONDS"] >= 31_536_000


@pytest.mark.parametrize("name", ["SESSION", "CSRF", "LANGUAGE"])
def test_no_script_reads_a_cookie(settings, name):
    assert getattr(settings, f"{name}_COOKIE_HTTPONLY")
    assert getattr(settings, f"{name}_COOKIE_SAMESITE") == "Lax"


@pytest.mark.parametrize("address", ["/sign-in", "/static/accompany/accompany.css"])
def test_every_answer_has_the_policy(client, db, address):
    assert "frame-ancestors 'none'" in client.get(address)["Content-Security-Policy"]


@pytest.mark.parametrize("method", METHODS)
def test_a_page_answers_no_other_method(client, db, method):
    assert client.generic(method, "/").status_code == 405


def test_digits_alone_may_be_a_password(db):
    from django.contrib.auth.password_validation import validate_password  # noqa: PLC0415

    assert validate_password("840917362517") is None
