"""
Every address and every command as every reader, compared with the one table of who may what.

In small in every run; `python3 dev.py walk` walks it in full: by every method, in both languages,
and wherever there is nothing, that this is told as where there never was anything.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from http.cookies import SimpleCookie
from itertools import product
from typing import Any

import click
import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accompany.access import actions as access
from accompany.access.door import ANYBODY, asked_by
from accompany.access.models import Case
from accompany.access.terms import Role
from accompany.base import clock, codes
from accompany.base.ids import uuid7
from accompany.base.refusal import Refused
from accompany.cli.door import accompany, every_command
from accompany.consents import actions as consents
from accompany.consents.terms import (
    ConsentFact,
    Form,
    Language,
    Purpose,
    ReferralFact,
    Way,
    What,
)
from accompany.custody.terms import Custodian, Departure
from accompany.demands import actions as demands
from accompany.demands.terms import DemandFact, DemandKind
from accompany.enquiries import actions as enquiries
from accompany.enquiries.terms import QuestionFact
from accompany.exchange import incoming
from accompany.figures.queries import CATALOGUE
from accompany.people import queries as people
from accompany.people.models import Name
from tests import who_may_what
from tests.cast import DAUGHTER, SON
from tests.walls import patterns, told
from tests.world import LEARNED, LIST, World, browser_of

IN_FULL = bool(os.environ.get("WALK_IN_FULL"))
METHODS = (
    ("get", "post", "head", "options", "put", "patch", "delete") if IN_FULL else ("get", "post")
)
LANGUAGES = ("en", "es") if IN_FULL else ("en",)
NEVER_GIVEN = codes.shown(codes.checked(987_654_321))
PAGES = who_may_what.read(who_may_what.PAGES)
COMMANDS = who_may_what.read(who_may_what.COMMANDS)
NOT_THIS_METHOD = 405
HERE, ELSEWHERE = who_may_what.HERE, who_may_what.ELSEWHERE

PATTERNS = {str(pattern.name): pattern for pattern in patterns()}


@dataclass
class Walk:
    """A small world that has one of everything, and a browser for each reader."""

    world: World
    arguments: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        world = self.world
        self.child = world.person(DAUGHTER)
        twin = world.person(DAUGHTER)
        world.join(self.child, twin)
        world.stay(self.child, Custodian.CBP, "2026-01-05", "2026-01-08", Departure.TRANSFERRED)
        world.stay(self.child, Custodian.ORR, "2026-02-01")
        received = world.receive(LIST)
        question = people.open_questions(seen_by=world.admin).get(person=self.child)
        code = {"code": codes.shown(world.code(self.child))}
        of_list = {"code": codes.shown(received.code)}
        of_file = {"key": self._uploaded()}
        self.case = world.case(self.child)
        arguments = {
            "part": code | {"other": codes.shown(world.code(twin))},
            "correct": code
            | {"kind": "people.name", "key": Name.objects.get(person=self.child).pk},
            "case": {"code": codes.shown(Case.objects.get(pk=self.case).code)},
            "answer": {"key": question.pk},
            "enquiry": {"key": self._asked(DAUGHTER, world.home)},
            "asked-of-us": {"key": self._asked(DAUGHTER, world.elsewhere)},
            "row": of_list | {"place": 1},
            "record-standing": {
                "code": codes.shown(world.code(world.persons_of(received)[0])),
                "of": of_list["code"],
            },
            "way-in": {"secret": "never-given"},
            **self._protected(code),
            "under-way": of_file,
            "decide": of_file,
            **dict.fromkeys(("list", "list-file", "withdraw", "rows"), of_list),
            **{name: {"name": next(iter(CATALOGUE))} for name in PATTERNS if "figure-" in name},
            "figure": {"name": next(iter(CATALOGUE))},
        }
        about_persons = (n for n, p in PATTERNS.items() if str(p.pattern).startswith("people/<"))
        self.arguments = dict.fromkeys(about_persons, code) | arguments

    def _asked(self, whom: Any, by: Any) -> Any:
        fact = QuestionFact(
            whom.given, whom.family, whom.second_family or "", None, None, "Su tía."
        )
        made = enquiries.ask(fact, by=self.world.actor(Role.TRACER, by))
        enquiries.match.call(made.pk.hex)
        return made.pk

    def _protected(self, code: dict[str, Any]) -> dict[str, Any]:
        """A consent, a referral by it, and a demand for data that the administrator logged."""
        world, today = self.world, clock.today()
        consent = ConsentFact(
            self.child,
            self.child,
            Purpose.SCHOOL,
            world.elsewhere,
            frozenset(What),
            "Leído.",
            Language.SPANISH,
            Form.SIGNED,
            "",
            today,
            today + timedelta(days=9),
        )
        given = consents.record_consent(consent, told=world.told(), by=world.admin)
        referral = ReferralFact(
            self.child, world.elsewhere, Purpose.SCHOOL, Way.FILE, frozenset(What)
        )
        made = consents.refer(referral, by=world.admin)
        demand = DemandFact(DemandKind.OTHER, "Dos agentes", "Dónde está")
        logged = demands.log_demand(demand, told=world.told(), by=world.admin)
        return {
            "withdraw-consent": code | {"key": given},
            "referral-file": code | {"key": made},
            "demand": {"key": logged},
        }

    def _uploaded(self) -> Any:
        sink = incoming.open_sink()
        sink.write(LIST.encode())
        sink.close()
        made = incoming.take_in(
            sink.key,
            file_name="lista.csv",
            size=len(LIST),
            layout="people",
            teller=None,
            received_on=LEARNED,
            as_of=None,
            mapping=None,
            sheet=None,
            by=self.world.admin,
        )
        return made.pk

    def address(self, name: str) -> str:
        """The address of that name, with what is there."""
        return reverse(name, kwargs=self.arguments.get(name))

    def nowhere(self, name: str) -> str:
        """The same address with what never was there."""
        instead = dict.fromkeys(("code", "other", "of"), NEVER_GIVEN)
        instead |= {"key": uuid7(), "place": 999_999, "name": "no-such-figure"}
        arguments = self.arguments.get(name, {})
        return reverse(
            name, kwargs={key: instead.get(key, value) for key, value in arguments.items()}
        )

    @cached_property
    def browsers(self) -> dict[str, Client]:
        """A browser for each reader of the table."""
        world, elsewhere = self.world, self.world.elsewhere
        enter = {
            "nobody": lambda: Client(),
            "administrator": lambda: browser_of(world.admin),
            "companion of the case": lambda: browser_of(self._member(Role.COMPANION)),
            "therapist of the case": lambda: browser_of(self._member(Role.THERAPIST)),
            "companion of another case": lambda: browser_of(world.companion(world.person(SON))),
            "borrower within the slot": lambda: browser_of(self._borrower(ended=False)),
            "borrower after the slot": lambda: browser_of(self._borrower(ended=True)),
            "tracer whose account has lapsed": lambda: browser_of(
                world.long_unused(world.colleague(Role.TRACER))
            ),
        }
        for role in Role:
            enter.setdefault(role.value, lambda role=role: browser_of(world.actor(role)))
            enter[f"{role.value} elsewhere"] = lambda role=role: browser_of(
                world.actor(role, elsewhere)
            )
        ended = "borrower after the slot"
        order = [ended, *(name for name in who_may_what.READERS if name != ended)]
        return {reader: enter[reader]() for reader in order}

    def _member(self, role: Role) -> Any:
        companion = self.world.colleague(role)
        username = self.world.username(companion)
        access.join_case(case=self.case, username=username, by=self.world.admin)
        return companion

    def _borrower(self, *, ended: bool) -> Any:
        borrower = self.world.colleague(Role.TRACER, self.world.elsewhere)
        self.world.lend(self.child, username=self.world.username(borrower))
        if ended:
            self.world.end_slots()
        return borrower


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


def undone(browser: Client, ask: Callable[[], Any]) -> Any:
    cookies = browser.cookies.output(header="", sep=";")
    with transaction.atomic():
        response = ask()
        if getattr(response, "streaming", False):
            b"".join(response.streaming_content)
        transaction.set_rollback(True)
    browser.cookies = SimpleCookie(cookies)
    return response


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
