"""A backup is one moment of the record, encrypted, and comes back whole on either database."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pyrage
import pytest
from django.db import connection

from accompany.exchange.age_file import Opener
from tests.planted import OPEN, SEALED
from tests.shell import Shell
from tests.unit.access.test_nothing_in_the_clear import found_in

ROOT = Path(__file__).parents[3]
on_sqlite = connection.vendor == "sqlite"
VENDORS = ("sqlite",) if on_sqlite else ("sqlite", "postgresql")
FIND = f"""
import django; django.setup()
from accompany.people.queries import bearers_of
print(bearers_of("a-number", {SEALED["A-number as digits"]!r}).count())
"""
IDENTITY = pyrage.x25519.Identity.generate()
TO = str(IDENTITY.to_public())


class Databases:
    """Empty databases on the tests' server, gone afterwards; on SQLite the homes hold their own."""

    def __init__(self, unblock):
        self._unblock, self._made = unblock, []

    def url(self, vendor):
        if vendor == "sqlite":
            return ""
        name, place = f"backup_{os.getpid()}_{len(self._made)}", connection.settings_dict
        self._run(f"CREATE DATABASE {name}")
        self._made.append(name)
        options = f"?host={place['HOST']}" if place["HOST"].startswith("/") else ""
        server = "" if options else f"{place['HOST']}:{place['PORT']}"
        return f"postgresql://{place['USER']}@{server}/{name}{options}"

    def drop(self):
        for name in self._made:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _run(self, statement):
        with self._unblock(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.fixture(scope="module")
def databases(django_db_setup, django_db_blocker):
    made = Databases(django_db_blocker.unblock)
    yield made
    made.drop()


class Place:
    """A home and its database; typed into as into a terminal."""

    def __init__(self, home, url, **settings):
        self.home, self._shell = home, Shell(home)
        self._settings = {"ACCOMPANY_DATABASE_URL": url, **settings}

    def __call__(self, *arguments, **more):
        return self._shell(*map(str, arguments), **self._settings, **more)

    def done(self, *arguments, **more):
        ended = self(*arguments, **more)
        assert ended.returncode == 0, ended.stderr
        return ended

    def python(self, *arguments):
        environment = self._shell.environment() | {
            "DJANGO_SETTINGS_MODULE": "accompany.config.settings",
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            "PYTHONWARNINGS": "ignore",
        }
        run = subprocess.run(
            [sys.executable, *arguments],
            env=environment | self._settings,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr[-3_000:]
        return run.stdout


@pytest.fixture(scope="module")
def plant(tmp_path_factory, databases):
    """Makes a record full of everything."""

    def make(vendor):
        home = tmp_path_factory.mktemp("home")
        (home / "static").mkdir()
        place = Place(home, databases.url(vendor), ACCOMPANY_PLAIN_SQLITE="1")
        place.python("-m", "tests.planted")
        return place

    return make


@pytest.fixture(scope="module")
def back_up(tmp_path_factory):
    """Makes the backup of a record."""

    def make(place):
        file = tmp_path_factory.mktemp("copies") / "monday"
        place.done("backup", file, "--to", TO)
        return file

    return make


@pytest.fixture(scope="module")
def planted(plant):
    """A record on the database of the tests."""
    return plant(connection.vendor)


@pytest.fixture(scope="module")
def copy(planted, back_up):
    """Its backup."""
    return back_up(planted)


@pytest.fixture(scope="module", params=VENDORS)
def copied(request, copy, plant, back_up):
    """The backup of a record on each database."""
    if request.param == connection.vendor:
        return copy
    return back_up(plant(request.param))


@pytest.fixture(scope="module")
def identity(tmp_path_factory):
    """The identity that opens it, which lies elsewhere."""
    file = tmp_path_factory.mktemp("elsewhere") / "identity"
    file.write_text(f"# kept by two of us\n{IDENTITY}\n")
    return file


@pytest.fixture(scope="module", params=VENDORS)
def restored(request, copied, identity, tmp_path_factory, databases):
    """The record come back in another place, on each database, and what was said then."""
    place = Place(tmp_path_factory.mktemp("restored") / "home", databases.url(request.param))
    return place, place.done("restore", copied, "--identity", identity)


@pytest.fixture
def empty(tmp_path, databases):
    """Makes an empty place."""
    return lambda: Place(tmp_path / "home", databases.url("sqlite"))


def lines_of(file):
    return list(Opener((str(IDENTITY),)).read(file))


def told(file):
    """The tables of a file, without its first line, which tells when it was made."""
    return lines_of(file)[1:]


def test_a_record_comes_back_and_is_verified(restored):
    place, ended = restored
    assert "Nothing was found" in ended.stdout
    assert "Nothing was found" in place.done("verify").stdout
    found = [line for line in place("doctor").stdout.splitlines() if line.startswith("found")]
    # One role owns and works here, which doctor rightly finds on PostgreSQL.
    assert [line for line in found if "ACCOMPANY_OWNER_URL" not in line] == []


def test_a_restored_record_is_backed_up_in_the_same_words(copied, restored, tmp_path):
    place, _ended = restored
    place.done("backup", tmp_path / "again", "--to", TO)

    before, after = told(copied), told(tmp_path / "again")
    # Since then: entries for the restoring and the other backup, each with what belongs to it.
    assert set(before[:-1]) <= set(after[:-1])
    counts = [json.loads(lines[-1])["end"] for lines in (before, after)]
    came = {label for label, (count, _d) in counts[1].items() if count != counts[0][label][0]}
    assert came <= {"access.entry", "access.brought", "access.batch", "access.waiting"}


def test_people_are_found_by_number_under_the_new_digest_key(restored):
    assert restored[0].python("-c", FIND).split() == ["1"]


def test_nothing_lies_in_the_clear(copy):
    for file in (copy, copy.with_name("monday.vault")):
        assert found_in(file.read_bytes(), SEALED | OPEN) == set()


def test_the_digest_key_and_the_digests_are_in_neither_file(planted, copy):
    keys = dict(line.split(" = ") for line in (planted.home / "key").read_text().splitlines())
    vault = b"".join(lines_of(copy.with_name("monday.vault"))).decode()
    assert keys["wrap-1"] in vault
    for name in ("digest", "web", "database"):
        assert keys[name] not in vault
    labels = [json.loads(line) for line in vault.splitlines() if line.startswith('{"table"')]
    columns = {one["table"]: one["columns"] for one in labels}
    assert columns["access.digest"] == ["id", "kind", "identifier", "person"]


def test_the_record_s_file_holds_no_key(planted, copy):
    keys = [line.split(" = ")[1] for line in (planted.home / "key").read_text().splitlines()]
    record = b"".join(lines_of(copy)).decode()
    assert [key for key in keys if key in record] == []
    assert "access.key" not in record


def test_neither_is_open_to_others_on_the_machine(copy):
    for file in (copy, copy.with_name("monday.vault")):
        assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("which", ["monday", "monday.vault"])
def test_a_flipped_byte_is_found_and_nothing_is_restored(copy, identity, empty, tmp_path, which):
    for name in ("monday", "monday.vault"):
        content = bytearray(copy.with_name(name).read_bytes())
        if name == which:
            content[len(content) * 2 // 3] ^= 1
        (tmp_path / name).write_bytes(content)
    place = empty()
    ended = place("restore", tmp_path / "monday", "--identity", identity)
    assert ended.returncode == 1
    assert "exchange.file-damaged" in ended.stderr
    assert "access.not-set-up" in place("lists").stderr

    place.done("restore", copy, "--identity", identity)  # it did not stand in its own way


def test_a_full_place_is_left_as_it_is(planted, copy, identity):
    ended = planted("restore", copy, "--identity", identity)
    assert ended.returncode == 1
    assert "exchange.not-empty" in ended.stderr
    planted.done("verify")


def test_another_identity_opens_nothing(copy, empty, tmp_path):
    (tmp_path / "other").write_text(str(pyrage.x25519.Identity.generate()))
    place = empty()
    ended = place("restore", copy, "--identity", tmp_path / "other")
    assert ended.returncode == 1
    assert "exchange.not-opened" in ended.stderr
    assert not (place.home / "key").exists()


def test_a_backup_for_nobody_is_not_written(planted, tmp_path):
    ended = planted("backup", tmp_path / "copy")
    assert "exchange.nobody-to-open" in ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_no_backup_is_written_over(planted, copy):
    ended = planted("backup", copy, "--to", TO)
    assert "exchange.file-there" in ended.stderr


def test_a_backup_by_passphrase_comes_back(planted, empty, tmp_path):
    words = {"ACCOMPANY_BACKUP_PASSPHRASE": "seis palabras tiradas por los dados"}
    planted.done("backup", tmp_path / "tuesday", **words)
    place = empty()
    assert "exchange.not-opened" in place("restore", tmp_path / "tuesday").stderr
    place.done("restore", tmp_path / "tuesday", **words)


def test_only_the_newest_copy_of_the_vault_is_kept(planted, tmp_path):
    planted.done("backup", tmp_path / "wednesday", "--to", TO)
    other = tmp_path / "of-another-record.vault"
    other.write_bytes(b"x")
    planted.done("backup", tmp_path / "thursday", "--to", TO)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "of-another-record.vault",
        "thursday",
        "thursday.vault",
        "wednesday",
    ]


def test_an_older_record_comes_back_with_the_newest_vault(planted, empty, identity, tmp_path):
    planted.done("backup", tmp_path / "friday", "--to", TO)
    planted.done("keys", "rotate")
    planted.done("backup", tmp_path / "saturday", "--to", TO)
    place = empty()
    place.done(
        "restore", tmp_path / "friday", "--vault", tmp_path / "saturday.vault",
        "--identity", identity,
    )  # fmt: skip
    place.done("verify")


def test_a_backup_amid_writes_is_one_moment_of_the_record(planted, empty, identity, tmp_path):
    stop, said = threading.Event(), []

    def write():
        while not stop.is_set():
            said.append(planted("organisations", "add", f"o{len(said)}", "--name", f"N{len(said)}"))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        planted.done("backup", tmp_path / "sunday", "--to", TO)
    finally:
        stop.set()
        writer.join()
    assert said
    place = empty()
    place.done("restore", tmp_path / "sunday", "--identity", identity)
    place.done("verify")
