"""An installation with its processes, seen from outside: typed, served, posted to, killed."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID, uuid4

import psutil

from tests.cast import DAUGHTER, MOTHER
from tests.faults.server import Server
from tests.shell import ASKED, SRC, Shell

PATIENCE = 120  # seconds
TOKEN = "a" * 32  # of a form: the same in the cookie and in what is posted
TOLD = "Recorded as list "
HEADING = (
    "family_name,given_name,a_number,birth_date,sex,nationality,custodian,held_since,mother_name"
)
ENDED = (http.client.HTTPException, OSError)


@dataclass
class Running:
    """A command that runs, as the first of a group of processes."""

    process: "subprocess.Popen[bytes]"
    out: Path
    err: Path
    began: float = field(default_factory=time.monotonic)
    lasted: float = 0.0  # seconds, until something was killed

    def kill(self) -> None:
        """Kill all of its group at once, and wait until it is gone."""
        family = self.family()[1:]
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)
        wait_for(lambda: not any(map(still_runs, family)), "a killed process does not go")

    def family(self) -> list[psutil.Process]:
        """It, and the processes that it started; nobody, once it is gone."""
        try:
            first = psutil.Process(self.process.pid)
            return [first, *first.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def ended(self) -> int:
        """Its exit code, once it is done."""
        return self.process.wait(PATIENCE)

    @property
    def said(self) -> str:
        """What it gave so far."""
        return self.out.read_text()


def still_runs(process: psutil.Process) -> bool:
    """Whether a process runs; one that only waits to be noticed does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_for(it: Callable[[], Any], otherwise: str, patience: float = PATIENCE) -> Any:
    """Wait until something is so; what it is."""
    until = time.monotonic() + patience
    while not (found := it()):
        assert time.monotonic() < until, otherwise
        time.sleep(0.05)
    return found


