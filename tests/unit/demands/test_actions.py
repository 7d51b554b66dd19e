"""Logging a demand, counsel's answer, what was done, and who reads which of it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accompany.access import trail
from accompany.access.models import Key
from accompany.access.terms import Ref, Role
from accompany.base import clock
from accompany.demands import actions, queries
from accompany.demands.models import Advice, Demand, DemandedOf, Done
from accompany.demands.terms import Decision, DemandFact, DemandKind, Event, Finding, Left, State
from accompany.erasure import actions as erasure
from accompany.erasure.terms import Because
from accompany.people.models import Person
from accompany.sources import verification
from accompany.sources.terms import How
from tests.world import changes_nothing, newest_entry, refs, refused

pytestmark = pytest.mark.django_db
EVERYBODY = list(Role)


@pytest.fixture
def log(world):
    """Logs a demand, by a companion unless somebody else is named."""

    def run(kind=DemandKind.COURT_ORDER, by=None, records=()):
        fact = DemandFact(kind, "Oficial Bermúdez", "Dónde está la niña", records=records)
        told = world.told(
            organisation=world.agency("ice"), how=How.IN_PERSON, learned_on=clock.today()
        )
        return actions.log_demand(fact, told=told, by=by or world.actor(Role.COMPANION))

    return run


def advise(world, demand, finding=Finding.COMPELS, **more):
    said = {"words": "Solo el nombre.", "asked_on": clock.today(), "on": clock.today()} | more
    actions.advise(demand=demand, finding=finding, by=world.actor(Role.COUNSEL), **said)


def decide(world, demand, decision=Decision.DISCLOSED, left=(Left.NAMES,), on=None):
    actions.decide(
        demand=demand,
        decision=decision,
        left=left,
        on=on or clock.today(),
        by=world.actor(Role.COUNSEL),
    )


@pytest.mark.parametrize("role", EVERYBODY)
def test_whoever_stands_at_the_door_logs_it(world, log, role):
    somebody = world.actor(role)
    demand = log(by=somebody)
    said = queries.demand(demand, seen_by=somebody)
    assert (said.by_whom, said.asked) == ("Oficial Bermúdez", "Dónde está la niña")
    assert newest_entry().event == Event.LOGGED


def test_it_names_the_persons_it_is_about_as_far_as_the_reader_sees_them(world, log):
    person = world.person()
    demand = log(by=world.actor(), records=(person,))
    assert refs(newest_entry()) == [Ref("demand", demand), Ref("person", person)]
    assert queries.demand(demand, seen_by=world.actor()).records == (person,)
    world.keep_apart(person)
    assert queries.demand(demand, seen_by=world.actor(Role.COUNSEL)).records == ()


def test_nobody_names_a_person_whom_they_do_not_see(world, log):
    person, companion = world.person(), world.actor(Role.COMPANION)
    with changes_nothing(Person.DoesNotExist):
        log(by=companion, records=(person,))


def test_only_who_logged_it_and_who_answers_it_read_what_was_asked(world, log):
    demand = log()
    assert queries.demand(demand, seen_by=world.actor(Role.COUNSEL)) is not None
    assert queries.demand(demand, seen_by=world.admin) is not None
    assert queries.demand(demand, seen_by=world.actor(Role.CASEWORKER)) is None
    assert queries.demand(demand, seen_by=world.actor(Role.AUDITOR)) is None


def test_another_house_knows_nothing_of_it(world, log):
    demand = log()
    theirs = world.actor(Role.COUNSEL, world.elsewhere)
    assert queries.log(seen_by=theirs) == []
    assert queries.demand(demand, seen_by=theirs) is None
    with changes_nothing(Demand.DoesNotExist):
        actions.decide(
            demand=demand, decision=Decision.NOTHING, left=(), on=clock.today(), by=theirs
        )


@pytest.mark.parametrize(
    "role", [one for one in EVERYBODY if one not in (Role.COUNSEL, Role.ADMINISTRATOR)]
)
def test_only_counsel_and_the_administrator_answer(world, log, role):
    demand, somebody = log(), world.actor(role)
    with changes_nothing(PermissionDenied):
        actions.decide(
            demand=demand, decision=Decision.NOTHING, left=(), on=clock.today(), by=somebody
        )


def test_a_demand_goes_from_waiting_over_the_answer_to_what_was_done(world, log):
    demand, counsel = log(), world.actor(Role.COUNSEL)
    assert queries.waiting(seen_by=counsel) == 1
    advise(world, demand)
    assert queries.waiting(seen_by=counsel) == 0
    assert queries.log(seen_by=counsel)[0].state is State.ANSWERED
    decide(world, demand)
    (line,) = queries.log(seen_by=counsel)
    assert (line.state, line.left) == (State.LEFT, (Left.NAMES,))
    assert queries.demand(demand, seen_by=counsel).answer == "Solo el nombre."


def test_that_nothing_was_given_is_said_at_once(world, log):
    demand = log(DemandKind.POLICE_REQUEST)
    decide(world, demand, Decision.NOTHING, ())
    assert queries.log(seen_by=world.admin)[0].state is State.NOTHING_LEFT
    assert queries.waiting(seen_by=world.actor(Role.COUNSEL)) == 0


def test_another_answer_takes_the_place_of_the_first_and_both_stay_to_be_seen(world, log):
    demand = log()
    advise(world, demand, Finding.OBJECT)
    advise(world, demand)
    assert Advice.objects.count() == 2
    assert [one.finding for one in Advice.objects.now()] == [Finding.COMPELS]


def test_what_was_done_is_corrected_and_never_overwritten(world, log):
    demand = log()
    decide(world, demand, Decision.NOTHING, ())
    decide(world, demand, Decision.OBJECTED, ())
    assert Done.objects.count() == 2
    assert queries.log(seen_by=world.admin)[0].decision is Decision.OBJECTED
    assert [*trail.verify(), *verification.verify_contents()] == []


def test_nothing_is_done_before_it_was_demanded(world, log):
    demand, _counsel = log(), world.actor(Role.COUNSEL)
    with refused("demands.day-before"):
        decide(world, demand, Decision.NOTHING, (), on=clock.today() - timedelta(days=1))


def test_a_person_who_is_erased_is_named_by_no_demand(world, log):
    person = world.person()
    demand = log(by=world.admin, records=(person,))
    erasure.ask_to_erase(person=person, because=Because.WITHDRAWN, by=world.admin)
    erasure.erase(person=person, by=world.colleague(Role.ADMINISTRATOR))
    assert not DemandedOf.objects.exists()
    assert Demand.objects.now().filter(pk=demand).exists()
    assert [*trail.verify(), *verification.verify_contents()] == []


def erase(world, person):
    erasure.ask_to_erase(person=person, because=Because.WITHDRAWN, by=world.admin)
    erasure.erase(person=person, by=world.colleague(Role.ADMINISTRATOR))


def test_words_of_a_demand_go_with_a_person_whom_it_names(world, log):
    person, counsel = world.person(), world.actor(Role.COUNSEL)
    demand, other = (log(by=world.admin, records=of) for of in ((person,), ()))
    for one in (demand, other):
        advise(world, one)
    erase(world, person)
    assert not Key.objects.filter(record=demand).exists()
    said = queries.demand(demand, seen_by=counsel)
    assert (said.by_whom, said.asked, said.answer, said.words_erased) == ("", "", "", True)
    assert (said.line.kind, said.line.finding) == (DemandKind.COURT_ORDER, Finding.COMPELS)
    assert queries.demand(other, seen_by=counsel).asked == "Dónde está la niña"


def test_a_demand_whose_words_were_erased_is_not_answered_and_is_still_closed(world, log):
    person = world.person()
    demand = log(by=world.admin, records=(person,))
    world.actor(Role.COUNSEL)
    erase(world, person)
    with refused("demands.words-erased"):
        advise(world, demand)
    decide(world, demand, Decision.NOTHING, ())
    (line,) = queries.log(seen_by=world.admin)
    assert line.state is State.NOTHING_LEFT
    assert [*trail.verify(), *verification.verify_contents()] == []
