"""`verify` and `doctor` find what is wrong, say what to do, and have their own exit code."""

import os
import re

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


# --- checkpoints ---------------------------------------------------------------------------------


@pytest.fixture
def kept(typed, world, tmp_path):
    """A file with two checkpoints."""
    file = tmp_path / "kept"
    for _ in range(2):
        world.person()
        assert typed("checkpoint", file).code == ending.DONE
    return file


def test_a_checkpoint_is_a_few_lines_to_be_read_aloud(typed, world):
    world.person()
    lines = typed("checkpoint").out.splitlines()
    assert [line.split()[0] for line in lines] == ["Accompany", "entries", "sealed", "digest"]
    assert len(lines[3].split()) == 9


def test_a_sound_trail_agrees_with_every_checkpoint(typed, kept):
    ended = typed("verify", "--against", kept)
    assert ended.code == ending.DONE
    assert "agrees with the 2 checkpoints" in ended.out


def test_a_trail_that_tells_otherwise_than_a_checkpoint_is_found(typed, kept):
    kept.write_text(kept.read_text().replace("entries   ", "entries   1"))
    ended = typed("verify", "--against", kept)
    assert ended.code == ending.FOUND
    assert ended.out.count("[rewritten]") == 2


def test_verify_says_how_far_it_is_in_counts(typed, world):
    world.person()
    told = typed("verify").err
    assert re.search(r"Checking the entries of the trail and their order: \d+ of \d+", told)
    assert re.search(r"Checking what each entry brought: \d+ of \d+", told)