@dataclass
class Record:
    """A home, its database, and the cookie of somebody who is signed in."""

    home: Path
    cookie: str = ""
    url: str = ""
    port: int = 0
    aside: Path | None = None  # where what it says is kept, and what it is given; else beside it
    _files: int = 0
    running: list[Running] = field(default_factory=list)

    # --- what is typed

    def beside(self, name: str) -> Path:
        """A file that is no part of it."""
        return (self.aside or self.home.parent) / name

    def settings(self) -> dict[str, str]:
        """What the environment says; a session lasts as long as a whole series of kills."""
        database = {"ACCOMPANY_DATABASE_URL": self.url} if self.url else {}
        return {**database, "ACCOMPANY_IDLE_MINUTES": "10000"}

    def __call__(self, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
        return Shell(self.home)(*arguments, **self.settings(), **more)

    def module(self, name: str, *arguments: str) -> str:
        """What a module of tests gives, run in a process and in this home."""
        environment = Shell(self.home).environment() | self.settings()
        environment |= {
            "DJANGO_SETTINGS_MODULE": "accompany.config.settings",
            "PYTHONPATH": f"{SRC}{os.pathsep}{SRC.parent}",
            "PYTHONWARNINGS": "ignore",
        }
        done = subprocess.run(
            [sys.executable, "-m", name, *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (done.stdout + done.stderr)[-3_000:]
        return done.stdout

    def begin(self) -> None:
        """Set it up, and sign in."""
        done = self("setup", *ASKED)
        assert done.returncode == 0, done.stderr
        self.cookie = self.module("tests.faults.sign_in").split()[-1]

    def look(self) -> dict[str, Any]:
        """What is on record, as `tests.faults.look` finds it."""
        return json.loads(self.module("tests.faults.look"))

    def start(self, *arguments: str) -> Running:
        """A command that goes on running, in a group of processes of its own."""
        self._files += 1
        out, err = (self.beside(f"{self._files}.{of}") for of in ("out", "err"))
        with out.open("wb") as to, err.open("wb") as told:
            process = subprocess.Popen(
                [sys.executable, "-m", "accompany", *arguments],
                env=Shell(self.home).environment() | self.settings(),
                cwd=self.home.parent,
                stdin=subprocess.DEVNULL,
                stdout=to,
                stderr=told,
                start_new_session=True,
            )
        self.running.append(Running(process, out, err))
        return self.running[-1]

    def end(self) -> None:
        """Kill whatever still runs."""
        for one in self.running:
            if one.process.poll() is None:
                one.kill()
        self.running.clear()

    # --- what is served

    def serve(self) -> Running:
        """Have it served at a port of its own, and wait until it answers."""
        self.port = self.port or free_port()
        served = self.start("serve", "--port", str(self.port))
        self.answers(served)
        return served

    def answers(self, served: Running) -> None:
        """Wait until pages are answered."""

        def does() -> bool:
            assert served.process.poll() is None, served.err.read_text()[-2_000:]
            try:
                return self.get("/weather").status == http.client.OK
            except ENDED:
                return False

        wait_for(does, "the server does not answer")

    def get(self, path: str) -> "Answer":
        """A page, as whoever is signed in."""
        return self._ask("GET", path)

    def post(self, path: str, fields: dict[str, str]) -> "Answer":
        """Send a form."""
        body = urlencode({**fields, "csrfmiddlewaretoken": TOKEN}).encode()
        return self._ask("POST", path, body, "application/x-www-form-urlencoded")

    def send(self, path: str, fields: dict[str, str], file: bytes) -> "Answer":
        """Send a form with a file."""
        told = {**fields, "csrfmiddlewaretoken": TOKEN}
        begins = f"--{TOKEN}\r\nContent-Disposition: form-data; name="
        parts = [f'{begins}"{name}"\r\n\r\n{value}\r\n'.encode() for name, value in told.items()]
        parts += [
            f'{begins}"file"; filename="lista.csv"\r\nContent-Type: text/csv\r\n\r\n'.encode(),
            file,
            f"\r\n--{TOKEN}--\r\n".encode(),
        ]
        return self._ask("POST", path, b"".join(parts), f"multipart/form-data; boundary={TOKEN}")

    def _ask(
        self, method: str, path: str, body: bytes | None = None, kind: str | None = None
    ) -> "Answer":
        connection = http.client.HTTPConnection("localhost", self.port, timeout=PATIENCE)
        headers = {"Cookie": f"sessionid={self.cookie}; csrftoken={TOKEN}"}
        if kind:
            headers["Content-Type"] = kind
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            page = answer.read().decode()
        finally:
            connection.close()
        to = urlsplit(answer.headers.get("Location", "")).path
        assert to != "/sign-in", "the session has ended"
        return Answer(answer.status, to, page, "Refresh" in answer.headers)


@dataclass(frozen=True)
class Answer:
    """What the server said: where it leads if it leads anywhere, and whether the page waits."""

    status: int
    to: str
    page: str
    waits: bool


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@dataclass
class Template:
    """A record that has just begun, from which any number of records are copied."""

    folder: Path
    server: Server | None = None
    made: int = 0
    record: Record = field(init=False)

    def __post_init__(self) -> None:
        url = self.server.make_empty("begun") if self.server else ""
        self.record = Record(self.folder / "begun" / "home", url=url)
        self.record.home.parent.mkdir()
        self.record.begin()

    def copy(self) -> Record:
        """Another record, as new."""
        self.made += 1
        home = self.folder / f"copy-{self.made}" / "home"
        shutil.copytree(self.record.home, home)
        url = self.server.copy(f"copy-{self.made}", "begun") if self.server else ""
        return Record(home, cookie=self.record.cookie, url=url)

    def settled(self, record: Record) -> None:
        """Wait until the database is done with whatever those who were killed had asked of it."""
        if self.server:
            self.server.wait_until_idle(record.home.parent.name)

    def let_go(self, record: Record) -> None:
        """A record that nobody needs any more."""
        record.end()
        shutil.rmtree(record.home.parent, ignore_errors=True)
        if self.server and record.url:
            self.server.drop(record.home.parent.name)


# --- what is told


def a_list(number: int, rows: int) -> str:
    """A list of the same two persons over and over, each time under another A-number."""
    first = 100_000_000 + number * 100_000
    mother = f"{MOTHER.given} {MOTHER.family} {MOTHER.second_family}"
    family = f"{DAUGHTER.family} {DAUGHTER.second_family}"
    lines = (
        f"{family},{DAUGHTER.given},{first + row},2014-05-06,f,GT,ORR,2026-02-01,{mother}"
        for row in range(rows)
    )
    return "\n".join([HEADING, *lines, ""])


def a_person(once: UUID, number: int) -> dict[str, str]:
    """The form about a person; sent twice it makes one record."""
    return {
        "once": str(once),
        "given": DAUGHTER.given,
        "family": DAUGHTER.family,
        "second_family": DAUGHTER.second_family or "",
        "born_day": "6",
        "born_month": "5",
        "born_year": "2014",
        "sex": "f",
        "nationality": "GT",
        "a_number": str(700_000_000 + number),
        **TELLING,
    }


A_STAY = {"custodian": "orr", "began_day": "1", "began_month": "2", "began_year": "2026"}
TELLING = {
    "how": "phone",
    "document": "birth-certificate",
    "learned_on": "2026-03-02",
    "certainty": "said",
}


@dataclass
class Sent:
    """A person told by form: what was sent, and what the server said was recorded."""

    once: UUID
    number: int
    code: str | None = None  # once the server said so
    stay_sent: bool = False
    stay_told: bool = False


class Hand:
    """Somebody who records one person after another, and notes each answer."""

    def __init__(self, record: Record, number: int) -> None:
        self.record = record
        self.number = number * 1_000
        self.sent: list[Sent] = []
        self.refused: list[int] = []
        self.stopped = False

    def work(self) -> None:
        """Record persons, each with a stay, until stopped or left without an answer."""
        while not self.stopped:
            try:
                self.one()
            except ENDED:
                return

    def one(self) -> Sent:
        """Record one more person, with a stay."""
        self.number += 1
        one = Sent(uuid4(), self.number)
        self.sent.append(one)
        self.again(one)
        if one.code is None:
            time.sleep(0.05)
        else:
            one.stay_sent = True
            one.stay_told = self._told(f"/people/{one.code}/record/stay", A_STAY | TELLING)
        return one

    def again(self, one: Sent) -> None:
        """Send the form about a person, for the first time or once more."""
        answer = self.record.post("/record/person", a_person(one.once, one.number))
        if answer.status == http.client.FOUND:
            one.code = answer.to.removeprefix("/people/")
        else:
            self.refused.append(answer.status)

    def _told(self, path: str, fields: dict[str, str]) -> bool:
        answer = self.record.post(path, fields)
        if answer.status != http.client.FOUND:
            self.refused.append(answer.status)
        return answer.status == http.client.FOUND
