"""
Where is something measured?

In an installation of its own: one is set up for each kind of database and copied for each
measurement, which runs in a process of its own, so that its memory can be told.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from itertools import count
from pathlib import Path
from time import process_time
from typing import Any

import psycopg

from tests.postgres import running_postgres

ROOT = Path(__file__).resolve().parent.parent
DATABASES = ("sqlite", "postgresql")

# As on a small server. Commits are synchronous, as they must be where a record is kept.
SETTINGS = {"shared_buffers": "512MB", "max_wal_size": "4GB"}


@dataclass(frozen=True)
class Place:
    """An installation: its home, and the URL of its database unless that is SQLite in the home."""

    database: str
    home: Path
    url: str = ""

    def run(self, step: Callable[..., Any], **given: Any) -> dict[str, Any]:
        """What a step measured, in a process of its own; `given` must go into JSON."""
        name = f"{step.__module__}:{step.__name__}"
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "benchmarks.place", name, json.dumps(given)],
            cwd=ROOT,
            env=self._environment(),
            stdout=subprocess.PIPE,
            check=True,
        )
        measured: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return measured

    def _environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("ACCOMPANY_")}
        return kept | {
            "ACCOMPANY_HOME": str(self.home),
            "ACCOMPANY_DATABASE_URL": self.url,
            "DJANGO_SETTINGS_MODULE": "accompany.config.settings",
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        }


class Maker:
    """Makes installations, each a copy of one that was set up once."""

    def __init__(self, database: str, folder: Path, url: str) -> None:
        self.database, self._folder, self._url = database, folder, url
        self._numbers = count(1)
        self._template = Place(database, folder / "template", self._named("accompany"))
        self._template.home.mkdir()
        self._template.run(set_up)

    def _named(self, name: str) -> str:
        return self._url.replace("/accompany?", f"/{name}?", 1) if self._url else ""

    @contextmanager
    def fresh(self) -> Iterator[Place]:
        """An installation in which nobody is on record; gone afterwards."""
        name = f"copy_{next(self._numbers)}"
        home = self._folder / name
        shutil.copytree(self._template.home, home)
        self._on_server(f"CREATE DATABASE {name} TEMPLATE accompany")
        try:
            yield Place(self.database, home, self._named(name))
        finally:
            self._on_server(f"DROP DATABASE {name} WITH (FORCE)")
            shutil.rmtree(home)

    def _on_server(self, command: str) -> None:
        if self._url:
            with psycopg.connect(self._named("postgres"), autocommit=True) as connection:
                connection.execute(command)


@contextmanager
def maker(database: str) -> Iterator[Maker]:
    """A maker of installations on this kind of database."""
    with tempfile.TemporaryDirectory(prefix="accompany-bench-") as folder:
        if database == "sqlite":
            yield Maker(database, Path(folder), "")
            return
        with running_postgres(SETTINGS) as url:
            yield Maker(database, Path(folder), url)


def set_up() -> dict[str, Any]:
    """A new record with its first administrator."""
    from django.core.management import call_command  # noqa: PLC0415 - Django is set up by now

    from accompany.access import actions, keyring  # noqa: PLC0415

    keyring.make()
    call_command("migrate", verbosity=0)
    actions.set_up(
        organisation="Casa Abierta", username="bench", called="B.", password="a password of a bench"
    )
    return {}


def work() -> float:
    """
    Seconds of work so far: this process and its session on the server, whoever else is at work.

    Waiting for the disk is not in it, nor what the server does in processes of its own.
    """
    from django.db import connection  # noqa: PLC0415 - Django is set up by now

    seconds = process_time()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            stat = Path(f"/proc/{cursor.fetchone()[0]}/stat").read_text(encoding="ascii")
        ticks = stat.rpartition(")")[2].split()[11:13]
        seconds += sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
    return seconds


def peak() -> float:
    """The most memory this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(name: str, given: str) -> None:
    """Run one step, in this process, and print what it measured."""
    import django  # noqa: PLC0415 - nothing else here needs it

    django.setup()
    module, step = name.split(":")
    measured = getattr(import_module(module), step)(**json.loads(given))
    print(json.dumps({"peak": peak(), **measured}))


if __name__ == "__main__":
    main(*sys.argv[1:])
