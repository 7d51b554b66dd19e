"""A record begins with `setup`, once, and the demo has a home of its own: seen from outside."""

import json
import stat
import subprocess
import sys

import pytest

from tests.shell import ASKED


def contents(home):
    return {path.name: path.read_bytes() for path in home.iterdir() if path.is_file()}


def test_a_record_begins(shell):
    done = shell("setup", *ASKED)
    assert (done.returncode, "keep the identity or passphrase" in done.stderr) == (0, True)
    assert f"Keys: {shell.home / 'key'}" in done.stdout
    assert "Password for the first sign-in: " in done.stdout
    assert shell("doctor").returncode == 0


def test_home_key_and_database_are_for_their_owner_only(begun):
    for path in (begun.home, begun.home / "key", begun.home / "record.sqlite3"):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path


def test_a_second_set_up_is_refused_and_changes_nothing(begun):
    before = contents(begun.home)
    again = begun("setup", *ASKED)
    assert again.returncode == 1
    assert "access.set-up-already" in again.stderr
    assert contents(begun.home) == before


def test_without_a_terminal_nothing_is_asked(shell):
    done = shell("setup", "--organisation", "Casa Común")
    assert done.returncode == 2
    assert "--user" in done.stderr
    assert not shell.home.exists()


def test_a_set_up_that_was_broken_off_can_be_done_again(shell):
    shell.home.mkdir(mode=0o700)
    (shell.home / "record.sqlite3").touch()
    assert shell("setup", *ASKED).returncode == 0


def test_without_its_key_nothing_is_done_and_no_new_one_is_made(begun):
    (begun.home / "key").unlink()
    for words in (["lists"], ["setup", *ASKED]):
        done = begun(*words)
        assert done.returncode == 1
        assert "access.key-missing" in done.stderr
    assert not (begun.home / "key").exists()


def test_before_a_set_up_no_database_is_made(shell):
    shell.home.mkdir()
    assert shell("lists").returncode == 1
    assert not list(shell.home.iterdir())


def test_a_database_that_does_not_answer_is_told(shell):
    url = f"postgresql://nobody@/nothing?host={shell.home}"
    done = shell("lists", ACCOMPANY_DATABASE_URL=url)
    assert done.returncode == 1
    assert "cli.database-unreachable" in done.stderr


def test_nothing_is_to_be_done_for_a_record_of_this_version(begun):
    done = begun("migrate")
    assert (done.returncode, "of this version" in done.stdout) == (0, True)


def test_a_reader_who_leaves_is_no_fault(begun):
    command = f"{sys.executable} -m accompany layouts | true"
    environment = begun.environment()
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
def test_the_demo_loads_beside_any_record_and_tells_how_to_sign_in(shell, tmp_path):
    home = tmp_path / "demo"
    done = shell("demo", "--home", str(home), "--no-serve")
    assert done.returncode == 0, done.stderr
    assert not shell.home.exists()
    for word in ("/enter/", "ana", "orr-weekly.csv", "cbp-apprehensions.csv", "ice-roster.xlsx"):
        assert word in done.stdout
    assert len(json.loads((home / "demo.json").read_text())["lists"]) == 3


def test_the_demo_touches_no_folder_that_is_not_its_own(begun):
    before = contents(begun.home)
    done = begun("demo", "--home", str(begun.home), "--no-serve", "--fresh")
    assert done.returncode == 1
    assert "cli.not-a-demo" in done.stderr
    assert contents(begun.home) == before
