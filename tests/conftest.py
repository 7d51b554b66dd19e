"""What every test stands on: a home of its own, Django set up in it, and how Chromium starts."""

import atexit
import importlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import pytest
from django.conf import settings
from django.utils import translation
from hypothesis import settings as hypothesis_settings

# Before anything reads the settings: one home for each process, so also for each worker of xdist.
HOME = tempfile.mkdtemp(prefix="accompany-home-")
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
for name in [name for name in os.environ if name.startswith("ACCOMPANY_")]:
    if name not in ("ACCOMPANY_CHROMIUM", "ACCOMPANY_DATABASE_URL"):
        del os.environ[name]
os.environ["ACCOMPANY_HOME"] = HOME
Path(HOME, "static").mkdir()  # whitenoise warns where the set-up made none
os.environ["DJANGO_SETTINGS_MODULE"] = "accompany.config.settings"
if settings.configured:
    # Where the environment names the settings, as in every worker of xdist, pytest-django has read
    # them already, with the home that they were handed.
    anew = importlib.reload(sys.modules["accompany.config.settings"])
    for name in ("HOME", "ACCOMPANY_HOME", "ACCOMPANY_KEY_FILE", "ACCOMPANY_SPOOL", "STATIC_ROOT"):
        setattr(settings, name, getattr(anew, name))
if not os.environ.get("ACCOMPANY_DATABASE_URL"):
    # In memory, also for every worker of xdist: pytest-django knows that of Django's own backend.
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = ":memory:"
django.setup()

# Argon2 takes its time on purpose; tests make many accounts and guard none.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

hypothesis_settings.register_profile("accompany", deadline=None, derandomize="CI" in os.environ)
hypothesis_settings.load_profile("accompany")

# Only after the set-up: both know models.
from accompany.access import keyring  # noqa: E402
from tests.world import World  # noqa: E402


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Each test begins in English, in whatever language the one before it read its last page."""
    translation.activate("en")


@pytest.fixture(scope="session", autouse=True)
def key_file() -> Path:
    """The key file of this process's home. Databases come and go; the key stays."""
    return keyring.make()


@pytest.fixture
def world(db: None) -> World:
    """An installation that has been set up."""
    return World.set_up()


@pytest.fixture(scope="session")
def chromium_launch() -> Iterator[dict[str, Any]]:
    """
    The arguments of Playwright's `chromium.launch`, for journeys.

    Without a Chromium of the machine, Playwright takes its own. While a journey's browser lives,
    Playwright's loop runs in the tests' thread and Django takes it for an asynchronous caller.
    """
    names = ("chromium", "chromium-browser", "google-chrome")
    on_path = next(filter(None, map(shutil.which, names)), None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield {
            "executable_path": os.environ.get("ACCOMPANY_CHROMIUM") or on_path,
            "args": ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
        }


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Tell how many inputs the noise tests tried, in whichever process."""
    tried = [
        value
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, value in report.user_properties
        if name == "inputs"
    ]
    if tried:
        terminalreporter.write_line(f"Noise: {sum(tried):,} inputs of {len(tried)} kinds.")
