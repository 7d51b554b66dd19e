"""
A copy of the database without the key file contains no name, number, birth date, phone, address or
note: searched for in the bytes, in every encoding of text, also in what the log wrote.
"""

import base64
import json
import os
from pathlib import Path

import pytest
from django.db import connection

from accompany.access import keyring
from accompany.access.sealing import Sealer
from accompany.base import names
from accompany.exchange.spool import SealedWriter, Spool, folder
from tests.planted import OPEN, SEALED
from tests.shell import run_in

NAME = f"planted_{os.getpid()}"  # tests run side by side

ROOT = Path(__file__).parents[3]
on_sqlite = connection.vendor == "sqlite"


def forms(text):
    """The bytes that a text may lie in: as written, in other letters, in every encoding."""
    found = set()
    for written in {
        text,
        text.upper(),
        text.lower(),
        names.normalise(text),
        json.dumps(text)[1:-1],
    }:
        plain = written.encode()
        found |= {plain, written.encode("utf-16-le"), written.encode("utf-16-be")}
        found.add(written.encode("latin-1", errors="replace"))
        for shift in range(3):
            # Base 64 shifts with what stands before it; the ends hang on their neighbours.
            found.add(base64.b64encode(b"\0" * shift + plain)[4:-4])
    found |= {
        form for one in found.copy() for form in (one.hex().encode(), one.hex().upper().encode())
    }
    return found


def found_in(content, planted):
    """Which of the planted values lie in the bytes, in some form."""
    return {what for what, text in planted.items() if any(form in content for form in forms(text))}


class Planted:
    """What a run of `tests.planted` left behind: its bytes on the disk, and what it wrote."""

    def __init__(self, home, url):
        # Each field holds by itself, without the cipher over the whole file.
        run = run_in(home, "tests.planted", ACCOMPANY_DATABASE_URL=url, ACCOMPANY_PLAIN_SQLITE="1")
        self.home, self.said = home, run.stdout + run.stderr
        self.files = {
            path.relative_to(home).as_posix(): path.read_bytes()
            for path in home.rglob("*")
            if path.is_file() and path != home / "key"
        }
        self.keys = bytes.fromhex(
            "".join(line.partition("= ")[2] for line in (home / "key").read_text().splitlines())
        )


@pytest.fixture(scope="module")
def url(django_db_setup, django_db_blocker):
    """On PostgreSQL a database of its own beside the tests'; on SQLite the one in the home."""
    if on_sqlite:
        yield ""
        return
    place = connection.settings_dict
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {NAME}")
        options = f"?host={place['HOST']}" if place["HOST"].startswith("/") else ""
        server = "" if options else f"{place['HOST']}:{place['PORT']}"
        yield f"postgresql://{place['USER']}@{server}/{NAME}{options}"
        cursor.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


@pytest.fixture(scope="module")
def planted(tmp_path_factory, url):
    return Planted(tmp_path_factory.mktemp("home"), url)


@pytest.fixture(scope="module")
def on_the_disk(planted, url, django_db_blocker):
    """Everything that lies on the disk of this record, but for the key file."""
    files = b"\n".join(planted.files.values())
    return files if on_sqlite else files + data_files(django_db_blocker)


def data_files(django_db_blocker):
    """The files of the planted database, and the write-ahead log of its server."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute(
            "SELECT current_setting('data_directory'), oid FROM pg_database "
            f"WHERE datname = '{NAME}'"
        )
        folder_name, oid = cursor.fetchone()
    tables = [path for path in (Path(folder_name) / "base" / str(oid)).iterdir() if is_ours(path)]
    log = [path for path in (Path(folder_name) / "pg_wal").iterdir() if path.is_file()]
    # Noughts that pad pages and segments make up most of it, and part nothing that is searched.
    return b"\n".join(path.read_bytes().replace(bytes(256), b"") for path in [*tables, *log])


def is_ours(path):
    """Whether a file is of a table of ours, or of what PostgreSQL notes of common values."""
    number = path.name.partition("_")[0].partition(".")[0]
    return number.isdigit() and (int(number) >= 16_384 or number in ("2619", "2840"))


@pytest.mark.parametrize("what", SEALED)
def test_a_planted_value_is_nowhere_on_the_disk(on_the_disk, what):
    assert found_in(on_the_disk, {what: SEALED[what]}) == set()


@pytest.mark.parametrize("what", OPEN)
def test_what_lies_open_is_found_by_the_same_search(on_the_disk, what):
    assert found_in(on_the_disk, {what: OPEN[what]}) == {what}


def test_no_key_lies_beside_the_database(planted, on_the_disk):
    keys = {planted.keys[start : start + 32] for start in range(0, len(planted.keys), 32)}
    assert len(keys) == len(keyring.NAMES)
    lying = [key for key in keys if key in on_the_disk or key.hex().encode() in on_the_disk]
    assert lying == []


def test_what_was_written_to_the_terminal_and_the_log_names_nobody(planted):
    assert b"exchange." in planted.said
    assert found_in(planted.said, SEALED) == set()


def test_pages_answered_while_the_record_was_written(planted):
    """Else the search would look where no page had been."""
    answers = planted.said.split(b"\n")[-2].split()
    assert answers == [b"302", b"200", b"200", b"200", b"200", b"200", b"404"]


def test_uploads_lie_on_the_disk(planted):
    assert sum(name.startswith("under-way/") for name in planted.files) == 3


if on_sqlite:

    def test_the_write_ahead_file_was_searched_too(planted):
        assert planted.files["record.sqlite3-wal"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "latin-1"])
@pytest.mark.parametrize("letters", [str, str.upper, str.lower])
def test_the_search_finds_a_text_in_every_encoding(encoding, letters):
    content = b"\x07" + letters(SEALED["note"]).encode(encoding) + b"\x07"
    assert "note" in found_in(content, SEALED)
    assert "note" in found_in(content.hex().encode(), SEALED)


@pytest.mark.parametrize("before", range(3))
def test_the_search_finds_a_text_in_base_64(before):
    content = base64.b64encode(b"x" * before + SEALED["address"].encode() + b"yyy")
    assert found_in(content, SEALED) == {"address"}


def test_the_search_finds_a_text_without_its_accents():
    content = names.normalise(SEALED["given name"]).encode()
    assert found_in(content, SEALED) == {"given name"}


def test_a_spool_shows_nothing_of_what_it_holds():
    with Spool() as spool:
        spool.add([SEALED["note"]] * 500)
        spool._file.flush()
        spool._file.seek(0)
        assert found_in(spool._file.read(), SEALED) == set()
        assert list(spool) == [[SEALED["note"]] * 500]


def test_an_upload_shows_nothing_of_itself():
    path = folder() / "some.sealed"
    writer = SealedWriter(path, Sealer(bytes(32)))
    writer.write(SEALED["note"].encode() * 5_000)
    writer.close()
    assert found_in(path.read_bytes(), SEALED) == set()
