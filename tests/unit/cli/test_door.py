"""Every command comes in by the one door, and every way out has its exit code."""

import click
import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError

from accompany.access.door import asked_by, open_to_anybody
from accompany.access.models import User
from accompany.access.terms import Role
from accompany.cli import door, ending
from accompany.cli.door import Doorway, accompany, command, every_command
from tests.world import DAUGHTER, newest_entry

ALL = dict(every_command())
PROMISED = (
    "setup", "demo", "serve", "import", "lists", "list", "withdraw", "person", "figures", "figure",
    "verify", "doctor", "users list", "users invite", "users deactivate", "users reactivate",
    "users reset", "organisations list", "organisations add", "layouts list", "layouts template",
    "file", "migrate", "worker", "version",
)  # fmt: skip


@pytest.fixture
def ana(world):
    """The user name of an analyst, who may not see persons."""
    return User.objects.get(pk=world.actor(Role.ANALYST).user).username


@pytest.fixture
def ends(monkeypatch, typed):
    """Runs a command that ends with the given error."""

    def run(error):
        def end():
            raise error

        made = command("version")(open_to_anybody(end))
        monkeypatch.setattr(accompany, "get_command", lambda _context, _name: made)
        return typed("version")

    return run


@pytest.mark.parametrize("name", PROMISED)
def test_the_commands_that_scripts_rely_on_are_there(name):
    assert name in ALL


@pytest.mark.parametrize("name", ALL)
def test_every_command_declares_what_it_asks(name):
    assert isinstance(ALL[name], Doorway)
    assert asked_by(ALL[name].callback) is not None


@pytest.mark.parametrize("name", ALL)
def test_every_command_and_every_option_has_its_help(name):
    assert ALL[name].help
    options = [one for one in ALL[name].params if isinstance(one, click.Option)]
    assert not [one.name for one in options if not (one.help or one.hidden or one.name == "port")]


def test_a_command_that_declares_nothing_is_never_run(monkeypatch, typed, world):
    was_run = []
    made = command("version")(lambda: was_run.append(True))
    monkeypatch.setattr(accompany, "get_command", lambda _context, _name: made)
    assert typed("version").code == ending.BROKEN
    assert not was_run


def test_without_a_name_the_administrator_of_the_set_up_acts_at_the_terminal(typed, ines):
    typed("person", ines.code(ines.person()))
    entry = newest_entry()
    assert (entry.actor, entry.at_terminal) == (ines.admin.user, True)


def test_the_account_that_is_named_acts(typed, ana):
    assert typed("--as", ana, "figures").code == ending.DONE


def test_who_may_not_is_refused_and_told_nothing(typed, world, ana):
    ended = typed("--as", ana, "person", world.code(world.person()))
    assert (ended.code, ended.out) == (ending.REFUSED, "")
    assert "cli.not-allowed" in ended.err


def test_an_account_that_is_not_there_is_refused(typed, world):
    ended = typed("--as", "nadie", "lists")
    assert ended.code == ending.REFUSED
    assert "access.no-such-user" in ended.err


def test_before_the_set_up_nothing_is_read(typed):
    ended = typed("lists")
    assert ended.code == ending.REFUSED
    assert "access.not-set-up" in ended.err


def test_without_its_guards_nothing_is_written(typed, world, off):
    person = world.code(world.person())
    with off():
        ended = typed("person", person)
    assert ended.code == ending.REFUSED
    assert "cli.guards-missing" in ended.err


@pytest.mark.parametrize("words", [["nothing"], ["list"], ["figure", "--on", "soon"], ["--no"]])
def test_misuse_is_told_and_has_its_code(typed, world, words):
    ended = typed(*words)
    assert (ended.code, ended.out) == (ending.MISUSE, "")
    assert "Usage:" in ended.err


def test_help_is_no_misuse(typed):
    assert typed("--help").code == ending.DONE


def test_a_bug_is_told_by_its_kind_and_quotes_nothing(ends):
    ended = ends(ValueError(DAUGHTER.given))
    assert (ended.code, ended.out) == (ending.BROKEN, "")
    assert "ValueError" in ended.err
    assert DAUGHTER.given not in ended.err
    assert len(ended.err.splitlines()) == 1


def test_what_is_not_allowed_is_a_refusal(ends):
    assert ends(PermissionDenied()).code == ending.REFUSED


def test_what_is_not_there_is_a_refusal(ends):
    assert ends(User.DoesNotExist()).code == ending.REFUSED


def test_a_database_that_others_write_to_is_a_refusal(ends):
    ended = ends(OperationalError("database is locked"))
    assert ended.code == ending.REFUSED
    assert "cli.busy" in ended.err


def test_another_fault_of_the_database_is_a_bug(ends):
    assert ends(OperationalError("disk I/O error")).code == ending.BROKEN


def test_who_stops_a_command_is_told_that_nothing_was_recorded(ends):
    ended = ends(KeyboardInterrupt())
    assert ended.code == ending.STOPPED
    assert "Nothing" in ended.err


def test_only_the_command_that_is_run_is_loaded():
    assert set(door.COMMANDS) == set(accompany.list_commands(click.Context(accompany)))
