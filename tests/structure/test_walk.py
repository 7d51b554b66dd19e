"""
Every address and every command as every reader, compared with the one table of who may what.

In small in every run; `python3 dev.py walk` walks it in full: by every method, in both languages,
and wherever there is nothing, that this is told as where there never was anything.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from copy import copy
from itertools import product
from typing import Any

import click
import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from accompany.access.door import ANYBODY, asked_by
from accompany.access.terms import Role
from accompany.base import codes
from accompany.base.refusal import Refused
from accompany.cli.door import accompany, every_command
from tests import who_may_what
from tests.walking import NEVER_GIVEN, PATTERNS, Walk, undone
from tests.walls import told
from tests.world import LIST, World

IN_FULL = bool(os.environ.get("WALK_IN_FULL"))
METHODS = (
    ("get", "post", "head", "options", "put", "patch", "delete") if IN_FULL else ("get", "post")
)
LANGUAGES = ("en", "es") if IN_FULL else ("en",)
PAGES = who_may_what.read(who_may_what.PAGES)
COMMANDS = who_may_what.read(who_may_what.COMMANDS)
NOT_THIS_METHOD = 405
HERE, ELSEWHERE = who_may_what.HERE, who_may_what.ELSEWHERE


def letter(response: Any) -> str | None:
    """What a reply is to a reader; None if it says only that this is not the way to ask."""
    if response.status_code == NOT_THIS_METHOD:
        return None
    if response.status_code in (301, 302) and response.url.startswith("/sign-in"):
        return "i"
    return "-" if response.status_code == 404 else "o"


def replies(browser: Client, address: str) -> Iterator[Any]:
    """The replies to each method; what they change, and the browser's session, is as before."""
    for method in METHODS:
        yield undone(browser, lambda m=method: getattr(browser, m)(address))


@pytest.fixture
def walk(world: World) -> Walk:
    """The world that is walked through."""
    return Walk(world)


def test_every_address_stands_in_the_table():
    assert set(PATTERNS) == set(PAGES)


def test_every_role_comes_from_here_and_from_elsewhere():
    assert [one.split()[0] for one in HERE] == list(Role.values)
    assert [one.split()[0] for one in ELSEWHERE] == list(Role.values)


def test_every_command_stands_in_the_table():
    assert {name for name, _command in every_command()} == set(COMMANDS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_open_to_those_in_the_table_and_to_nobody_else(walk, language):
    found = {}
    for name in PATTERNS:
        letters = ""
        for reader in who_may_what.READERS:
            browser = walk.browsers[reader]
            browser.defaults["HTTP_ACCEPT_LANGUAGE"] = language
            told_by_each = [letter(one) for one in replies(browser, walk.address(name))]
            letters += next((one for one in "oi-" if one in told_by_each), "?")
        found[name] = letters
    wrong = {name: (found[name], PAGES[name]) for name in found if found[name] != PAGES[name]}
    assert wrong == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_there_is_nothing_it_is_told_as_where_there_never_was(walk, language):
    readers = who_may_what.READERS if IN_FULL else ("tracer elsewhere", "companion of another case")
    different = []
    for name, reader in product(walk.arguments, readers):
        if PAGES[name][who_may_what.READERS.index(reader)] == "o":
            continue
        browser = walk.browsers[reader]
        browser.defaults["HTTP_ACCEPT_LANGUAGE"] = language
        there, nowhere = (
            [told(one, address) for one in replies(browser, address)]
            for address in (walk.address(name), walk.nowhere(name))
        )
        if there != nowhere:
            different.append((name, reader))
    assert different == []


# Commands


def reached(command: click.Command, username: str) -> str:
    """The letter of a command for an account: whether its door lets it in. It does nothing."""
    inside: list[str] = []

    def enter(**_arguments: Any) -> None:
        inside.append("o")

    enter.asks_for = asked_by(command.callback)  # type: ignore[attr-defined, arg-type]
    root = click.Context(accompany, info_name="accompany")
    root.params = {"account": username}
    behind = copy(command)
    behind.callback = enter
    with suppress(PermissionDenied):
        behind.invoke(click.Context(behind, info_name="walked", parent=root))
    return "o" if inside else "-"


def test_every_command_is_open_to_those_in_the_table_and_to_nobody_else(world, monkeypatch):
    monkeypatch.setattr("accompany.cli.ready.refuse_unless_ready", lambda **_: None)
    accounts = {
        role: world.username(world.admin if role is Role.ADMINISTRATOR else world.actor(role))
        for role in Role
    }
    found = {
        name: "".join(reached(command, accounts[role]) for role in Role)
        for name, command in every_command()
    }
    wrong = {name: (found[name], COMMANDS[name]) for name in found if found[name] != COMMANDS[name]}
    assert wrong == {}


def test_a_command_is_for_an_account_that_is_there(world):
    for name, command in every_command():
        if asked_by(command.callback) != ANYBODY:  # type: ignore[arg-type]
            with pytest.raises(Refused):
                reached(command, "nadie")
            assert name


ABOUT_A_PERSON = ("person CODE", "erase CODE --because withdrawn")
ABOUT_A_LIST = ("list CODE", "file CODE", "withdraw CODE --because mistake")


@pytest.mark.parametrize("typed", [*ABOUT_A_PERSON, *ABOUT_A_LIST])
def test_a_command_tells_of_another_organisation_s_record_as_of_none(world, capfd, typed):
    there = world.actor(Role.ADMINISTRATOR, world.elsewhere)
    person = world.person(by=there)
    code = world.receive(LIST, by=there).code if typed in ABOUT_A_LIST else world.code(person)
    said = []
    for one in (codes.shown(code), NEVER_GIVEN):
        ended = accompany.run([part.replace("CODE", one) for part in typed.split()])
        out, err = capfd.readouterr()
        said.append((ended, out.replace(one, ""), err.replace(one, "")))
    assert said[0] == said[1]
    assert said[0][0] == 1
