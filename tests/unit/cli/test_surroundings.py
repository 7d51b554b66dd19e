"""`doctor` and `serve` tell what lies around the record: database, passwords, what was in vain."""

import pytest

from accompany.access import watching
from accompany.access.terms import Vain
from accompany.cli import ending, serving
from accompany.cli.surroundings import is_this_machine, ways_to_database


@pytest.mark.parametrize(
    "host", ["", "/run/postgresql", "localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"]
)
def test_these_are_this_machine(host):
    assert is_this_machine(host)


@pytest.mark.parametrize(
    "host",
    ["db.example.org", "10.0.0.2", "0.0.0.0", "::", "localhost.example.org"],  # noqa: S104
)
def test_these_are_reached_over_a_network(host):
    assert not is_this_machine(host)


def way(host, **options):
    return {"HOST": host, "OPTIONS": options}


@pytest.mark.parametrize(
    "unsafe",
    [
        way("db.example.org"),
        way("db.example.org", sslmode="require"),
        way("db.example.org", sslmode="verify-ca"),
        way("localhost,db.example.org"),
        way("localhost", hostaddr="10.0.0.2"),
    ],
)
def test_a_way_to_postgresql_that_can_be_read_is_found(settings, unsafe):
    settings.ACCOMPANY_WAYS_TO_DATABASE = [unsafe]
    ((_what, remedy),) = ways_to_database()
    assert "sslmode=verify-full" in remedy


@pytest.mark.parametrize(
    "safe", [way("db.example.org", sslmode="verify-full"), way("/run/postgresql"), way("")]
)
def test_a_way_that_cannot_be_read_is_not(settings, safe):
    settings.ACCOMPANY_WAYS_TO_DATABASE = [safe]
    assert [remedy for _what, remedy in ways_to_database()] == [None]


def test_each_of_two_ways_is_looked_at(settings):
    settings.ACCOMPANY_WAYS_TO_DATABASE = [way(""), way("db.example.org")]
    assert [bool(remedy) for _what, remedy in ways_to_database()] == [False, True]


def test_a_list_of_known_passwords_that_is_not_there_is_found(typed, world, settings, tmp_path):
    settings.ACCOMPANY_PASSWORD_LIST = str(tmp_path / "nowhere")
    ended = typed("doctor")
    assert ended.code == ending.FOUND
    assert "ACCOMPANY_PASSWORD_LIST" in ended.out


def tried(*kinds):
    watching.begin()
    for kind in kinds:
        watching.note(kind)
    watching.keep(by=None)


def test_doctor_counts_what_was_tried_in_vain(typed, world):
    tried(Vain.PROOF, Vain.SIGN_IN, Vain.SIGN_IN)
    line = next(line for line in typed("doctor").out.splitlines() if "Tried in vain" in line)
    assert line.startswith("ok")
    assert "2 × signing in" in line
    assert "1 × proving again" in line


@pytest.mark.parametrize(
    ("kind", "remedy"), [(Vain.SEAL, "accompany verify"), (Vain.READ_MUCH, "Users and Trail")]
)
def test_doctor_finds_what_no_slip_explains(typed, world, kind, remedy):
    tried(kind)
    ended = typed("doctor")
    assert ended.code == ending.FOUND
    assert remedy in ended.out


@pytest.mark.parametrize(("host", "is_told"), [("0.0.0.0", True), ("127.0.0.1", False)])  # noqa: S104
def test_to_be_served_to_a_network_is_told(host, is_told, capsys, monkeypatch):
    monkeypatch.setattr(serving, "call_command", lambda *_words, **_more: None)
    monkeypatch.setattr(serving.connections, "close_all", lambda: None)
    serving.prepare(host, 0)
    assert ("not encrypted" in capsys.readouterr().err) is is_told
