"""What every noise test stands on: inputs that are drawn and counted, and what was logged."""

import logging  # noqa: TID251 - what is logged is read here
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.noise import plan
from tests.noise.catalogue import Catalogue
from tests.noise.doors import Visitor
from tests.noise.hostile import is_marked
from tests.walking import Walk
from tests.world import World

LOGGERS = ("accompany", "django", "django_tasks", "django_tasks_db")

Check = Callable[[Any], None]


@pytest.fixture
def noise(record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """Try as many inputs of a kind as are planned, each drawn anew; they are counted."""

    def try_each(kind: str, drawn: st.SearchStrategy[Any], check: Check) -> None:
        tried = 0

        @settings(
            max_examples=plan.planned(kind),
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink],
        )
        @given(drawn)
        def each(one: Any) -> None:
            nonlocal tried
            tried += 1
            check(one)

        if plan.seed() is not None:
            each = seed(plan.seed())(each)
        each()
        record_property("inputs", tried)
        assert tried >= plan.planned(kind)

    return try_each


@pytest.fixture(scope="module")
def at_the_doors(django_db_setup: None, django_db_blocker: Any) -> Iterator[Visitor]:
    """Somebody at every door of one small world, which every request leaves as it was."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield Visitor(Walk(World.set_up()))
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def catalogue(at_the_doors: Visitor) -> Catalogue:
    """Every form of that world, and every parameter."""
    return Catalogue(at_the_doors)


@pytest.fixture
def visitor(at_the_doors: Visitor, catalogue: Catalogue, db: None) -> Visitor:
    """The same, awake: what a test before this one did was undone."""
    at_the_doors.stay_awake()
    return at_the_doors


class Logged(logging.Handler):
    """Keeps every line that would be written to the log."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it as it is written, with the traceback that a filter should have taken away."""
        self.lines.append(self.format(record))

    def marked(self) -> list[str]:
        """The lines that hold something of an input, since this was last asked."""
        found = [line for line in self.lines if is_marked(line)]
        self.lines.clear()
        return found


@pytest.fixture
def logged() -> Iterator[Logged]:
    """What is logged while the test runs."""
    handler = Logged()
    loggers = [logging.getLogger(name) for name in LOGGERS]
    for logger in loggers:
        # The filter of the installation's own handler: without it every traceback would be here.
        for filtering in logger.handlers[0].filters:
            handler.addFilter(filtering)
        logger.addHandler(handler)
    yield handler
    for logger in loggers:
        logger.removeHandler(handler)
