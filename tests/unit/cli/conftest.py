"""How a test types a command."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection

from accompany.base import guards
from accompany.cli.door import accompany
from tests.shell import ASKED, Shell
from tests.world import World


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, what it gave, what it said besides."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it gave, all of it, as JSON."""
        return json.loads(self.out)


Typed = Callable[..., Ended]


@pytest.fixture
def typed(db: None, capfdbinary: pytest.CaptureFixture[bytes]) -> Typed:
    """Runs a command: `typed("list", code)`."""

    def run(*arguments: object) -> Ended:
        code = accompany.run([str(argument) for argument in arguments])
        said = capfdbinary.readouterr()
        return Ended(code, said.out.decode(), said.err.decode())

    return run


@pytest.fixture
def ines(world: World) -> World:
    """The world whose administrator acts where no account is named."""
    return world


@contextmanager
def unguarded() -> Iterator[None]:
    """Without guards; no check may wait, or PostgreSQL keeps the tables from being altered."""
    connection.check_constraints()
    with guards.off(connection):
        yield
        connection.check_constraints()


@pytest.fixture
def off() -> Callable[[], Any]:
    """Takes the guards off for what is done within: `with off(): ...`."""
    return unguarded


@pytest.fixture
def shell(tmp_path):
    return Shell(tmp_path / "home")


@pytest.fixture
def begun(shell):
    """One in whose home a record has begun."""
    assert shell("setup", *ASKED).returncode == 0
    return shell
