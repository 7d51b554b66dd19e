"""How is the record served, with the jobs that wait beside it?"""

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import click
from django.conf import settings
from django.core import checks
from django.core.management import call_command
from django.db import connections
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from accompany.access.actors import Actor
from accompany.access.door import asks_for
from accompany.access.terms import Permission
from accompany.base import log
from accompany.base.refusal import Objection, Refused
from accompany.cli import jobs
from accompany.cli.door import command
from accompany.cli.surroundings import is_this_machine

APPLICATION = "accompany.config.wsgi:application"
THREADS = 6  # a page waits for the database more than for Python
AT_ONCE = 64  # requests taken in; the next wait at the door of the system
PATIENCE = 10  # seconds for what is under way at the end

PORT_TAKEN = Objection(
    "cli.port-taken",
    "Nothing is served: something else listens there already, or one may not listen there.",
    "Name another port with --port.",
)
NOT_SOUND = Objection(
    "cli.application-not-sound",
    "Nothing is served: the application found a fault in itself, such as a page that does not say "
    "whom it is for.",
    "Run `python -m django check` with its settings to see where, and mend it.",
)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "format": "%(asctime)s %(levelname)s %(message)s",
            "datefmt": "%Y-%m-%dT%H:%M:%S%z",
        }
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "plain",
            "stream": "ext://sys.stderr",
        }
    },
    "loggers": {"_granian": {"handlers": ["console"], "level": "ERROR", "propagate": False}},
}
"""The server's own log: faults only. No request is logged, since addresses hold codes."""


@command("serve")
@asks_for(Permission.OPERATE)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", type=click.IntRange(1, 65_535), default=8000, show_default=True)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Processes that answer; each holds the index of names in memory.",
)
def serve(by: Actor, host: str, port: int, workers: int) -> None:
    """
    Serve the pages, and do the jobs that wait, until it is told to stop.

    It refuses to start if key, tables, guards or pages are not as they should be. Before others
    than this machine may reach it, put a proxy that speaks HTTPS in front: docs/guide/operators.md.
    """
    prepare(host, port)
    listen(host, port, workers)


def listen(host: str, port: int, workers: int = 1) -> None:
    """Serve, after `prepare`, until told to stop."""
    click.echo(f"http://{_as_typed(host)}:{port}")
    server = Granian(
        APPLICATION,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        backpressure=AT_ONCE,
        websockets=False,
        log_level=LogLevels.error,
        log_dictconfig=LOGGING,
        respawn_failed_workers=True,
        workers_kill_timeout=PATIENCE,
    )
    with _worker_beside():
        server.serve()


def prepare(host: str, port: int) -> None:
    """Refuse what cannot be served, and lay out the static files."""
    if any(message.is_serious() for message in checks.run_checks()):
        raise Refused([NOT_SOUND])
    _refuse_if_taken(host, port)
    behind_a_proxy = settings.SECURE_PROXY_SSL_HEADER  # which asks by its own name
    named = {*settings.ALLOWED_HOSTS, "0.0.0.0", "::", "::1"}  # noqa: S104
    if host not in named and not behind_a_proxy:
        click.echo(f"ACCOMPANY_HOSTS does not name {host}: its pages would be refused.", err=True)
    if not is_this_machine(host):
        click.echo(
            f"{host} can be reached over a network, and what goes over it is not encrypted: listen "
            "at 127.0.0.1, behind a proxy that speaks HTTPS. See docs/guide/operators.md.",
            err=True,
        )
    # Anew each time: one half written when the disk was full would look newer than its source.
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    connections.close_all()  # what forks must not share a connection


def _refuse_if_taken(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError:
            raise Refused([PORT_TAKEN]) from None


def _as_typed(host: str) -> str:
    """The host as one types it into a browser on this machine."""
    if host in ("0.0.0.0", "::", "127.0.0.1"):  # noqa: S104 - compared, not bound
        return "localhost"
    return f"[{host}]" if ":" in host else host


@contextmanager
def _worker_beside() -> Iterator[None]:
    """A process of its own for jobs and seals, started again if it dies, gone with the server."""
    ending = threading.Event()
    keeper = _Keeper(ending)
    keeper.start()
    try:
        yield
    finally:
        ending.set()
        keeper.join(2 * PATIENCE)


class _Keeper(threading.Thread):
    """Keeps one worker running."""

    def __init__(self, ending: threading.Event) -> None:
        super().__init__(name="keeper", daemon=True)
        self._ending = ending

    def run(self) -> None:
        """Start the worker, and again whenever it dies, until the end."""
        while not self._ending.is_set():
            # The server forks beside this thread. With `close_fds` Python would wait for the end of
            # a pipe of which such a fork holds a copy: for ever, and no worker would be kept.
            worker = subprocess.Popen(
                [sys.executable, "-m", "accompany", "worker", "--with-parent"],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                close_fds=False,  # so that it is spawned in one step; ours are closed by themselves
            )
            self._until_gone(worker)

    def _until_gone(self, worker: "subprocess.Popen[bytes]") -> None:
        while worker.poll() is None:
            if self._ending.wait(0.5):
                self._end(worker)
                return
        log.event("the worker for jobs ended, and is started again", code=worker.returncode)
        self._ending.wait(2)

    @staticmethod
    def _end(worker: "subprocess.Popen[bytes]") -> None:
        # A job under way is killed with it and taken up again at the next start.
        worker.terminate()
        try:
            worker.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            worker.kill()


@command("worker")
@asks_for(Permission.OPERATE)
@click.option("--until-done", is_flag=True, help="End when no job waits any more.")
@click.option("--with-parent", is_flag=True, hidden=True, help="End with the standard input.")
def worker(by: Actor, until_done: bool, with_parent: bool) -> None:  # noqa: FBT001
    """
    Do the jobs that wait, such as receiving lists from the web; `serve` runs one by itself.

    One works at a time; another waits, and takes over if the first dies.
    """
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    if with_parent:
        jobs.stop_with_parent(stopped)
    jobs.seal_meanwhile(stopped)
    jobs.work(stopped, until_done=until_done)
