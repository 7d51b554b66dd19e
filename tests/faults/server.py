"""
A PostgreSQL that can be killed: of the test's own, in a folder of its own, whose commits last.

Unlike that of `tests.postgres` it is a child of the test, so that its end can be waited for: a
server that was killed leaves a lock file, and another starts only when that process is gone.
"""

import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg

from tests.postgres import server_door

PATIENCE = 60  # seconds
AT_WORK = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND state <> 'idle'"
ENDED = (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)


@dataclass
class Server:
    """One server: its folder and, while it runs, its first process."""

    folder: Path
    _process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @classmethod
    def make(cls, folder: Path | None = None) -> "Server":
        """A server that was never started, in a new folder or in an empty one that is there."""
        # Short, because the path of a socket has at most 107 bytes.
        made = cls(folder or Path(tempfile.mkdtemp(prefix="pg-")))
        made.folder.chmod(0o755)  # as root the server runs as another user
        made._door().ensure_pgdata_inited()
        return made

    def _door(self) -> Any:
        return server_door()(self.folder / "data", cleanup_mode=None, start=False)

    def url(self, database: str) -> str:
        """The URL of one of its databases."""
        return f"postgresql://postgres@/{database}?host={self.folder / 'data'}"

    def start(self) -> None:
        """Start it, and wait until it answers: after a kill it first reads its log again."""
        door, data = self._door(), self.folder / "data"
        program = [door.bin_path / "postgres", "-D", data, "-h", "", "-k", data]
        with (self.folder / "told").open("ab") as told:
            self._process = subprocess.Popen(
                program, stdout=told, stderr=told, user=door.system_user, start_new_session=True
            )
        self.wait()

    def wait(self) -> None:
        """Wait until it answers."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=5).close()
            except psycopg.OperationalError:
                assert time.monotonic() < until, (self.folder / "told").read_text()[-2_000:]
                assert self._process is not None
                assert self._process.poll() is None, (self.folder / "told").read_text()[-2_000:]
                time.sleep(0.05)
            else:
                return

    def copy(self, database: str, of: str) -> str:
        """Another database that is a copy of one that nobody uses; its URL."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{database}" TEMPLATE "{of}"')
            # A copied sequence takes numbers for noted in the log that only the original's has
            # there, and after a kill would give them a second time; after a checkpoint it notes
            # them itself.
            server.execute("CHECKPOINT")
        return self.url(database)

    def make_empty(self, database: str) -> str:
        """Another database; its URL."""
        return self.copy(database, "template1")

    def drop(self, database: str) -> None:
        """Let a database go, whoever still uses it."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as server:
            server.execute(f'DROP DATABASE "{database}" WITH (FORCE)')

    def wait_until_idle(self, database: str) -> None:
        """Wait until nobody works in a database: what who was killed had begun comes to an end."""
        until = time.monotonic() + PATIENCE
        with psycopg.connect(self.url("postgres"), autocommit=True) as server:
            while server.execute(AT_WORK, [database]).fetchone() != (0,):
                assert time.monotonic() < until, "somebody works on in a database"
                time.sleep(0.05)

    def kill(self, database: str) -> str:
        """Kill all of its processes at once; what was killed."""
        self._kill([*self._family()])
        return "all of its processes"

    def kill_first(self, database: str) -> str:
        """Kill its first process alone: the others find out, and go."""
        self._kill(self._family()[:1])
        return "its first process"

    def kill_session(self, database: str) -> str:
        """Kill a process that works for somebody: the first ends all others and starts anew."""
        with psycopg.connect(self.url("postgres")) as server:
            found = server.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = %s ORDER BY xact_start LIMIT 1",
                [database],
            ).fetchone()
        if found is not None:
            with suppress(psutil.NoSuchProcess):
                psutil.Process(found[0]).kill()
        return "a process that works for somebody"

    def again(self) -> None:
        """Have it run: started, if it was killed as a whole."""
        assert self._process is not None
        if self._process.poll() is None:
            self.wait()
        else:
            self.start()

    def _family(self) -> list[psutil.Process]:
        assert self._process is not None
        first = psutil.Process(self._process.pid)
        return [first, *first.children(recursive=True)]

    def _kill(self, processes: list[psutil.Process]) -> None:
        assert self._process is not None
        family = self._family()
        for one in processes:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        self._process.wait(PATIENCE)
        until = time.monotonic() + PATIENCE
        # Whoever is left holds the shared memory, beside which no other server starts.
        while any(is_running(one) for one in family):
            assert time.monotonic() < until, "a process of the killed server does not go"
            time.sleep(0.02)

    def remove(self) -> None:
        """End it for good, and everything that it kept."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)  # whoever is connected is not waited for
            try:
                self._process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self._kill(self._family())
        shutil.rmtree(self.folder, ignore_errors=True)


def is_running(process: psutil.Process) -> bool:
    """Whether a process runs; one that only waits for its parent's notice does not."""
    try:
        return process.is_running() and process.status() not in ENDED
    except psutil.NoSuchProcess:
        return False
