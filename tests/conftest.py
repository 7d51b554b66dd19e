"""What every test stands on: a home of its own, Django set up in it, and how Chromium starts."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from typing import Any

import django
import pytest
from hypothesis import settings as hypothesis_settings

# Before anything reads the settings: one home for each process, so also for each worker of xdist.
HOME = tempfile.mkdtemp(prefix="accompany-home-")
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
for name in [name for name in os.environ if name.startswith("ACCOMPANY_")]:
    if name not in ("ACCOMPANY_CHROMIUM", "ACCOMPANY_DATABASE_URL"):
        del os.environ[name]
os.environ["ACCOMPANY_HOME"] = HOME
os.environ["DJANGO_SETTINGS_MODULE"] = "accompany.config.settings"
django.setup()

hypothesis_settings.register_profile("accompany", deadline=None, derandomize="CI" in os.environ)
hypothesis_settings.load_profile("accompany")


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
