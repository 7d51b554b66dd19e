"""
Who does the jobs that wait in the database, and what if they die over one?

One worker at a time does the jobs of an installation: it holds a lock that goes with its process.
Whoever gets the lock therefore knows that a job marked as running has nobody left who runs it, and
takes it up again; jobs are made to be done twice without harm. The only module that knows
django-tasks-db.
"""

import os
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import close_old_connections, connection, connections, transaction
from django.db.models import Min
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from accompany.access import queries, rotation, trail
from accompany.base import clock, log
from accompany.enquiries import actions as enquiries
from accompany.exchange import incoming

WORKER_LOCK = 0x6A6F62  # any number that nobody else locks
PAUSE = 1.0  # seconds between two looks at what waits
LOCK_PAUSE = 5.0
SEAL_PAUSE = 1.0
TIDY_PAUSE = 60.0
ROTATION_PAUSE = 3600.0
REMEMBERED = timedelta(days=7)


class JobBroke(Exception):
    """A job broke; the kind of error alone is kept, since its message may quote a record."""


def work(stopped: threading.Event, *, until_done: bool = False) -> None:
    """Do jobs until stopped or, with `until_done`, until none waits; first those left behind."""
    with _alone(stopped) as is_alone:
        if not is_alone:
            return
        take_up_again()
        tidied = looked = 0.0
        while not stopped.is_set():
            _renew_connection()
            if clock.now().timestamp() - tidied > TIDY_PAUSE:
                incoming.tidy()
                forget_done()
                tidied = clock.now().timestamp()
            if clock.now().timestamp() - looked > ROTATION_PAUSE:
                rotate_if_due()
                end_enquiries()
                looked = clock.now().timestamp()
            if do_next():
                continue
            if until_done:
                return
            stopped.wait(PAUSE)


def _renew_connection() -> None:
    """Let a connection go that died or is too old, but never out of a transaction, as in tests."""
    if not connection.in_atomic_block:
        close_old_connections()


def take_up_again() -> int:
    """Let jobs whose worker died wait again; how many. Only the one worker may call this."""
    running = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING)
    again = running.update(status=TaskResultStatus.READY)
    if again:
        log.event("jobs taken up again", jobs=again)
    return again


def forget_done() -> None:
    """Let jobs go that were done or broke a week ago: what they did is on record elsewhere."""
    DBTaskResult.objects.finished().filter(finished_at__lt=clock.now() - REMEMBERED).delete()


def do_next() -> bool:
    """Do the next job that waits; whether there was one."""
    with transaction.atomic():
        job = DBTaskResult.objects.ready().get_locked()
        if job is None:
            return False
        job.claim("the-worker")
    try:
        result = job.task_result
        job.task.call(*result.args, **result.kwargs)
    except Exception as error:
        log.fault("a job broke", error)
        job.set_failed(JobBroke(type(error).__name__))
    else:
        job.set_successful(None)
    return True


def end_enquiries() -> None:
    """End questions to others that nobody answered in time; what fails is tried again."""
    if not queries.is_set_up():
        return
    try:
        count = enquiries.end_unanswered(by=queries.operator())
    except Exception as error:
        log.fault("questions that nobody answered were not ended", error)
    else:
        if count:
            log.event("questions that nobody answered were ended", questions=count)


def rotate_if_due() -> None:
    """Change the wrapping key where it is time and the record may; what fails is tried again."""
    if not rotation.is_due_by_itself():
        return
    try:
        count = rotation.rotate(by=queries.operator(), tell=trail.tell_nobody)
    except Exception as error:
        log.fault("the wrapping key was not changed", error)
    else:
        log.event("the wrapping key was changed", keys=count)


def waiting_since() -> datetime | None:
    """When the oldest job that waits or runs was asked for; None if there is none."""
    unfinished = DBTaskResult.objects.filter(
        status__in=[TaskResultStatus.READY, TaskResultStatus.RUNNING]
    )
    oldest: datetime | None = unfinished.aggregate(oldest=Min("enqueued_at"))["oldest"]
    return oldest


@contextmanager
def _alone(stopped: threading.Event) -> Iterator[bool]:
    """Hold the lock of the one worker; yields False if stopped before it was free."""
    with _try_lock() as lock:
        while not lock():
            if stopped.wait(LOCK_PAUSE):
                yield False
                return
        yield True


@contextmanager
def nobody_else() -> Iterator[bool]:
    """Whether no worker is at work, and none begins within this: where it is served, one is."""
    with _try_lock() as lock:
        yield lock()


@contextmanager
def _try_lock() -> Iterator[Callable[[], bool]]:
    """A function that tries to take the lock, which is held until the end of the context."""
    if connection.vendor == "postgresql":
        own = connections.create_connection("default")  # the lock is the connection's
        try:
            yield lambda: _locked_on_postgresql(own)
        finally:
            own.close()
    else:
        path = Path(settings.HOME) / "worker.lock"
        with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as file:
            yield lambda: _locked_on_sqlite(file)


def _locked_on_postgresql(own: object) -> bool:
    with own.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [WORKER_LOCK])
        return bool(cursor.fetchone()[0])


def _locked_on_sqlite(file: sqlite3.Connection) -> bool:
    try:
        file.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:
        return False
    return True


def seal_meanwhile(stopped: threading.Event) -> threading.Thread | None:
    """On PostgreSQL a thread that seals the trail every second; on SQLite each writer does."""
    if connection.vendor != "postgresql":
        return None
    thread = threading.Thread(target=_seal_until, args=(stopped,), name="sealer", daemon=True)
    thread.start()
    return thread


def _seal_until(stopped: threading.Event) -> None:
    while not stopped.wait(SEAL_PAUSE):
        close_old_connections()
        try:
            trail.seal()
        except Exception as error:
            log.fault("sealing failed", error)
            connection.close()


def stop_with_parent(stopped: threading.Event) -> None:
    """Stop when the standard input ends: the server that started this worker holds it open."""
    thread = threading.Thread(target=_read_to_end, args=(stopped,), name="parent", daemon=True)
    thread.start()


def _read_to_end(stopped: threading.Event) -> None:
    # Not through sys.stdin: at its end Python would wait for the lock that this read holds.
    while os.read(sys.stdin.fileno(), 1024):
        pass
    stopped.set()
