"""
After an erasure no byte of the person is left: in the database, in its write-ahead file, and, once
the wrapping key was changed, in nothing that yesterday's copy can be opened to.
"""

import json
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection

from accompany.access import sealing
from tests.planted import SEALED
from tests.shell import run_in
from tests.unit.access.test_nothing_in_the_clear import found_in

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL overwrites its pages in its own time"
)


class Erased:
    """What a run of `tests.erased` left behind."""

    def __init__(self, home):
        run_in(home, "tests.erased", ACCOMPANY_PLAIN_SQLITE="1")
        self.today = _bytes(home / "record.sqlite3") + _bytes(home / "record.sqlite3-wal")
        self.yesterday = _bytes(home / "yesterday-record.sqlite3")
        self.yesterday += _bytes(home / "yesterday-record.sqlite3-wal")
        self.marks = json.loads((home / "marks.json").read_text())
        self.keys = _wrapping(home / "key")
        self.keys_then = _wrapping(home / "yesterday-key")

    def lying(self, what, content):
        """How many of the marks of a kind lie in the bytes."""
        return sum(bytes.fromhex(mark) in content for mark in self.marks[what])

    def opened(self, keys):
        """How many data keys of erased persons and rows these wrapping keys open."""
        return sum(_opens(key, *wrapped) for key in keys for wrapped in self.marks["wrapped"])


def _bytes(path):
    return path.read_bytes() if path.exists() else b""


def _wrapping(path):
    lines = (line.partition("=") for line in path.read_text().splitlines())
    return [bytes.fromhex(value) for name, _, value in lines if name.startswith("wrap-")]


def _opens(key, record, kind, wrapped):
    mark, nonce, cipher = sealing._parts(bytes.fromhex(wrapped))
    try:
        AESGCM(key).decrypt(nonce, cipher, sealing._wrapped_as(kind, UUID(hex=record).bytes))
    except InvalidTag:
        return False
    return mark == sealing.FORMAT


@pytest.fixture(scope="module")
def erased(tmp_path_factory):
    return Erased(tmp_path_factory.mktemp("erased"))


KINDS = ["code", "key", "digest", "name", "number", "birth", "day"]


@pytest.mark.parametrize("what", KINDS)
def test_what_told_of_them_is_in_no_byte_of_database_and_write_ahead_file(erased, what):
    assert erased.lying(what, erased.today) == 0


@pytest.mark.parametrize("what", KINDS)
def test_it_was_there_yesterday_by_the_same_search(erased, what):
    assert erased.lying(what, erased.yesterday) == len(erased.marks[what]) > 0


def test_nothing_is_readable_in_any_of_the_files(erased):
    assert found_in(erased.today + erased.yesterday, SEALED) == set()


def test_yesterdays_copy_cannot_be_opened_with_todays_keys(erased):
    assert erased.opened(erased.keys) == 0


def test_it_could_have_been_with_yesterdays(erased):
    assert erased.opened(erased.keys_then) == len(erased.marks["wrapped"]) > 0
