"""
Where do the people of a test come from?

From here, through the same actions that forms and imports use. A `World` is an installation that
has been set up: its administrator, colleagues in every role, and another organisation beside it.
Everybody is invented.
"""

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import Client

from accompany.access import actions as access
from accompany.access import queries as access_queries
from accompany.access.actors import Actor
from accompany.access.models import About, CaseMember, Entry, Lent, Organisation, User
from accompany.access.terms import OrganisationKind, Ref, Role
from accompany.base import clock, dates
from accompany.base.dates import When
from accompany.base.ids import uuid7
from accompany.base.refusal import Refused
from accompany.base.tables import TableKind, kind_of
from accompany.custody import actions as custody
from accompany.custody.terms import (
    Cause,
    Custodian,
    Departure,
    ReunificationFact,
    ReunifiedWith,
    SeparationFact,
    StayFact,
)
from accompany.exchange import receiving
from accompany.exchange.receiving import Order
from accompany.facilities import actions as facilities
from accompany.facilities.terms import PlaceFact, PlaceKind
from accompany.people import actions as people
from accompany.people import queries as people_queries
from accompany.people.models import Person
from accompany.people.terms import NameFact, PersonFact, Relation, TieFact
from accompany.sources import queries as sources_queries
from accompany.sources.models import ReceivedList
from accompany.sources.terms import How, TellingFact
from accompany.web import proof
from tests.cast import DAUGHTER, LIST, MOTHER, SON

PASSWORD = "brisa-lenta-sobre-el-lago"  # of every account here
ZONE = "America/New_York"
LEARNED = date(2026, 3, 2)


def day(text: str) -> When:
    """Told to the day: `day("2026-03-02")`."""
    return dates.on_day(date.fromisoformat(text), ZONE)


@dataclass(frozen=True)
class Family:
    """A mother and two children, recorded by hand and tied, taken apart and not yet together."""

    mother: UUID
    daughter: UUID
    son: UUID


