"""
What is killed, when, and what must be so afterwards?

Each kill is of one kind, comes at a moment drawn by chance, and is followed by the same questions:
is everything there that was said to be recorded; is anything there by halves; do `verify` and
`doctor` find nothing; does the work go on? When a kill came is told by what was seen afterwards:
*before* the acknowledgement if nothing was recorded, *within* if it was recorded and nobody was
told, *after* if somebody was.
"""

import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from random import Random
from typing import Any

import psutil

from tests.faults.record import (
    ENDED,
    PATIENCE,
    TOLD,
    Hand,
    Record,
    Running,
    Sent,
    Template,
    a_list,
    wait_for,
)

ROWS = 3_000 if os.environ.get("FAULTS_TIMES") else 600  # of a list; it takes seconds
PERSON = {"name": 1, "identifier": 1, "birth": 1, "description": 1}
"""How many statements of each kind the form about a person brings."""
RECEIVED_BEFORE = "exchange.received-before"
TOLD_OF_LOSS = ("base.database-lost", "cli.database-unreachable")
BEFORE, WITHIN, AFTER = "before", "within", "after"
UNDER_WAY = "An old wrapping key is not destroyed yet"
NOT_AFTER = "before or within"  # where the work went on at once, nobody could look in between


@dataclass(frozen=True)
class Known:
    """What is measured once, of a record in which nobody is killed."""

    unit: dict[str, int]  # the rows that one list brings, by table; a new record has none
    lasts: float  # seconds, from its start until the import said that it was done
    on_record: dict[str, Any]  # what was found then

    @property
    def doctor(self) -> set[str]:
        """What `doctor` finds fault with from the start."""
        return faults(self.on_record)

    @property
    def first(self) -> str:
        """The list that was imported to measure it."""
        (code,) = self.on_record["lists"]
        return code


@dataclass(frozen=True)
class Outcome:
    """How one kill went."""

    what: str
    doing: str
    moment: str


@dataclass
class Series:
    """Some kills, one after another, in one record."""

    template: Template
    known: Known
    ends: float  # when an import says that it is done, by the kills that came before and after
    record: Record = field(init=False)
    last: dict[str, Any] = field(init=False)
    sent: list[Sent] = field(default_factory=list)
    kills: int = 0

    def __post_init__(self) -> None:
        self.record = self.template.copy()
        self.last = self.known.on_record

    def sound(self) -> dict[str, Any]:
        """What is on record now, which must be sound: nothing half, nothing that `verify` finds."""
        self.template.settled(self.record)
        now = self.record.look()
        assert now["verify"][0] == 0, now["verify"]
        assert faults(now) == self.known.doctor
        assert now["halves"] == []
        assert all(one["counted"] == one["there"] for one in now["lists"].values())
        assert "FAILED" not in now["jobs"]
        return now

    def lists_since(self, now: dict[str, Any]) -> list[str]:
        """The lists that came since the last look, each of which must be there as a whole."""
        new = sorted(set(now["lists"]) - set(self.last["lists"]))
        came = {
            what: now["rows"].get(what, 0) - self.last["rows"].get(what, 0)
            for what in now["rows"].keys() | self.last["rows"].keys()
        }
        whole = {what: many * len(new) for what, many in self.known.unit.items()}
        assert {what: many for what, many in came.items() if many} == (whole if new else {})
        return new

    def persons_sound(self, now: dict[str, Any]) -> None:
        """Everybody told by form is there with all that the form said, if it was acknowledged."""
        there = now["by_hand"]
        assert set(there) <= {one.once.hex for one in self.sent}
        for one in self.sent:
            found = there.get(one.once.hex)
            if one.code:
                assert found is not None, "a person who was acknowledged is not on record"
                assert found["code"] == one.code
            if found is not None:
                assert {kind: found.get(kind, 0) for kind in PERSON} == PERSON
                assert int(one.stay_told) <= found.get("stay", 0) <= int(one.stay_sent)


def faults(now: dict[str, Any]) -> set[str]:
    """What `doctor` finds fault with."""
    return {line for line in now["doctor"][1] if line.startswith("found")}


def measured(template: Template) -> Known:
    """Import one list and let it come to its end."""
    record = template.record
    file = record.beside("lista.csv")
    file.write_text(a_list(0, ROWS), encoding="utf-8")
    began = time.monotonic()
    running = record.start("import", "people", str(file))
    wait_for(lambda: TOLD in running.said, "the first import is not done")
    lasts = time.monotonic() - began
    assert running.ended() == 0
    now = record.look()
    assert (now["verify"][0], now["halves"]) == (0, [])
    return Known(now["rows"], lasts, now)


