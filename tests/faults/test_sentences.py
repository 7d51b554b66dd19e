"""
What the machine or its keeper did wrong is told in a sentence each, and nothing is lost by it.

A full disk, a folder that may only be read, the key of another record, a database of an older or a
newer version: what was not done, why, and what to do now.
"""

import http.client
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from accompany.cli import ending
from tests.faults.conftest import ON_POSTGRESQL
from tests.faults.disks import fill, only_read, small_disk
from tests.faults.kills import Known
from tests.faults.record import (
    Answer,
    Hand,
    Record,
    Template,
    a_list,
    a_person,
    free_port,
    wait_for,
)
from tests.faults.server import Server

SENTENCES = re.compile(r"[A-Z].+\. .+\. \[[a-z]+\.[a-z-]+\]\n", re.DOTALL)
IN_FULL = bool(os.environ.get("FAULTS_TIMES"))
COMMANDS = ("verify", "import", "serve") if IN_FULL else ("import",)
"""In small one of them: all come in by the same door."""
LIST = a_list(1, 5)
LONG_LIST = a_list(2, 2_000)
ONCE = pytest.mark.skipif(
    ON_POSTGRESQL and not IN_FULL, reason="said by the same door; in full on both"
)
FULL = ("base.no-room", "base.database-lost", "cli.database-unreachable")
"""What is said of a full disk: PostgreSQL stops where it cannot write its log."""


def refuses(record: Record, command: str, code: str) -> None:
    """A command declines, in the house's form and with nothing else, for this reason."""
    running = record.start(*typed(record, command))
    ended, said = running.ended(), running.err.read_text()
    assert ended == ending.REFUSED, said
    assert f"[{code}]" in said
    assert SENTENCES.fullmatch(without_progress(said)), said
    assert "Traceback" not in said


def without_progress(said: str) -> str:
    """What a command said besides how far it was."""
    lines = said.splitlines(keepends=True)
    return "".join(line for line in lines if not re.match(r"\w[\w ]+: [\d,]+( of|\n)", line))


def typed(record: Record, command: str) -> list[str]:
    """What is typed for a command."""
    if command == "serve":
        return ["serve", "--port", str(free_port())]
    if command == "import":
        file = record.beside("lista.csv")
        file.write_text(LIST, encoding="utf-8")
        return ["import", "people", str(file)]
    return command.split()


def finds(record: Record, words: str) -> None:
    """`doctor` says what it found and what to do, and nothing breaks."""
    done = record("doctor")
    assert (done.returncode, done.stderr) == (ending.FOUND, "")
    assert re.search(rf"^found  {words}.*\. [A-Z].*\.$", done.stdout, re.MULTILINE), done.stdout


def is_as_before(record: Record, known: Known) -> None:
    """Nothing was lost and nothing was added."""
    now, before = record.look(), known.on_record
    assert (now["rows"], now["lists"], now["halves"]) == (before["rows"], before["lists"], [])
    assert now["verify"][0] == 0


def takes_a_list(record: Record) -> None:
    """The record works."""
    done = record(*typed(record, "import"))
    assert done.returncode == 0, done.stderr


# --- the key of another record --------------------------------------------------------------------


def test_with_the_keys_of_another_record_nothing_is_done(record, known):
    key = record.home / "key"
    kept = key.read_text()
    key.write_text(record("keys", "new").stdout)
    code = "access.keys-of-another" if ON_POSTGRESQL else "cli.file-not-opened"
    for command in COMMANDS:
        refuses(record, command, code)
    finds(record, "The keys that are here" if ON_POSTGRESQL else "The SQLite file does not open")
    key.write_text(kept)
    is_as_before(record, known)


# --- another version ------------------------------------------------------------------------------


@ONCE
def test_a_database_of_an_older_version_is_left_alone_until_it_is_migrated(record, known):
    record.module("tests.faults.another_version", "older")
    for command in COMMANDS:
        refuses(record, command, "cli.database-older")
    finds(record, "The database is of an older version")
    assert record("migrate").returncode == 0
    is_as_before(record, known)