@dataclass
class World:
    """An installation that has been set up, and shorthand for what tests record in it."""

    admin: Actor
    _actors: dict[tuple[Role, UUID], Actor] = field(default_factory=dict)

    @classmethod
    def set_up(cls) -> "World":
        """Set the installation up, as `accompany setup` does."""
        access.set_up(
            organisation="Casa Común", username="ines", called="Inés T.", password=PASSWORD
        )
        return cls(access_queries.operator())

    @property
    def home(self) -> UUID:
        """The organisation of the set-up."""
        return self.admin.organisation

    @cached_property
    def elsewhere(self) -> UUID:
        """Another organisation that keeps records here."""
        made = access.name_organisation(
            code="vecina", name="Casa Vecina", kind=OrganisationKind.HOLDER, by=self.admin
        )
        return made.pk

    def agency(self, code: str) -> UUID:
        """An agency by its code, such as `orr`."""
        return Organisation.objects.get(code=code).pk

    def actor(self, role: Role = Role.CASEWORKER, organisation: UUID | None = None) -> Actor:
        """Somebody of that role, of the home organisation or another; the same one each time."""
        where = organisation or self.home
        if (role, where) not in self._actors:
            self._actors[role, where] = self.colleague(role, where)
        return self._actors[role, where]

    def colleague(self, role: Role = Role.CASEWORKER, organisation: UUID | None = None) -> Actor:
        """Somebody new of that role."""
        user, _password = access.invite_user(
            username=f"{role.value}-{uuid7().hex}",
            called="Colega de Prueba",
            role=role,
            organisation=organisation or self.home,
            by=self.admin,
        )
        return access_queries.actor_of(user)

    def told(self, **more: Any) -> TellingFact:
        """One's own organisation, by phone, on the day of LEARNED."""
        if not {"organisation", "person", "document"} & more.keys():
            more["organisation"] = self.home
        return TellingFact(**({"how": How.PHONE, "learned_on": LEARNED} | more))

    def person(
        self, name: NameFact | None = DAUGHTER, *, by: Actor | None = None, **more: Any
    ) -> UUID:
        """A person on record, of whom `more` is told."""
        fact = PersonFact(id=uuid7(), names=(name,) if name else (), **more)
        people.record_persons([fact], told=self.told(), by=by or self.admin)
        return fact.id

    def persons(self, how_many: int) -> list[UUID]:
        """So many persons, in the order of their ids."""
        facts = [PersonFact(id=uuid7(), names=(DAUGHTER,)) for _ in range(how_many)]
        people.record_persons(facts, told=self.told(), by=self.admin)
        return [fact.id for fact in facts]

    def code(self, person: UUID) -> str:
        """The code of a person."""
        return people_queries.codes_of([person])[person]

    def tie(self, person: UUID, relative: UUID, relation: Relation) -> None:
        """Record that the relative is the relation of the person."""
        people.record_ties([TieFact(person, relative, relation)], told=self.told(), by=self.admin)

    def place(self, name: str = "Refugio Las Palmas", kind: PlaceKind = PlaceKind.CHILDREN) -> UUID:
        """A place on record."""
        fact = PlaceFact(uuid7(), name, kind)
        facilities.record_places([fact], told=self.told(), by=self.admin)
        return fact.id

    def stay(
        self,
        person: UUID,
        custodian: Custodian,
        began: str | None,
        ended: str | None = None,
        ended_by: Departure | None = None,
        told: TellingFact | None = None,
        **more: Any,
    ) -> UUID:
        """A stay on record; days as in `day`."""
        fact = StayFact(
            person,
            custodian,
            began and day(began),
            ended and day(ended),
            ended_by,
            **more,
        )
        custody.record_stays([fact], told=told or self.told(), by=self.admin)
        return fact.id

    def join(self, one: UUID, other: UUID) -> None:
        """Join two records as one person."""
        people.join_records(
            one=one, other=other, reasons="Lo dijo ella misma.", told=self.told(), by=self.admin
        )

    def part(self, one: UUID, other: UUID) -> None:
        """Part them again."""
        people.part_records(one=one, other=other, reasons="Era su prima.", by=self.admin)

    def keep_apart(self, person: UUID) -> None:
        """Keep a person from everybody here, as a team that nobody is in would."""
        team = access_queries.team("Nadie", seen_by=self.admin)
        team = team or access.make_team(name="Nadie", by=self.admin)
        people.keep_to_team(person=person, team=team.pk, by=self.admin)

    def lend(
        self, person: UUID, to: UUID | None = None, *, hours: float = 2, username: str | None = None
    ) -> None:
        """Lend a person to another organisation for some hours, or to one account."""
        people.lend(
            person=person,
            to=to or self.elsewhere,
            until=later(hours / 24),
            by=self.admin,
            username=username,
        )

    def end_slots(self) -> None:
        """Let every slot have ended a minute ago."""
        Lent.objects.update(since=later(-1), until=later(-1 / 24 / 60))

    def case(self, *persons: UUID, members: Iterable[Actor] = ()) -> UUID:
        """A case about these persons, with these members."""
        made = access.make_case(by=self.admin)
        for person in persons:
            people.put_in_case(person=person, case=made.pk, by=self.admin)
        for member in members:
            access.join_case(case=made.pk, username=self.username(member), by=self.admin)
        return made.pk

    def companion(self, *persons: UUID) -> Actor:
        """A companion, member of one case about these persons."""
        somebody = self.colleague(Role.COMPANION)
        self.case(*persons, members=[somebody])
        return self.today(somebody)

    def username(self, actor: Actor) -> str:
        """The user name of somebody."""
        return User.objects.get(pk=actor.user).username

    def today(self, actor: Actor) -> Actor:
        """Somebody as they are now that what they may see was changed."""
        return access_queries.actor_of(User.objects.get(pk=actor.user))

    def long_unused(self, actor: Actor) -> Actor:
        """Somebody whose account was not used for as many weeks as make it lapse."""
        User.objects.filter(pk=actor.user).update(used_on=lapsed_on())
        return self.today(actor)

    def place_long_unused(self, actor: Actor) -> Actor:
        """Somebody who opened no record of their cases for as many weeks."""
        CaseMember.objects.filter(user=actor.user).update(used_on=lapsed_on())
        return self.today(actor)

    def family(self) -> Family:
        """A mother and two children, tied, and the children taken from her by one act."""
        mother, daughter, son = (self.person(name) for name in (MOTHER, DAUGHTER, SON))
        for child in (daughter, son):
            self.tie(child, mother, Relation.MOTHER)
        self.separate([daughter, son], mother)
        for child in (daughter, son):
            self.stay(child, Custodian.CBP, "2026-01-05", "2026-01-08", Departure.TRANSFERRED)
            self.stay(child, Custodian.ORR, "2026-01-08")
        self.stay(mother, Custodian.ICE, "2026-01-08")
        return Family(mother, daughter, son)

    def separate(self, children: list[UUID], adult: UUID, on: str = "2026-01-06") -> UUID:
        """One act that took the children from the adult; its event."""
        event = uuid7()
        facts = [
            SeparationFact(child, event, Custodian.CBP, day(on), Cause.NOT_STATED, adult=adult)
            for child in children
        ]
        custody.record_separations(facts, told=self.told(), by=self.admin)
        return event

    def reunify(self, child: UUID, adult: UUID, on: str = "2026-02-20") -> None:
        """Record that they are together again."""
        fact = ReunificationFact(
            child, uuid7(), ReunifiedWith.SEPARATED_PARENT, day(on), adult=adult
        )
        custody.record_reunifications([fact], told=self.told(), by=self.admin)

    def receive(
        self, text: str = LIST, *, layout: str = "people", by: Actor | None = None, **more: Any
    ) -> ReceivedList:
        """A list on record, received from this text."""
        order = Order(layout, Text(text), "lista.csv", LEARNED, **more)
        code, _found = receiving.receive(order, by=by or self.admin)
        received = sources_queries.received_list(code, seen_by=by or self.admin)
        assert received is not None
        return received

    def persons_of(self, received: ReceivedList) -> list[UUID]:
        """The persons that came with a list, relatives too, in the order of their ids."""
        came = Person.objects.filter(recorded_in=received.recorded_in).order_by("pk")
        return list(came.values_list("pk", flat=True))


