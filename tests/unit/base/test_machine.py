"""What the machine did wrong is told as such, and nothing else is."""

import errno

import psycopg
import pytest
from django.conf import settings
from django.db import DataError, InterfaceError, InternalError, OperationalError, connection

from accompany.base import machine
from accompany.base.machine import LOST, NO_ROOM, READ_ONLY, objection_to
from tests.cast import DAUGHTER

ON_SQLITE = pytest.mark.skipif(connection.vendor != "sqlite", reason="these are SQLite's words")
ON_POSTGRESQL = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="these are PostgreSQL's codes"
)


def over(error: Exception, beneath: Exception) -> Exception:
    """An error of Django's over that of the driver."""
    error.__cause__ = beneath
    return error


@pytest.mark.parametrize(
    ("number", "objection"),
    [
        (errno.ENOSPC, NO_ROOM),
        (errno.EDQUOT, NO_ROOM),
        (errno.EROFS, READ_ONLY),
        (errno.EACCES, READ_ONLY),
        (errno.ENOENT, None),
        (errno.ECONNRESET, None),
    ],
)
def test_an_error_of_files_is_told_by_its_number(number, objection):
    assert objection_to(OSError(number, DAUGHTER.given)) is objection


@ON_SQLITE
@pytest.mark.parametrize(
    ("words", "objection"),
    [
        ("database or disk is full", NO_ROOM),
        ("attempt to write a readonly database", READ_ONLY),
        ("disk I/O error", None),
        ("no such table: people_person", None),
    ],
)
def test_an_error_of_sqlite_is_told_by_its_words(words, objection):
    assert objection_to(OperationalError(words)) is objection


@ON_SQLITE
def test_what_sqlite_does_not_explain_is_explained_by_the_folder(monkeypatch, tmp_path):
    monkeypatch.setattr(settings, "HOME", tmp_path)
    monkeypatch.setattr(machine, "may_write", lambda _folder: False)
    assert objection_to(OperationalError("unable to open database file")) is READ_ONLY


@ON_POSTGRESQL
@pytest.mark.parametrize(
    ("error", "objection"),
    [
        (over(OperationalError(), psycopg.errors.DiskFull()), NO_ROOM),
        (over(InternalError(), psycopg.errors.ReadOnlySqlTransaction()), READ_ONLY),
        (over(OperationalError(), psycopg.errors.AdminShutdown()), LOST),
        (over(OperationalError(), psycopg.errors.CannotConnectNow()), LOST),
        (over(OperationalError(), psycopg.OperationalError()), LOST),
        (over(InterfaceError(), psycopg.InterfaceError()), LOST),
        (over(OperationalError(), psycopg.errors.DeadlockDetected()), None),
        (over(DataError(), psycopg.DataError()), None),
    ],
)
def test_an_error_of_postgresql_is_told_by_its_code(error, objection):
    assert objection_to(error) is objection


@pytest.mark.parametrize("error", [None, ValueError(DAUGHTER.given), KeyError()])
def test_a_fault_of_ours_is_not_blamed_on_the_machine(error):
    assert objection_to(error) is None
