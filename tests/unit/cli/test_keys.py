"""The keys are listed without their values, and changed by one who may."""

import re

import pytest

from accompany.access import keyring, rotation, sealing
from accompany.access.models import Wrapping
from accompany.cli import ending, jobs
from tests.shell import ASKED
from tests.world import later


@pytest.fixture(autouse=True)
def kept_keys():
    """The key file as it was, afterwards."""
    before = keyring.path().read_bytes()
    yield
    keyring.path().write_bytes(before)
    keyring.forget_read()
    sealing.forget_wrappers()


def values_in(text):
    return re.findall(r"[0-9a-f]{64}", text)


def test_keys_are_listed_by_name_and_age_and_never_by_value(typed, ines):
    ended = typed("keys")
    assert ended.code == ending.DONE
    for name in keyring.NAMES:
        assert name in ended.out
    assert values_in(ended.out + ended.err) == []


def test_a_rotation_prints_no_key(typed, ines):
    ended = typed("keys", "rotate")
    assert ended.code == ending.DONE
    assert keyring.epoch() == 2
    assert values_in(ended.out + ended.err) == []
    assert "destroyed" in typed("keys").out


def test_keys_from_elsewhere_are_rotated_in_two_steps(typed, ines, settings):
    settings.ACCOMPANY_KEY = text = keyring.path().read_text()
    keyring.forget_read()
    first = typed("keys", "rotate")
    assert re.fullmatch(r"wrap-2 = [0-9a-f]{64}\n", first.out)
    assert sealing.wrapping_in_use() == 1

    settings.ACCOMPANY_KEY = text + first.out
    second = typed("keys", "rotate")
    assert values_in(second.out + second.err) == []
    assert "erasure" in typed("doctor").out

    settings.ACCOMPANY_KEY = first.out + text.split("\n", 1)[1]
    assert "wrap-1" in typed("keys", "forget").out


def test_doctor_says_when_a_key_from_elsewhere_is_due(typed, ines, settings):
    Wrapping.objects.update(begun_at=later(days=-8))
    settings.ACCOMPANY_KEY = keyring.path().read_text()
    ended = typed("doctor")
    assert ended.code == ending.FOUND
    assert "more than a week old: erasure has not reached old copies" in ended.out
    assert "accompany keys rotate" in ended.out


def test_a_lost_digest_key_stops_every_command_but_its_renewal(typed, ines):
    keyring.replace({name: key for name, key in keyring.keys().items() if name != "digest"})
    assert "access.digest-key-lost" in typed("lists").err
    assert typed("verify").code == ending.DONE
    assert "renew-digests" in typed("doctor").out
    assert typed("keys", "renew-digests").code == ending.DONE
    assert typed("lists").code == ending.DONE


def test_digests_are_not_renewed_while_the_record_is_served(typed, ines):
    with jobs.nobody_else() as is_alone:
        assert is_alone
        ended = typed("keys", "renew-digests")
    assert ended.code == ending.REFUSED
    assert "cli.still-served" in ended.err


def test_the_worker_changes_the_key_when_it_is_time(ines):
    jobs.rotate_if_due()
    assert keyring.epoch() == 1
    Wrapping.objects.update(begun_at=later(days=-7))
    jobs.rotate_if_due()
    assert keyring.epoch() == 2
    assert not rotation.is_due()


def test_a_rotation_that_fails_is_no_end_of_the_worker(ines, monkeypatch):
    def broken(**_named):
        raise RuntimeError

    Wrapping.objects.update(begun_at=later(days=-7))
    monkeypatch.setattr(rotation, "rotate", broken)
    jobs.rotate_if_due()


# --- from outside --------------------------------------------------------------------------------


@pytest.fixture
def moved(begun, tmp_path):
    """A record whose key file was moved to where only a command finds it."""
    place = tmp_path / "kept"
    (begun.home / "key").rename(place)
    return begun, place


def test_without_the_keys_every_start_says_so(moved):
    shell, _place = moved
    for command in (("serve",), ("lists",), ("keys",)):
        ended = shell(*command)
        assert ended.returncode == ending.REFUSED
        assert "access.key-missing" in ended.stderr
        assert "restore the newest backup" in ended.stderr


def test_a_record_is_set_up_and_read_with_keys_that_a_command_prints(shell, tmp_path):
    (tmp_path / "kept").write_text(shell("keys", "new").stdout)
    settings = {"ACCOMPANY_KEY_COMMAND": f"cat {tmp_path / 'kept'}"}
    assert shell("setup", *ASKED, **settings).returncode == ending.DONE
    assert not (shell.home / "key").exists()
    assert shell("verify", **settings).returncode == ending.DONE
    assert "access.key-missing" in shell("verify").stderr


def test_keys_of_another_record_are_told(begun, tmp_path):
    other = {"ACCOMPANY_HOME": str(tmp_path / "other")}
    assert begun("setup", *ASKED, **other).returncode == ending.DONE
    mine, theirs = begun.home / "key", tmp_path / "other" / "key"
    database = next(line for line in mine.read_text().splitlines() if line.startswith("database"))
    lines = [line for line in theirs.read_text().splitlines() if not line.startswith("database")]
    mine.write_text("\n".join([*lines, database]))
    assert "access.keys-of-another" in begun("lists").stderr
