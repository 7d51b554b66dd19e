"""
What was known at every moment, against a naive twin that keeps a copy after each step.

Steps record names and stays, correct and withdraw them, join and part, and look. At the end every
position that was ever sealed is asked again and must answer as it did, whatever came since.
"""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accompany.access import trail
from accompany.access.models import Batch
from accompany.base.ids import uuid7
from accompany.custody import actions as custody
from accompany.custody.models import Stay
from accompany.custody.terms import Custodian, StayFact
from accompany.people import actions as people
from accompany.people.models import Joined, Name, Person
from accompany.people.terms import NameFact, PersonFact
from accompany.sources import verification
from tests.cast import AUNT, DAUGHTER, SON
from tests.world import World, day

PERSONS = 3
persons = st.integers(0, PERSONS - 1)
SPELLINGS = [DAUGHTER, SON, AUNT, NameFact("Yénesis", "Pineda")]
DAYS = ["2026-01-05", "2026-01-20", "2026-02-11"]

Twin = tuple[frozenset, frozenset, frozenset]


class Record(RuleBasedStateMachine):
    """A record, and beside it sets of ids: what stands, and what stood at every sealed position."""

    world: World

    @initialize()
    def begin(self):
        self.ids = self.world.persons(PERSONS)
        self.names = set(standing(Name, self.ids))
        self.stays = set()
        self.links = set()
        self.stood = {}

    @rule(who=persons, name=st.sampled_from(SPELLINGS))
    def tell_a_name(self, who, name):
        before = set(standing(Name, self.ids))
        fact = PersonFact(id=self.ids[who], names=(name,))
        people.describe_persons([fact], told=self.world.told(), by=self.world.admin)
        (new,) = set(standing(Name, self.ids)) - before
        self.names.add(new)

    @rule(who=persons, began=st.sampled_from(DAYS), custodian=st.sampled_from(Custodian))
    def tell_a_stay(self, who, began, custodian):
        fact = StayFact(self.ids[who], custodian, day(began))
        custody.record_stays([fact], told=self.world.told(), by=self.world.admin)
        self.stays.add(fact.id)

    @rule(data=st.data())
    @precondition(lambda self: self.names)
    def withdraw_a_name(self, data):
        name = data.draw(st.sampled_from(sorted(self.names)))
        people.correct(Name.objects.get(pk=name), reason="Se leyó mal.", by=self.world.admin)
        self.names.remove(name)

    @rule(data=st.data(), began=st.sampled_from(DAYS))
    @precondition(lambda self: self.stays)
    def correct_a_stay(self, data, began):
        stay = Stay.objects.get(pk=data.draw(st.sampled_from(sorted(self.stays))))
        successor = StayFact(stay.person_id, Custodian.ORR, day(began), id=uuid7())
        custody.correct(
            stay,
            reason="Se leyó mal.",
            by=self.world.admin,
            successor=successor,
            told=self.world.told(),
        )
        self.stays = self.stays - {stay.pk} | {successor.id}

    @rule(one=persons, other=persons)
    def join_or_part(self, one, other):
        link = frozenset((self.ids[one], self.ids[other]))
        if len(link) == 2:
            (self.world.part if link in self.links else self.world.join)(*link)
            self.links ^= {link}

    @rule(who=persons)
    def look(self, who):
        trail.look("people.person-opened", by=self.world.admin, about=[])

    @invariant()
    def what_stands_now_is_what_the_twin_says(self):
        known = trail.known()
        self.stood[known.moment] = twin = self.twin()
        assert answered(self.ids, None) == answered(self.ids, known) == twin

    def twin(self) -> Twin:
        return (
            frozenset(self.names),
            frozenset(self.stays),
            frozenset((p, c) for p, c in pointers(self.ids, self.links).items()),
        )

    def teardown(self):
        """Every position that was ever sealed, asked again."""
        if not hasattr(self, "stood"):
            return
        for moment, twin in self.stood.items():
            assert answered(self.ids, trail.known(moment)) == twin
        moments = Batch.objects.filter(sealed_at__gte=min(self.stood)).order_by("sealed_at")
        for moment in moments.values_list("sealed_at", flat=True):
            last = max(then for then in self.stood if then <= moment)
            assert answered(self.ids, trail.known(moment)) == self.stood[last]
        assert [*trail.verify(), *verification.verify_contents()] == []


def standing(model, ids, known=None):
    return model.objects.standing(known).filter(person__in=ids).values_list("pk", flat=True)


def answered(ids, known) -> Twin:
    """What the record answers at a position, or now."""
    joined = Joined.objects.standing(known).filter(person__in=ids)
    assert Person.objects.standing(known).filter(pk__in=ids).count() == len(ids)
    return (
        frozenset(standing(Name, ids, known)),
        frozenset(standing(Stay, ids, known)),
        frozenset(joined.values_list("person", "canonical")),
    )


def pointers(ids, links):
    """To whom each linked person points, by repeating until nothing changes."""
    least = {one: one for one in ids}
    for _ in ids:
        for link in links:
            low = min(least[one] for one in link)
            least |= dict.fromkeys(link, low)
    return {one: low for one, low in least.items() if any(one in link for link in links)}


@pytest.mark.django_db
def test_what_was_known_is_answered_the_same_for_ever(world):
    machine = type("Machine", (Record,), {"world": world})
    run = settings(
        max_examples=8,
        stateful_step_count=12,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
    run_state_machine_as_test(machine, settings=run)
