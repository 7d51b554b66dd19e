"""`verify` and `doctor` find what is wrong, say what to do, and have their own exit code."""

import os

import pytest
from django.conf import settings
from django.db import connection

from accompany.access import keyring, trail
from accompany.access.models import Batch, Entry
from accompany.cli import checking, ending, jobs
from tests.world import later


@pytest.fixture
def the_key():
    """The key file, as it was again afterwards."""
    path = keyring.path()
    kept, mode = path.read_bytes(), path.stat().st_mode
    yield path
    path.write_bytes(kept)
    path.chmod(mode)
    keyring.keys.cache_clear()


@pytest.fixture
def sound(monkeypatch):
    """A machine of which nothing is to be said: its settings are not under test."""
    monkeypatch.setattr(checking, "PRAGMAS", {})
    monkeypatch.setattr(checking, "LITTLE_SPACE", 0)
    monkeypatch.setattr(checking.grants, "too_much", lambda _connection: [])
    monkeypatch.setattr(settings, "ACCOMPANY_APPLICATION_ROLE", "accompany_application")
    os.chmod(settings.HOME, 0o700)  # noqa: PTH101


def test_a_record_as_it_was_written_is_found_sound(typed, world):
    world.family()
    world.receive()
    ended = typed("verify")
    assert ended.code == ending.DONE
    assert "Nothing was found" in ended.out


def test_a_changed_entry_is_found_by_its_number(typed, world, off):
    world.person()
    entry = Entry.objects.latest("number")
    with off():
        Entry.objects.filter(number=entry.number).update(event="people.nothing-happened")
    ended = typed("verify")
    assert ended.code == ending.FOUND
    assert f"{entry.number}: The entry was changed" in ended.out


def test_verify_runs_where_guards_are_missing(typed, world, off):
    with off():
        assert typed("verify").code == ending.DONE


def test_a_sound_installation_is_all_ok(typed, world, sound):
    ended = typed("doctor")
    assert ended.code == ending.DONE
    assert {line.split()[0] for line in ended.out.splitlines()} == {"ok"}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no roles")
def test_a_role_that_may_do_more_than_it_needs_is_found(typed, world, sound, monkeypatch):
    monkeypatch.setattr(checking.grants, "too_much", lambda _connection: ["access_entry"])
    ended = typed("doctor")
    assert ended.code == ending.FOUND
    assert "ACCOMPANY_OWNER_URL" in ended.out


def test_missing_guards_are_found_and_made_again(typed, world, sound, off):
    with off():
        found = typed("doctor")
        repaired = typed("doctor", "--repair")
    assert (found.code, repaired.code) == (ending.FOUND, ending.DONE)
    assert "doctor --repair" in found.out


def test_a_key_that_others_can_read_is_found(typed, world, sound, the_key):
    the_key.chmod(0o644)
    ended = typed("doctor")
    assert ended.code == ending.FOUND
    assert f"chmod 600 {the_key}" in ended.out


def test_a_key_that_is_not_there_is_found(typed, world, sound, the_key):
    the_key.unlink()
    keyring.keys.cache_clear()
    ended = typed("doctor")
    assert ended.code == ending.FOUND
    assert "key file" in ended.out


def test_a_clock_set_back_is_found(typed, world, sound, off):
    trail.seal()
    last = Batch.objects.latest("number")
    with off():
        Batch.objects.filter(pk=last.pk).update(sealed_at=later(days=1))
    ended = typed("doctor")
    assert ended.code == ending.FOUND
    assert "Set the machine's clock." in ended.out


def test_a_job_that_waits_for_long_is_found(typed, world, sound, monkeypatch):
    monkeypatch.setattr(jobs, "waiting_since", lambda: later(days=-1))
    assert "found  A job has waited" in typed("doctor").out


def test_little_room_is_found(typed, world, sound, monkeypatch):
    monkeypatch.setattr(checking, "LITTLE_SPACE", 10**18)
    assert "Make room" in typed("doctor").out


def test_before_the_set_up_doctor_says_so(typed, sound):
    ended = typed("doctor")
    assert ended.code in (ending.DONE, ending.FOUND)
    assert ended.err == ""