# --- the importer ---------------------------------------------------------------------------------


def importer(series: Series, random: Random, number: int) -> Outcome:
    """`accompany import` is killed, and the same list sent once more."""
    running = begin_import(series, number)
    wait_for_moment(series, random, running)
    running.kill()
    return imported(series, running, number, "the importer", "importing a list")


def begin_import(series: Series, number: int) -> Running:
    """A list that is being imported."""
    file = series.record.beside(f"lista-{number}.csv")
    file.write_text(a_list(number, ROWS), encoding="utf-8")
    return series.record.start("import", "people", str(file))


def wait_for_moment(series: Series, random: Random, running: Running) -> None:
    """Wait until somewhere in an import: anywhere, while it writes, or where it is about done."""
    where = random.choice(("anywhere", "writing", "ending"))
    if where == "anywhere":
        wait = random.uniform(0, 1.1 * series.ends)
    elif where == "writing":
        said = running.err.read_text
        wait_for(lambda: "recording" in said() or running.process.poll() is not None, "no writing")
        wait = random.uniform(0, 0.3 * series.ends)
    else:
        wait = random.gauss(series.ends, 0.03 * series.ends)
    time.sleep(max(wait, 0))
    running.lasted = time.monotonic() - running.began


def imported(series: Series, running: Running, number: int, what: str, doing: str) -> Outcome:
    """What became of an import, and whether the same file is taken, or recognised, once more."""
    told = re.search(rf"{TOLD}(\S+)\.", running.said)
    now = series.sound()
    new = series.lists_since(now)
    assert len(new) == (1 if told else len(new)) <= 1
    assert told is None or told[1] == new[0]
    # The next kill that aims at the end comes later if this one came too early.
    if told:
        series.ends = min(series.ends, 0.93 * running.lasted)
    else:
        series.ends = max(series.ends, 1.05 * running.lasted)
    file = str(series.record.beside(f"lista-{number}.csv"))
    again = series.record("import", "people", file)
    if new:
        assert (again.returncode, RECEIVED_BEFORE in again.stderr) == (1, True)
        assert new[0] in again.stderr
        series.last = now
    else:
        assert again.returncode == 0, again.stderr
        series.last = series.record.look()
        assert series.last["verify"][0] == 0
    return Outcome(what, doing, AFTER if told else WITHIN if new else BEFORE)


# --- the web process ------------------------------------------------------------------------------


def web(series: Series, random: Random, number: int) -> Outcome:
    """`accompany serve`, or one of its processes, is killed while people record by form."""
    served = series.record.serve()
    kill = random.choice((kill_all, kill_all, kill_answering, kill_worker))
    with recording(series, random, number) as hands:
        time.sleep(random.uniform(0.1, 2.0))
        what = kill(served)
        if kill is kill_worker:
            time.sleep(0.5)  # whoever records goes on, and nobody notices
    if kill is kill_worker:
        assert not any(hand.refused for hand in hands)
    now = series.sound()
    series.persons_sound(now)
    moment = moment_of(hands, now)
    series.record.answers(series.record.serve() if kill is kill_all else served)
    if kill is kill_worker:
        wait_for(lambda: workers_of(served), "no worker was started again")
    send_again(series, hands)
    series.record.end()
    return Outcome(what, "recording by form", moment)


def kill_all(served: Running) -> str:
    """All of its processes at once."""
    served.kill()
    return "the web process with all that belongs to it"


def kill_answering(served: Running) -> str:
    """The one that answers: the first one starts another."""
    jobs = {one.pid for one in workers_of(served)}
    for one in served.family()[1:]:
        if one.pid not in jobs:
            with suppress(psutil.NoSuchProcess):
                one.kill()
    return "the process that answers"


def kill_worker(served: Running) -> str:
    """The one that does jobs: it is started again."""
    for one in wait_for(lambda: workers_of(served), "there is no worker"):
        one.kill()
    return "the process that does jobs"


def workers_of(served: Running) -> list[psutil.Process]:
    """The processes that do jobs."""
    found = []
    for one in served.family():
        with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
            if "--with-parent" in one.cmdline():
                found.append(one)
    return found


