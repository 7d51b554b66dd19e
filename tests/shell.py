"""The command as it is typed: run from outside, in a home of its own."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SRC = Path(__file__).parents[1] / "src"
ASKED = ("--organisation", "Casa Común", "--user", "ines", "--name", "Inés T.")


def run_in(home: Path, module: str, **settings: str) -> "subprocess.CompletedProcess[bytes]":
    """A module of tests, run in a process and a home of its own, which it must end well."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ACC")}
    environment = {
        **kept,
        "ACCOMPANY_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "accompany.config.settings",
        "PYTHONPATH": f"{SRC}{os.pathsep}{SRC.parent}",
        "PYTHONWARNINGS": "ignore",
        **settings,
    }
    (home / "static").mkdir()
    run = subprocess.run(
        [sys.executable, "-m", module], env=environment, capture_output=True, check=False
    )
    assert run.returncode == 0, (run.stdout + run.stderr).decode()[-3_000:]
    return run


@dataclass(frozen=True)
class Shell:
    """A terminal without a terminal, and with a home."""

    home: Path

    def environment(self) -> dict[str, str]:
        """The environment of a machine on which nothing but the home is set."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ACC")}
        return {**kept, "ACCOMPANY_HOME": str(self.home), "PYTHONPATH": str(SRC)}

    def __call__(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "accompany", *arguments],
            env={**self.environment(), **more},
            cwd=self.home.parent,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
