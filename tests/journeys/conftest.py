"""
What a journey needs: the demo's world, served as a user serves it, and a browser.

Everything runs as it does for a newcomer: commands in processes of their own, a database file, a
server. Pages need no script, so the browser has none, but where axe looks at them.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
SEVERE = ("serious", "critical")
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
PICTURES = os.environ.get("ACCOMPANY_PICTURES")


@dataclass(frozen=True)
class Served:
    """The demo being served: its address, the files beside it, and how each comes in."""

    address: str
    lists: Path
    passwords: dict[str, str]

    def way_in(self, who: str) -> str:
        """A one-time way in, as whoever runs the demo makes one."""
        return self.command("enter", who, "--at", self.address).strip()

    def command(self, *words: str) -> str:
        """What a command prints, typed on the machine that serves the demo."""
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        environment |= {"ACCOMPANY_HOME": str(self.lists.parent)}
        typed = [sys.executable, "-m", "accompany", *words]
        done = subprocess.run(typed, env=environment, capture_output=True, text=True, check=True)
        return done.stdout


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    """The demo's world, loaded and served until the journeys end."""
    home = Path(tempfile.mkdtemp(prefix="accompany-journey-"))
    port = free_port()
    command = [sys.executable, "-m", "accompany", "demo", "--home", str(home / "demo")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"}
    log = home / "log"
    with log.open("wb") as told:
        server = subprocess.Popen([*command, "--port", str(port)], env=environment, stdout=told)
    try:
        address = f"http://localhost:{port}"
        wait_for(address, server)
        signs_in = re.findall(r"^  (\w+) +([a-z0-9]{4}(?:-[a-z0-9]{4}){3})", log.read_text(), re.M)
        yield Served(address, home / "demo" / "lists", dict(signs_in))
    finally:
        server.terminate()
        server.wait(timeout=30)
        shutil.rmtree(home, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    port = int(address.rsplit(":", 1)[1])
    for _ in range(600):
        assert server.poll() is None, "the server ended before it answered"
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise AssertionError("the server did not answer within two minutes")


@pytest.fixture(scope="session")
def browser(chromium_launch: dict[str, Any]) -> Iterator[Browser]:
    """One Chromium for all journeys."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(**chromium_launch)
        yield started
        started.close()


@pytest.fixture
def enter(browser: Browser, served: Served) -> Iterator[Callable[..., Page]]:
    """Signs in as somebody of the demo, and gives the page they come to."""
    contexts: list[BrowserContext] = []

    def sign_in(who: str, **how: Any) -> Page:
        context = browser.new_context(base_url=served.address, **({"viewport": DESK} | how))
        contexts.append(context)
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.goto(served.way_in(who))
        page.get_by_role("button", name="Come in").click()
        return page

    yield sign_in
    for context in contexts:
        context.close()


@pytest.fixture
def look(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Keeps a picture of a page, if ACCOMPANY_PICTURES names a folder."""

    def keep(page: Page, name: str) -> None:
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)

    return keep


def faults_of(page: Page) -> list[str]:
    """What axe finds that is serious or critical."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['help']}" for one in found if one["impact"] in SEVERE]


def is_too_wide(page: Page) -> bool:
    """Whether one must scroll sideways."""
    return page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
