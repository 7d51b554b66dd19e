"""The SQLite file is encrypted as a whole, unless somebody says that its disk is."""

import pytest
from django.db import connection

from accompany.base.whole_file.base import is_plain
from tests.shell import ASKED

pytestmark = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL does not encrypt its files"
)


@pytest.fixture
def record(begun):
    return begun.home / "record.sqlite3"


def test_the_set_up_makes_an_encrypted_file(record):
    assert not is_plain(record)


def test_the_file_names_none_of_its_tables(record):
    assert b"people_person" not in record.read_bytes()


def test_doctor_says_that_it_is_encrypted(begun):
    assert "ok     The SQLite file is encrypted as a whole." in begun("doctor").stdout


def test_with_another_key_nothing_is_read(begun):
    lines = (begun.home / "key").read_text().splitlines()
    others = [f"database = {'0' * 64}" if line.startswith("database") else line for line in lines]
    (begun.home / "key").write_text("\n".join(others))
    done = begun("lists")
    assert done.returncode == 1
    assert "cli.file-not-opened" in done.stderr


def test_an_encrypted_file_is_not_taken_for_a_plain_one(begun):
    done = begun("lists", ACCOMPANY_PLAIN_SQLITE="1")
    assert done.returncode == 1
    assert "cli.file-encrypted" in done.stderr


def test_a_plain_file_is_made_only_where_somebody_says_so(shell):
    assert shell("setup", *ASKED, ACCOMPANY_PLAIN_SQLITE="1").returncode == 0
    assert is_plain(shell.home / "record.sqlite3")
    assert "ok     The SQLite file is not encrypted as a whole: " in (
        shell("doctor", ACCOMPANY_PLAIN_SQLITE="1").stdout
    )


def test_a_plain_file_is_refused_where_nobody_says_so(shell):
    shell("setup", *ASKED, ACCOMPANY_PLAIN_SQLITE="1")
    done = shell("lists")
    assert done.returncode == 1
    assert "cli.file-not-encrypted" in done.stderr