@contextmanager
def recording(series: Series, random: Random, number: int) -> Iterator[list[Hand]]:
    """One to three people who record by form until the end of this."""
    hands = [Hand(series.record, 10 * number + place) for place in range(random.randint(1, 3))]
    threads = [threading.Thread(target=hand.work, daemon=True) for hand in hands]
    for thread in threads:
        thread.start()
    try:
        yield hands
    finally:
        for hand in hands:
            hand.stopped = True
        for thread in threads:
            thread.join(PATIENCE)
            assert not thread.is_alive(), "somebody waits for an answer that does not come"
        series.sent += [one for hand in hands for one in hand.sent]


def moment_of(hands: list[Hand], now: dict[str, Any]) -> str:
    """When the kill came, for whom it came at the worst moment."""
    found = [moment_for(hand.sent[-1], now) for hand in hands if hand.sent]
    return next((one for one in (WITHIN, BEFORE) if one in found), AFTER)


def moment_for(one: Sent, now: dict[str, Any]) -> str:
    there = now["by_hand"].get(one.once.hex)
    if one.code is None:
        return WITHIN if there else BEFORE
    if one.stay_sent and not one.stay_told:
        return WITHIN if there and there.get("stay") else BEFORE
    return AFTER


def send_again(series: Series, hands: list[Hand]) -> None:
    """Whoever had no answer sends the same form once more: the person is on record once."""
    for hand in hands:
        for one in hand.sent[-1:]:
            hand.again(one)
            assert one.code is not None, hand.refused
    now = series.sound()
    series.persons_sound(now)
    series.last = now


# --- a job ----------------------------------------------------------------------------------------


def job(series: Series, random: Random, number: int) -> Outcome:
    """A list that was sent by browser is looked at and recorded by a job that is killed."""
    record, served = series.record, series.record.serve()
    kill = random.choice((kill_all, kill_worker))
    upload = Upload(record, number)
    delay = random.uniform(0, 1.2 * series.ends)
    what = upload.until_killed(lambda: kill(served), delay)
    moment = AFTER if upload.told else NOT_AFTER
    if kill is kill_all:
        new = series.lists_since(series.sound())
        moment = AFTER if upload.told else WITHIN if new else BEFORE
        record.serve()
    return to_its_end(series, upload, what, moment)


def to_its_end(series: Series, upload: "Upload", what: str, moment: str) -> Outcome:
    """The list is recorded in the end: once, as a whole, and without being sent again."""
    upload.to_the_end()
    now = series.sound()
    assert len(series.lists_since(now)) == 1
    series.last = now
    series.record.end()
    return Outcome(what, "receiving a list by browser", moment)


class Upload:
    """A list sent by browser: what was answered on its way."""

    def __init__(self, record: Record, number: int) -> None:
        self.record = record
        self.file = a_list(number, ROWS).encode()
        self.page = ""  # where it stands, once the server has it
        self.decided = False  # once the server said that it will be recorded
        self.told = False  # once the server said that it is

    def until_killed(self, kill: Callable[[], str], delay: float) -> str:
        """Go on until something was killed; what it was."""
        killed: list[str] = []
        timer = threading.Timer(delay, lambda: killed.append(kill()))
        timer.start()
        while not killed:
            with suppress(*ENDED):
                if not self.told:
                    self.step()
            time.sleep(0.05)
        timer.join(PATIENCE)
        return killed[0]

    def to_the_end(self) -> None:
        """Go on until it is recorded. Whatever was acknowledged is not asked for again."""

        def done() -> bool:
            with suppress(*ENDED):
                self.step()
            return self.told

        wait_for(done, "a list that was sent is not recorded", 3 * PATIENCE)

    def step(self) -> None:
        """One request: send it, decide, or see how far it is."""
        if not self.page:
            fields = {"layout": "people", "received_on": "2026-03-02"}
            answer = self.record.send("/lists/receive", fields, self.file)
            if answer.status == HTTPStatus.FOUND:
                self.page = answer.to
            return
        answer = self.record.get(self.page)
        if answer.status == HTTPStatus.SERVICE_UNAVAILABLE or answer.waits:
            return
        assert answer.status == HTTPStatus.OK, answer.status
        if 'value="yes"' in answer.page:
            assert not self.decided, "a decision that was acknowledged is asked for again"
            decided = self.record.post(f"{self.page}/decide", {"record": "yes"})
            self.decided = decided.status == HTTPStatus.FOUND
        else:
            assert "The list is recorded" in answer.page, re.findall("<h1>.*?</h1>", answer.page)
            self.told = True


# --- the keys -------------------------------------------------------------------------------------


