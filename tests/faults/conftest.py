"""What a fault test stands on: a record that has just begun, copied for each, and what is noted."""

import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

pytest.register_assert_rewrite("tests.faults.kills", "tests.faults.record", "tests.faults.server")

# Only now: what they assert is told as what a test asserts.
from tests.faults.kills import Known, measured  # noqa: E402
from tests.faults.record import Record, Template  # noqa: E402
from tests.faults.server import Server  # noqa: E402

ON_POSTGRESQL = bool(os.environ.get("ACCOMPANY_DATABASE_URL"))
NOTES = os.environ.get("FAULTS_NOTES")


@pytest.fixture(scope="session")
def seed() -> int:
    """By which moments are drawn: named in FAULTS_SEED, so that a kill can be repeated."""
    return int(os.environ.get("FAULTS_SEED") or secrets.randbelow(1_000_000))


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """Where homes lie; its path is short."""
    made = Path(tempfile.mkdtemp(prefix="faults-"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="session")
def server() -> Iterator[Server | None]:
    """A PostgreSQL of the test's own, where the tests run on PostgreSQL."""
    made = Server.make() if ON_POSTGRESQL else None
    if made is not None:
        made.start()
    yield made
    if made is not None:
        made.remove()


@pytest.fixture(scope="session")
def template(folder: Path, server: Server | None) -> Template:
    """A record that has just begun; with `known`, one that holds a list."""
    return Template(folder, server)


@pytest.fixture(scope="session")
def known(template: Template) -> Known:
    """What is known of that record, and of what a list brings."""
    return measured(template)


@pytest.fixture
def record(template: Template, known: Known) -> Iterator[Record]:
    """A record that holds a list, for this test alone."""
    made = template.copy()
    yield made
    template.let_go(made)


@pytest.fixture(scope="session")
def note(seed: int) -> Callable[..., None]:
    """Notes what was seen, for the report, if FAULTS_NOTES names a file."""

    def add(**seen: Any) -> None:
        if NOTES:
            with Path(NOTES).open("a", encoding="utf-8") as notes:
                on = settings.DATABASES["default"]["ENGINE"]
                notes.write(json.dumps({"on": on, "seed": seed, **seen}) + "\n")

    return add
