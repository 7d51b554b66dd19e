"""
A small world that has one of everything, and a browser for each reader: for whoever walks through
every page.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from http.cookies import SimpleCookie
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import reverse

from accompany.access import actions as access
from accompany.access.models import Case
from accompany.access.terms import Role
from accompany.base import clock, codes
from accompany.base.ids import uuid7
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
from tests.walls import patterns
from tests.world import LEARNED, LIST, World, browser_of

NEVER_GIVEN = codes.shown(codes.checked(987_654_321))
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
            "team": {"key": access.make_team(name="Norte", by=world.admin).pk},
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


def undone(browser: Client, ask: Callable[[], Any]) -> Any:
    cookies = browser.cookies.output(header="", sep=";")
    with transaction.atomic():
        response = ask()
        if getattr(response, "streaming", False):
            b"".join(response.streaming_content)
        transaction.set_rollback(True)
    browser.cookies = SimpleCookie(cookies)
    return response