def keys(series: Series, random: Random, number: int) -> Outcome:
    """A change of the wrapping key is killed; everything sealed is opened, and it goes on."""
    record, file = series.record, series.record.home / "key"
    before, where = file.read_bytes(), random.choice(("anywhere", "placed", "wrapping"))
    running = record.start("keys", "rotate")
    wait_for(lambda: has_come(running, where, file, before), "the key is not changed")
    time.sleep(random.uniform(0, 1.5 if where == "anywhere" else 0.3))
    running.kill()
    told = "wrapped anew" in running.said
    series.template.settled(record)
    now = record.look()
    assert (now["verify"][0], now["halves"]) == (0, [])
    assert {line for line in faults(now) - series.known.doctor if UNDER_WAY not in line} == set()
    moment = AFTER if told else WITHIN if file.read_bytes() != before else BEFORE
    opens_all(series)
    again = record("keys", "rotate")
    assert again.returncode == 0, again.stderr
    series.last, rows = series.sound(), series.last["rows"]
    assert series.last["rows"] == rows
    opens_all(series)
    return Outcome("the change of the wrapping key", "wrapping keys anew", moment)


def has_come(running: Running, where: str, file: Path, before: bytes) -> bool:
    """Whether a change of the wrapping key has come so far, or to its end."""
    if running.process.poll() is not None or where == "anywhere":
        return True
    if where == "placed":
        return file.read_bytes() != before
    return "Wrapping keys anew" in running.err.read_text()


def opens_all(series: Series) -> None:
    """The first list is given back as it was sent: each of its rows is sealed by itself."""
    code = series.known.first
    assert series.record("file", code).stdout == a_list(0, ROWS)


# --- the database ---------------------------------------------------------------------------------


def database(series: Series, random: Random, number: int) -> Outcome:
    """PostgreSQL, or one of its processes, is killed while somebody records."""
    doing = random.choice((importing, by_form, by_browser))
    return doing(series, random, number)


def kill_database(series: Series, random: Random) -> str:
    """Kill PostgreSQL in one of three ways, and have it run again; what was killed."""
    server, name = series.template.server, series.record.home.parent.name
    assert server is not None
    way = random.choice((server.kill, server.kill_first, server.kill_session))
    what = way(name)
    server.again()
    return f"PostgreSQL: {what}"


def importing(series: Series, random: Random, number: int) -> Outcome:
    """While a list is imported: the importer says that the database is gone, or that it is done."""
    running = begin_import(series, number)
    wait_for_moment(series, random, running)
    what = kill_database(series, random)
    ended = running.ended()
    said = running.err.read_text()
    assert ended == (0 if TOLD in running.said else 1), said
    assert "Traceback" not in said
    assert ended == 0 or any(code in said for code in TOLD_OF_LOSS), said
    return imported(series, running, number, what, "importing a list")


def by_form(series: Series, random: Random, number: int) -> Outcome:
    """While people record by form: they are told, and go on when it is back."""
    record = series.record
    served = record.serve()
    with recording(series, random, number) as hands:
        time.sleep(random.uniform(0.1, 2.0))
        tried = [len(hand.sent) for hand in hands]
        what = kill_database(series, random)
        for hand, before in zip(hands, tried, strict=True):
            wait_for(
                lambda told=hand.sent, n=before: any(one.stay_told for one in told[n:]),
                "somebody cannot record, though the database is back",
            )
    logged = served.err.read_text()[-2_000:]
    assert {status for hand in hands for status in hand.refused} <= {503}, logged
    assert served.process.poll() is None
    now = series.sound()
    series.persons_sound(now)
    unanswered = [one for hand in hands for one in hand.sent if not one.stay_told]
    found = [moment_for(one, now) for one in unanswered]
    series.last = now
    record.end()
    moment = next((one for one in (WITHIN, BEFORE) if one in found), AFTER)
    return Outcome(what, "recording by form", moment)


def by_browser(series: Series, random: Random, number: int) -> Outcome:
    """While a job receives a list: it is taken up again."""
    record = series.record
    record.serve()
    upload = Upload(record, number)
    delay = random.uniform(0, 1.2 * series.ends)
    what = upload.until_killed(lambda: kill_database(series, random), delay)
    return to_its_end(series, upload, what, AFTER if upload.told else NOT_AFTER)


KINDS: dict[str, Callable[[Series, Random, int], Outcome]] = {
    "importer": importer,
    "web": web,
    "job": job,
    "keys": keys,
    "database": database,
}
