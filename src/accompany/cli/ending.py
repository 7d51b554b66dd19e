"""
How does a command end, and what does it say then?

0 done, 1 refused, 2 misuse or a wrong setting, 3 `verify` or `doctor` found something, 70 a bug.
What is said goes to the standard error output. A bug is told by its kind alone: its message may
quote a record.
"""

import os
import sys
from collections.abc import Callable, Iterable

import click
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import Error, OperationalError

from accompany.base import machine
from accompany.base.refusal import Misconfigured, Objection, Refused

DONE = 0
REFUSED = 1
MISUSE = 2
FOUND = 3
BROKEN = 70
STOPPED = 130

NOT_ALLOWED = Objection(
    "cli.not-allowed",
    "Nothing was done: the account may not do this.",
    "Name another account with --as, or ask an administrator.",
)
NOT_THERE = Objection(
    "cli.not-there",
    "There is no such record.",
    "Read the code again, as it is on the page or on the paper.",
)
BUSY = Objection(
    "cli.busy",
    "Nothing was done: for a minute somebody else was writing to the record, as a long list does.",
    "Try again when that is done.",
)


class FoundSomething(Exception):
    """`verify` or `doctor` found something; it has been printed."""


def of(error: BaseException) -> int:
    """Tell how a command ended that did not run to its end; the exit code."""
    for kind, tell in _WAYS:
        if isinstance(error, kind):
            return tell(error)
    return _broken(error)


def tell(objections: Iterable[Objection]) -> None:
    """Print objections, a line each: what was not done, why, what to do now, and the code."""
    for objection in objections:
        why, remedy = objection.told()
        click.echo(f"{why} {remedy} [{objection.code}]", err=True)


def _exit(error: BaseException) -> int:
    return int(getattr(error, "exit_code", DONE))


def _misuse(error: BaseException) -> int:
    assert isinstance(error, click.ClickException)  # noqa: S101 - the table below says so
    error.show()
    return MISUSE


def _refused(error: BaseException) -> int:
    tell(getattr(error, "objections", ()))
    return REFUSED


def _misconfigured(error: BaseException) -> int:
    _refused(error)
    return MISUSE


def _not_allowed(_error: BaseException) -> int:
    tell([NOT_ALLOWED])
    return REFUSED


def _not_there(_error: BaseException) -> int:
    tell([NOT_THERE])
    return REFUSED


def _machine(error: BaseException) -> int:
    is_locked = isinstance(error, OperationalError) and "is locked" in str(error)
    objection = BUSY if is_locked else machine.objection_to(error)
    if objection is None:
        return _broken(error)
    tell([objection])
    return REFUSED


def _nobody_listens(_error: BaseException) -> int:
    # Python would complain once more when it flushes at its end.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return DONE


def _stopped(_error: BaseException) -> int:
    click.echo("\nStopped. Nothing that was under way was recorded.", err=True)
    return STOPPED


def _broken(error: BaseException) -> int:
    kind = type(error).__name__
    click.echo(
        f"Accompany broke off because of a fault of its own ({kind}); what was under way was not "
        "recorded. Tell those who look after it which command it was.",
        err=True,
    )
    return BROKEN


_WAYS: tuple[tuple[type[BaseException], Callable[[BaseException], int]], ...] = (
    (click.exceptions.Exit, _exit),
    (click.Abort, _stopped),
    (click.ClickException, _misuse),
    (FoundSomething, lambda _error: FOUND),
    (Misconfigured, _misconfigured),
    (Refused, _refused),
    (PermissionDenied, _not_allowed),
    (ObjectDoesNotExist, _not_there),
    (BrokenPipeError, _nobody_listens),
    (Error, _machine),
    (OSError, _machine),
    (KeyboardInterrupt, _stopped),
)