def browser_of(actor: Actor, browser: Client | None = None) -> Client:
    """A browser in which this actor is signed in, by two things and a moment ago."""
    user = User.objects.get(pk=actor.user)
    user.must_choose_password = False
    user.save(update_fields=["must_choose_password"])
    browser = browser or Client()
    browser.force_login(user)
    proven(browser)
    return browser


def proven(browser: Client) -> None:
    """Whoever is signed in proved it by two things, a moment ago."""
    session = browser.session
    proof.note(session, by_factor=True)
    session.save()


class Text:
    """A file that is only this text, in UTF-8."""

    def __init__(self, text: str | bytes) -> None:
        self._content = text.encode() if isinstance(text, str) else text

    def open(self, mode: str = "r", **more: Any) -> Any:
        """Open it as one opens a path."""
        raw = io.BytesIO(self._content)
        return raw if "b" in mode else io.TextIOWrapper(raw, **more)


def newest_entry() -> Entry:
    """The entry of the trail with the highest number."""
    return Entry.objects.latest("number")


def refs(entry: Entry) -> list[Ref]:
    """The records that an entry is about, in their order."""
    rows = About.objects.filter(entry=entry.number).order_by("position")
    return [Ref(row.kind, row.record) for row in rows]


def count_rows() -> dict[str, int]:
    """How many rows every table of ours has, and how many statements were withdrawn."""
    with connection.cursor() as cursor:
        cursor.execute(_counting())
        return dict(cursor.fetchall())


@cache
def _counting() -> str:
    """One question for all of them: it is asked before and after whatever may change nothing."""
    ours = [model._meta for model in apps.get_models() if kind_of(model)]
    counts = [f"SELECT '{of.label}', count(*) FROM {of.db_table}" for of in ours]
    counts += [
        f"SELECT '{of.label} withdrawn', count(withdrawn_in) FROM {of.db_table}"
        for of in ours
        if kind_of(of.model) is TableKind.STATEMENT
    ]
    return " UNION ALL ".join(counts)


@contextmanager
def refused(*codes: str) -> Iterator[None]:
    """What is done within is refused with exactly these objections, and changes nothing."""
    before = count_rows()
    with pytest.raises(Refused) as refusal:
        yield
    assert sorted(objection.code for objection in refusal.value.objections) == sorted(codes)
    assert count_rows() == before


@contextmanager
def changes_nothing(error: type[Exception]) -> Iterator[None]:
    """What is done within fails with this error, and changes nothing."""
    before = count_rows()
    with pytest.raises(error):
        yield
    assert count_rows() == before


def lapsed_on() -> date:
    """The last day of use of what has lapsed today."""
    return clock.today() - timedelta(weeks=settings.ACCOMPANY_LAPSE_WEEKS)


def later(days: float) -> datetime:
    """A moment so many days from now, or before now."""
    return clock.now() + timedelta(days=days)


def somebody_waits() -> bool:
    """Whether, on PostgreSQL, some transaction waits for what another has locked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])
