"""
Whoever of a small world is erased, in whatever order: all else stays as it was, and verified.

A naive twin keeps, for everybody, which statements name them and in which place; after each erasure
it is asked of the record again.
"""

from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accompany.access import trail
from accompany.access.models import Key
from accompany.access.terms import Role
from accompany.base import guards
from accompany.base.ids import uuid7
from accompany.base.tables import kind_of
from accompany.custody.terms import Custodian
from accompany.erasure import actions, queries
from accompany.erasure.terms import Because
from accompany.people import actions as people
from accompany.people.models import Joined, Name, Person, SamePerson
from accompany.people.terms import ArrivalFact, Relation
from accompany.sources import verification
from tests.world import day

pytestmark = pytest.mark.django_db
PERSONS = 4
who = st.integers(0, PERSONS - 1)
two = st.tuples(who, who).filter(lambda pair: pair[0] != pair[1])
happenings = st.lists(
    st.one_of(
        st.tuples(st.just("tie"), two),
        st.tuples(st.just("separation"), two),
        st.tuples(st.just("arrival"), st.lists(who, min_size=1, max_size=3, unique=True)),
        st.tuples(st.just("stay"), two),
        st.tuples(st.just("join"), two),
        st.tuples(st.just("part"), two),
        st.tuples(st.just("withdraw"), who),
        st.tuples(st.just("look"), who),
    ),
    min_size=2,
    max_size=7,
)


class Told:
    """A small world in which something happened."""

    def __init__(self, world):
        self.world = world
        self.number = uuid7().int % 10**6
        received = world.receive(
            "family_name,given_name,a_number,mother_name\n"
            f"Pineda,Génesis,{self.number:09},Rosaura Tziquin\n"
        )
        self.ids = [*world.persons_of(received), *world.persons(PERSONS - 2)]
        self.joined = set()

    def happens(self, what, whom):
        ids = [self.ids[one] for one in (whom if isinstance(whom, list | tuple) else [whom])]
        getattr(self, what)(*ids)

    def tie(self, one, other):
        self.world.tie(one, other, Relation.SIBLING)

    def separation(self, child, adult):
        self.world.separate([child], adult)

    def arrival(self, *party):
        shared = uuid7()
        facts = [ArrivalFact(one, shared, day("2026-01-05")) for one in party]
        people.record_arrivals(facts, told=self.world.told(), by=self.world.admin)

    def stay(self, held, teller):
        told = self.world.told(person=teller, words="lo contó por teléfono")
        self.world.stay(held, Custodian.ORR, "2026-01-06", told=told)

    def join(self, one, other):
        if frozenset((one, other)) not in self.joined:
            self.joined.add(frozenset((one, other)))
            self.world.join(one, other)

    def part(self, one, other):
        if frozenset((one, other)) in self.joined:
            self.joined.remove(frozenset((one, other)))
            self.world.part(one, other)

    def withdraw(self, one):
        name = Name.objects.now().filter(person=one).first()
        if name is not None:
            people.correct(name, reason="Se leyó mal.", by=self.world.admin)

    def look(self, one):
        trail.look("people.person-opened", by=self.world.admin, about=[])


def naming(persons: set[UUID]) -> set:
    """Which rows name these persons, each with all whom it names but those who are erased."""
    found = set()
    for model in guards.guarded_models():
        names = guards.named_in(model)
        if not names or model is SamePerson:
            continue
        for one in model.objects.all():
            ends = [getattr(one, model._meta.get_field(name).attname) for name in names]
            kept = tuple(end if end in persons else None for end in ends)
            if any(kept):
                times = getattr(one, "recorded_in", 0), getattr(one, "withdrawn_in", None)
                found.add((model._meta.label, one.pk, kept, *times))
    return found


def occurrences(persons: set[UUID], codes: set[str]) -> set[str]:
    """Where ids or codes occur in any column of any table of ours."""
    found = set()
    for model in apps.get_models():
        if kind_of(model) is None:
            continue
        for field in model._meta.concrete_fields:
            if field.get_internal_type() == "TextField":
                there = model.objects.filter(**{f"{field.name}__in": codes}).exists()
            elif (field.target_field if field.is_relation else field).get_internal_type() in (
                "IdField",
            ):
                there = model.objects.filter(**{f"{field.attname}__in": persons}).exists()
            else:
                continue
            if there:
                found.add(f"{model._meta.label}.{field.name}")
    return found


@settings(
    max_examples=8,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(happened=happenings, gone=st.lists(who, min_size=1, max_size=PERSONS, unique=True))
def test_all_else_stays_as_it_was(world, happened, gone):
    second = world.colleague(Role.ADMINISTRATOR)
    told = Told(world)
    for what, whom in happened:
        told.happens(what, whom)
    left = set(told.ids)
    for one in gone:
        person = told.ids[one]
        if person not in left:
            continue  # erased with a record joined to it
        canonical = dict(Joined.objects.now().values_list("person", "canonical"))
        of_set = {p for p in left if canonical.get(p, p) == canonical.get(person, person)}
        codes = set(Person.objects.filter(pk__in=of_set).values_list("code", flat=True))
        left -= of_set
        before = naming(left)
        actions.ask_to_erase(person=person, because=Because.WITHDRAWN, by=world.admin)
        actions.erase(person=person, by=second)
        assert naming(left) == before
        assert occurrences(of_set, codes) <= {"access.About.record", "access.Entry.reason_of"}
        assert not Key.objects.filter(record__in=of_set).exists()
    assert findings() == []
    assert not guards.is_ajar()
    assert guards.missing(connection) == []


@settings(
    max_examples=5,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(happened=happenings, gone=who, data=st.data())
def test_nothing_that_an_erasure_did_not_take_is_taken_unfound(world, happened, gone, data):
    """Whoever has the database and no key takes out one more row, or puts one back."""
    second = world.colleague(Role.ADMINISTRATOR)
    told = Told(world)
    for what, whom in happened:
        told.happens(what, whom)
    actions.ask_to_erase(person=told.ids[gone], because=Because.MISTAKE, by=world.admin)
    actions.erase(person=told.ids[gone], by=second)
    rows = [
        one
        for model in guards.guarded_models()
        if hasattr(model, "recorded_in") and model._meta.label != "sources.FilePiece"
        for one in model.objects.all()
    ]
    one = data.draw(st.sampled_from(sorted(rows, key=lambda row: str(row.pk))))
    number = one.recorded_in
    connection.check_constraints()
    with guards.off(connection):
        type(one).objects.filter(pk=one.pk)._raw_delete(connection.alias)
    try:
        assert number in {finding.number for finding in findings()}
    finally:
        one.save(force_insert=True)
    assert findings() == []


def findings():
    return [*trail.verify(), *verification.verify_contents(), *queries.verify_counts()]
