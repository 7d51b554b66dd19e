"""The first password, typed at a terminal before there is any table: weak ones are not taken."""

import os
import pty
import select
import subprocess
import sys

import pytest

from tests.shell import ASKED, Shell

PROMPT, AGAIN = b"made for the first sign-in): ", b"The same again: "
OTHERS_USE = b"would be guessed soon"


class Terminal:
    """A command at a terminal: what it shows, and what is typed after it has asked."""

    def __init__(self, shell, *arguments):
        self._here, there = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "accompany", *arguments],
            env=shell.environment(),
            cwd=shell.home.parent,
            stdin=there,
            stdout=there,
            stderr=there,
            start_new_session=True,
        )
        os.close(there)
        self._shown = b""

    def wait_for(self, words):
        """What it shows before these words."""
        while words not in self._shown:
            readable, _writable, _else = select.select([self._here], [], [], 120)
            assert readable, self._shown
            self._shown += os.read(self._here, 4096)
        before, self._shown = self._shown.split(words, 1)
        return before

    def type(self, text):
        os.write(self._here, text.encode() + b"\n")


def choose(terminal, password):
    for asks in (PROMPT, AGAIN):
        terminal.wait_for(asks)
        terminal.type(password)


@pytest.mark.slow
def test_at_the_set_up_a_password_that_is_guessed_soon_is_asked_for_again(tmp_path):
    """One that others use, and one that is made of the words that were just typed."""
    terminal = Terminal(Shell(tmp_path / "home"), "setup", *ASKED)
    for weak in ("password1234", "Casa Común Inés"):
        choose(terminal, weak)
        terminal.wait_for(OTHERS_USE)
    choose(terminal, "puente queso lluvia tren")
    told = terminal.wait_for(b"User: ines")
    assert b"The record is set up" in told
    assert b"puente" not in told
    assert terminal.process.wait(60) == 0