@ONCE
def test_a_database_of_a_newer_version_is_left_alone(record, known):
    record.module("tests.faults.another_version", "newer")
    for command in (*COMMANDS, "migrate"):
        refuses(record, command, "cli.database-newer")
    finds(record, "The database is of a newer version")
    record.module("tests.faults.another_version", "known")
    is_as_before(record, known)


# --- a folder that may only be read ---------------------------------------------------------------


def test_in_a_folder_that_may_only_be_read_nothing_is_recorded(record, known):
    with only_read(record.home):
        for command in COMMANDS:
            if command != "verify" or not ON_POSTGRESQL:
                refuses(record, command, "base.read-only")
        finds(record, "The home folder may only be read" if ON_POSTGRESQL else "A folder, file or")
        if ON_POSTGRESQL:
            assert record("verify").returncode == 0
    is_as_before(record, known)
    takes_a_list(record)


# --- a full disk ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Full:
    """A record whose database lies on a small disk, and, on SQLite, its home too."""

    record: Record
    disk: Path
    server: Server | None

    @contextmanager
    def filled(self, *, but: int = 0) -> Iterator[None]:
        """Within this the disk is full, but for so many bytes."""
        ballast = fill(self.disk, but=but)
        try:
            yield
        finally:
            ballast.unlink()
            if self.server is not None:
                self.server.again()


@pytest.fixture(scope="module")
def full(folder: Path, template: Template, known: Known) -> Iterator[Full]:
    """A record that holds a list, on a disk that is soon full."""
    with small_disk(256 if ON_POSTGRESQL else 64) as disk:
        if ON_POSTGRESQL:
            server = Server.make(disk)
            server.start()
            made = Template(Path(tempfile.mkdtemp(dir=folder)), server)
            yield Full(made.record, disk, server)
            made.record.end()
            server.remove()
        else:
            shutil.copytree(template.record.home, disk / "full" / "home")
            cookie, aside = template.record.cookie, Path(tempfile.mkdtemp(dir=folder))
            record = Record(disk / "full" / "home", cookie=cookie, aside=aside)
            yield Full(record, disk, None)
            record.end()


def test_on_a_full_disk_nothing_is_recorded_and_nothing_is_lost(full, folder):
    record, long = full.record, folder / "larga.csv"
    before = record.look()
    long.write_text(LONG_LIST, encoding="utf-8")
    with full.filled(but=1_000_000):
        done = record("import", "people", str(long))
    assert done.returncode == ending.REFUSED, done.stderr
    assert any(f"[{code}]" in done.stderr for code in FULL), done.stderr
    assert SENTENCES.fullmatch(without_progress(done.stderr)), done.stderr
    now = record.look()
    assert (now["rows"], now["halves"], now["verify"][0]) == (before["rows"], [], 0)
    assert record("import", "people", str(long)).returncode == 0


@pytest.mark.skipif(ON_POSTGRESQL, reason="PostgreSQL has its disk, and a home needs little of it")
def test_on_a_disk_without_any_room_every_command_says_so(full):
    before = full.record.look()
    with full.filled():
        for command in (*COMMANDS, "keys rotate"):
            refuses(full.record, command, "base.no-room")
        finds(full.record, "")
    now = full.record.look()
    assert (now["rows"], now["halves"], now["verify"][0]) == (before["rows"], [], 0)


def test_whoever_records_by_form_on_a_full_disk_is_told_and_goes_on_when_there_is_room(full):
    record = full.record
    served, hand = record.serve(), Hand(record, 1)
    hand.one()
    with full.filled():
        answers = [one_answer(record, number) for number in range(400, 460)]
    refused = [answer for answer in answers if answer.status != http.client.FOUND]
    assert {answer.status for answer in refused} == {503}
    assert all("This cannot be done at the moment" in answer.page for answer in refused)
    wait_for(lambda: hand.one().stay_told, "nobody can record, though there is room")
    assert served.process.poll() is None
    now = record.look()
    assert (now["verify"][0], now["halves"]) == (0, [])
    codes = {answer.to for answer in answers} | {f"/people/{one.code}" for one in hand.sent}
    there = {f"/people/{one['code']}" for one in now["by_hand"].values()}
    assert codes - {"", "/people/None"} <= there


def one_answer(record: Record, number: int) -> Answer:
    """What is answered to the form about a person."""
    return record.post("/record/person", a_person(uuid4(), number))
