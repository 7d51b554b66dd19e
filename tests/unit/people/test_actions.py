"""What changes persons: the change, its entry, and nothing where it is refused."""

import json
from dataclasses import replace
from datetime import timedelta
from threading import Thread

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accompany.access import trail
from accompany.access.models import Digest, Key
from accompany.access.terms import Ref, Role
from accompany.base import clock
from accompany.base.dates import on_day
from accompany.base.ids import uuid7
from accompany.custody.terms import Custodian
from accompany.people import actions, queries, rules
from accompany.people.models import (
    Arrival,
    Birth,
    Description,
    Identifier,
    Joined,
    Membership,
    Name,
    Person,
    SamePerson,
    Tie,
)
from accompany.people.terms import (
    ArrivalFact,
    BirthFact,
    Event,
    IdentifierFact,
    IdentifierKind,
    Issuer,
    NameFact,
    NameKind,
    PersonFact,
    Relation,
    Sex,
    Standing,
    StandingFact,
    TieFact,
)
from accompany.sources import actions as sources
from accompany.sources import queries as sources_queries
from accompany.sources.models import Answer, Question, ReceivedList, Telling
from accompany.sources.terms import Certainty, Outcome
from accompany.sources.terms import Event as SourcesEvent
from tests.cast import DAUGHTER, FATHER, FAULTY_LIST, MOTHER
from tests.world import (
    ZONE,
    changes_nothing,
    day,
    later,
    newest_entry,
    refs,
    refused,
    somebody_waits,
)

A_NUMBER = IdentifierFact(IdentifierKind.A_NUMBER, Issuer.DHS, "099871345")
DAYLIGHT = settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def person_with(**told):
    return PersonFact(id=uuid7(), **told)


def said_of(person):
    return queries.facts_said([person], queries.sealers_of([person]))


def bearers(world):
    return queries.with_identifier(IdentifierKind.A_NUMBER, "099871345", seen_by=world.admin)


# --- persons ------------------------------------------------------------------------------------


def test_a_person_is_recorded_with_all_that_was_told(world):
    person = world.person(
        identifiers=(A_NUMBER,),
        birth=BirthFact(told="2014-05-06", year=2014),
        sex=Sex.FEMALE,
        nationality="GT",
    )
    told = {saying.what: saying.value for saying in said_of(person)}
    assert told == {
        "born": "2014-05-06",
        "sex": "f",
        "nationality": "GT",
        "identifier.a-number": ("dhs", "099871345", None),
    }


def test_a_name_comes_back_in_its_parts(world):
    person = world.person(DAUGHTER)
    (saying,) = queries.names_said([person], queries.sealers_of([person]))
    assert saying.value == DAUGHTER


def test_persons_are_recorded_with_one_entry_about_each(world):
    facts = [person_with(names=(name,)) for name in (MOTHER, DAUGHTER)]
    actions.record_persons(facts, told=world.told(), by=world.admin)
    assert newest_entry().event == Event.PERSONS_RECORDED
    assert refs(newest_entry()) == [Ref("person", fact.id) for fact in facts]


def test_every_statement_knows_its_entry_and_its_source(world):
    person = world.person(nationality="GT")
    telling = Telling.objects.get(recorded_in=newest_entry().number)
    for model in (Name, Description):
        statement = model.objects.get(person=person)
        assert (statement.recorded_in, statement.source_id) == (newest_entry().number, telling.pk)


def test_a_person_belongs_to_the_organisation_that_recorded_them(world):
    theirs = world.actor(Role.CASEWORKER, world.elsewhere)
    person = world.person(by=theirs)
    assert Person.objects.get(pk=person).holder_id == world.elsewhere


def test_codes_come_back_in_the_order_of_the_facts(world):
    facts = [person_with(names=(MOTHER,)) for _ in range(3)]
    given = actions.record_persons(facts, told=world.told(), by=world.admin)
    assert given == [world.code(fact.id) for fact in facts]


def test_a_number_is_found_by_its_digest(world):
    person = world.person(identifiers=(A_NUMBER,))
    assert bearers(world) == [person]


def test_that_they_have_no_number_is_recorded(world):
    none = IdentifierFact(IdentifierKind.A_NUMBER, Issuer.DHS, None)
    person = world.person(identifiers=(none,))
    assert Identifier.objects.get(person=person).has_none
    assert not Digest.objects.exists()


def test_of_whom_nothing_is_sealed_there_is_no_key(world):
    person = world.person(None, birth=BirthFact(year=2014))
    assert not Key.objects.filter(record=person).exists()


def test_with_one_wrong_person_nobody_is_recorded(world):
    wrong = IdentifierFact(IdentifierKind.A_NUMBER, Issuer.DHS, "1")
    facts = [person_with(names=(MOTHER,)), person_with(identifiers=(wrong,)), person_with()]
    with refused("people.a-number-wrong", "people.nothing-told"):
        actions.record_persons(facts, told=world.told(), by=world.admin)


@pytest.mark.parametrize("role", [Role.ANALYST, Role.AUDITOR])
def test_who_may_not_record_records_nobody(world, role):
    by = world.actor(role)
    with changes_nothing(PermissionDenied):
        actions.record_persons([person_with(names=(MOTHER,))], told=world.told(), by=by)


def test_more_is_told_of_a_person_on_record(world):
    person = world.person()
    more = PersonFact(
        id=person, names=(NameFact("Génesis", "", kind=NameKind.ALIAS),), sex=Sex.FEMALE
    )
    actions.describe_persons([more], told=world.told(), by=world.admin)
    assert Name.objects.filter(person=person).count() == 2
    assert newest_entry().event == Event.FACTS_RECORDED
    assert refs(newest_entry()) == [Ref("person", person)]


def test_who_had_no_key_is_given_one_with_the_first_name(world):
    person = world.person(None, birth=BirthFact(year=2014))
    actions.describe_persons(
        [PersonFact(id=person, names=(DAUGHTER,))], told=world.told(), by=world.admin
    )
    (saying,) = queries.names_said([person], queries.sealers_of([person]))
    assert saying.value == DAUGHTER


def test_of_a_person_who_is_not_there_nothing_is_told(world):
    person = world.person(None, birth=BirthFact(year=2014))
    theirs = world.actor(Role.CASEWORKER, world.elsewhere)
    told = world.told()
    with changes_nothing(Person.DoesNotExist):
        actions.describe_persons([PersonFact(id=person, names=(DAUGHTER,))], told=told, by=theirs)


# --- ties and arrivals --------------------------------------------------------------------------


def test_a_tie_is_told_from_both_ends(world):
    child, mother = world.persons(2)
    world.tie(child, mother, Relation.MOTHER)
    for one in (child, mother):
        (tie,) = queries.ties_said([one])
        assert (tie.person, tie.relative, tie.relation) == (child, mother, Relation.MOTHER)
    assert newest_entry().event == Event.TIES_RECORDED
    assert refs(newest_entry()) == [Ref("person", child), Ref("person", mother)]


def test_nobody_is_tied_to_themselves(world):
    child, mother = world.persons(2)
    ties = [TieFact(child, mother, Relation.MOTHER), TieFact(child, child, Relation.SIBLING)]
    with refused("people.tie-to-oneself"):
        actions.record_ties(ties, told=world.told(), by=world.admin)


def test_nobody_is_tied_to_somebody_who_is_not_there(world):
    child = world.person()
    theirs = world.person(by=world.actor(Role.CASEWORKER, world.elsewhere))
    with changes_nothing(Person.DoesNotExist):
        actions.record_ties(
            [TieFact(child, theirs, Relation.MOTHER)], told=world.told(), by=world.admin
        )


def test_who_arrived_together_is_shown_together(world):
    child, mother, alone = world.persons(3)
    party = uuid7()
    facts = [ArrivalFact(one, party, day("2026-01-04")) for one in (child, mother)]
    actions.record_arrivals(facts, told=world.told(), by=world.admin)
    assert {one.person_id for one in queries.arrivals_said([child])} == {child, mother}
    assert [r[0].pk for r in queries.family_of(child, seen_by=world.admin)] == [child, mother]
    assert queries.arrivals_said([alone]) == []


def test_who_shares_a_family_unit_number_is_shown_together(world):
    unit = IdentifierFact(IdentifierKind.FAMILY_UNIT, Issuer.CBP, "FU-0099871345")
    child, mother = (world.person(name, identifiers=(unit,)) for name in (DAUGHTER, MOTHER))
    assert [r[0].pk for r in queries.family_of(child, seen_by=world.admin)] == [child, mother]


# --- corrections --------------------------------------------------------------------------------


def correct(world, statement, **more):
    actions.correct(statement, reason="Se leyó mal.", by=world.admin, **more)


def test_a_corrected_statement_no_longer_stands_and_its_successor_does(world):
    person = world.person()
    name = Name.objects.get(person=person)
    successor = PersonFact(id=person, names=(MOTHER,))
    correct(world, name, successor=successor, told=world.told())
    (saying,) = queries.names_said([person], queries.sealers_of([person]))
    assert saying.value == MOTHER
    number = newest_entry().number
    name.refresh_from_db()
    assert name.withdrawn_in == number == Name.objects.now().get(person=person).recorded_in


def test_a_correction_leaves_its_reason(world):
    person = world.person()
    correct(world, Name.objects.get(person=person))
    entry = newest_entry()
    assert entry.event == SourcesEvent.STATEMENT_WITHDRAWN
    assert refs(entry) == [Ref("person", person)]
    assert trail.reason_of(entry) == "Se leyó mal."


def test_a_withdrawn_number_finds_nobody(world):
    person = world.person(identifiers=(A_NUMBER,))
    correct(world, Identifier.objects.get(person=person))
    assert (bearers(world), Digest.objects.count()) == ([], 0)


def test_a_tie_is_corrected(world):
    child, mother = world.persons(2)
    world.tie(child, mother, Relation.MOTHER)
    successor = TieFact(child, mother, Relation.AUNT_OR_UNCLE)
    correct(world, Tie.objects.get(), successor=successor, told=world.told())
    (tie,) = queries.ties_said([child])
    assert tie.relation is Relation.AUNT_OR_UNCLE


def test_nothing_is_corrected_without_a_reason(world):
    person = world.person()
    name = Name.objects.get(person=person)
    with refused("sources.reason-missing"):
        actions.correct(name, reason="  ", by=world.admin)


def test_nothing_is_corrected_twice(world):
    name = Name.objects.get(person=world.person())
    correct(world, name)
    with refused("sources.already-withdrawn"):
        correct(world, name)


def test_a_refused_successor_leaves_the_statement_as_it_was(world):
    person = world.person()
    name = Name.objects.get(person=person)
    with refused("people.nothing-told"):
        correct(world, name, successor=PersonFact(id=person), told=world.told())


def test_another_organisation_s_statement_is_not_corrected(world):
    name = Name.objects.get(person=world.person())
    theirs = world.actor(Role.CASEWORKER, world.elsewhere)
    with changes_nothing(Person.DoesNotExist):
        actions.correct(name, reason="Se leyó mal.", by=theirs)


# --- standings on lists --------------------------------------------------------------------------


@pytest.fixture
def listed(world):
    """A list, and one person whom a row of it is about."""
    received = world.receive("family_name,given_name\nPineda,Luz\n")
    (person,) = world.persons_of(received)
    return received, person


def stand(world, received, person, standing, **told):
    fact = StandingFact(person, received.pk, standing)
    actions.record_standings([fact], told=world.told(**told), by=world.admin)


def standings(person):
    """What was told of the person's standing, and what of it counts."""
    told = queries.memberships([person])
    counting = queries.standings_now(told)
    return [one.standing for one in told], [one.standing for one in told if one.pk in counting]


def test_the_newest_standing_counts_and_the_earlier_ones_stay(world, listed):
    received, person = listed
    stand(world, received, person, Standing.OUT)
    stand(world, received, person, Standing.INDICATED)
    assert standings(person) == (["in", "out", "indicated"], ["indicated"])


def test_a_standing_told_by_hand_is_withdrawn_and_what_was_told_before_counts(world, listed):
    received, person = listed
    stand(world, received, person, Standing.OUT)
    told = queries.memberships([person])[-1]
    by_hand = queries.statement("people.membership", told.pk)
    actions.correct(by_hand, reason="Era otra persona.", by=world.admin)
    assert standings(person) == (["in"], ["in"])


def test_a_standing_told_by_hand_is_replaced(world, listed):
    received, person = listed
    stand(world, received, person, Standing.OUT)
    by_hand = queries.statement("people.membership", queries.memberships([person])[-1].pk)
    instead = StandingFact(person, received.pk, Standing.INDICATED)
    actions.correct(
        by_hand, reason="Se leyó mal.", successor=instead, told=world.told(), by=world.admin
    )
    assert standings(person) == (["in", "indicated"], ["indicated"])


def test_what_a_list_says_of_a_standing_is_not_withdrawn_by_hand(world, listed):
    _received, person = listed
    (of_list,) = queries.memberships([person])
    assert queries.statement("people.membership", of_list.pk) is None


def test_a_refuted_standing_counts_for_nothing(world, listed):
    received, person = listed
    stand(world, received, person, Standing.OUT, certainty=Certainty.REFUTED)
    assert standings(person) == (["in", "out"], ["in"])


def test_a_standing_leaves_its_entry(world, listed):
    received, person = listed
    stand(world, received, person, Standing.OUT)
    assert newest_entry().event == Event.STANDINGS_RECORDED
    assert refs(newest_entry()) == [Ref("person", person)]
    assert Membership.objects.latest("id").recorded_in == newest_entry().number


def test_another_standing_does_not_change_how_many_persons_a_list_has(world, listed):
    received, person = listed
    before = queries.counts_of(received)
    stand(world, received, person, Standing.OUT)
    assert queries.counts_of(received) == before == (1, 0)


def test_a_refused_standing_changes_nothing(world, listed):
    received, person = listed
    other = world.person()
    with refused("people.not-on-list"):
        stand(world, received, other, Standing.IN)
    with refused("people.standing-not-determined"):
        stand(world, received, person, Standing.NOT_KNOWN)


def test_nobody_stands_on_a_list_that_was_withdrawn(world, listed):
    received, _person = listed
    other = world.person()
    withdraw(world, received)
    with changes_nothing(ReceivedList.DoesNotExist):
        stand(world, received, other, Standing.OUT)


def test_another_organisation_s_list_is_not_there(world, listed):
    received, _person = listed
    theirs = world.actor(Role.CASEWORKER, world.elsewhere)
    fact = StandingFact(world.person(by=theirs), received.pk, Standing.OUT)
    with changes_nothing(ReceivedList.DoesNotExist):
        actions.record_standings([fact], told=world.told(), by=theirs)


def test_a_standing_told_by_hand_goes_with_its_list(world, listed):
    received, person = listed
    stand(world, received, person, Standing.OUT)
    withdraw(world, received)
    assert standings(person) == ([], [])


# --- joining and parting ------------------------------------------------------------------------


def pointers(known=None):
    """To whom each joined record points."""
    return dict(Joined.objects.standing(known).values_list("person", "canonical"))


def rebuilt(known=None):
    """The same, from the links that stood."""
    links = list(SamePerson.objects.standing(known).values_list("a", "b"))
    members = {one for link in links for one in link}
    return rules.canonical_of(members, links)


def test_two_joined_records_point_to_the_least_of_them(world):
    one, other = world.persons(2)
    world.join(other, one)
    assert pointers() == {one: one, other: one}


def test_joining_leaves_its_entry_and_its_reasons(world):
    one, other = world.persons(2)
    world.join(other, one)
    assert newest_entry().event == Event.RECORDS_JOINED
    assert refs(newest_entry()) == [Ref("person", one), Ref("person", other)]
    (link,) = queries.links_said([one, other])
    assert link.reasons == "Lo dijo ella misma."


def test_joined_records_keep_their_codes_and_what_was_said_of_them(world):
    one, other = world.persons(2)
    codes = {world.code(one), world.code(other)}
    world.join(one, other)
    assert {record.code for record in queries.joined_with(one, seen_by=world.admin)} == codes
    assert Name.objects.now().filter(person__in=[one, other]).count() == 2


def test_parted_records_point_nowhere(world):
    one, other = world.persons(2)
    world.join(one, other)
    world.part(other, one)
    assert pointers() == {}
    assert newest_entry().event == Event.RECORDS_PARTED
    assert trail.reason_of(newest_entry()) == "Era su prima."


def test_parting_in_the_middle_leaves_two_sets(world):
    ids = world.persons(4)
    for one, other in zip(ids, ids[1:], strict=False):
        world.join(one, other)
    world.part(ids[1], ids[2])
    assert pointers() == {ids[0]: ids[0], ids[1]: ids[0], ids[2]: ids[2], ids[3]: ids[2]}


@pytest.mark.parametrize(
    ("reasons", "same", "codes"),
    [
        ("", False, ["people.reasons-missing"]),
        ("Lo dijo.", True, ["people.same-record"]),
        (" ", True, ["people.reasons-missing", "people.same-record"]),
    ],
)
def test_what_nobody_can_join(world, reasons, same, codes):
    one, other = world.persons(2)
    with refused(*codes):
        actions.join_records(
            one=one,
            other=one if same else other,
            reasons=reasons,
            told=world.told(),
            by=world.admin,
        )


def test_two_records_are_joined_once(world):
    one, other = world.persons(2)
    world.join(one, other)
    with refused("people.joined-already"):
        world.join(other, one)


def test_two_records_may_be_joined_again_after_they_were_parted(world):
    one, other = world.persons(2)
    world.join(one, other)
    world.part(one, other)
    world.join(one, other)
    assert pointers() == {one: one, other: one}


def test_records_joined_through_another_are_not_parted(world):
    one, between, other = world.persons(3)
    world.join(one, between)
    world.join(between, other)
    with refused("people.not-joined"):
        world.part(one, other)


def test_nothing_is_parted_without_a_reason(world):
    one, other = world.persons(2)
    world.join(one, other)
    with refused("people.reasons-missing"):
        actions.part_records(one=one, other=other, reasons="", by=world.admin)


def test_nobody_joins_a_record_that_is_not_there_for_them(world):
    one = world.person()
    theirs = world.person(by=world.actor(Role.CASEWORKER, world.elsewhere))
    with changes_nothing(Person.DoesNotExist):
        world.join(one, theirs)


def test_a_set_of_more_than_fifty_needs_a_second_person(world):
    ids = world.persons(rules.LARGEST_SET + 1)
    for other in ids[1:-1]:
        world.join(ids[0], other)
    with refused("people.set-too-large"):
        world.join(ids[3], ids[-1])
    assert len(pointers()) == rules.LARGEST_SET


STEPS = st.lists(st.tuples(st.booleans(), st.integers(0, 5), st.integers(0, 5)), max_size=14)


@given(STEPS)
@DAYLIGHT
def test_pointers_equal_a_rebuild_now_and_at_every_past_moment(world, steps):
    ids = world.persons(6)
    mine = Q(a__in=ids)
    moments = []
    for joins, a, b in steps:
        link = tuple(sorted((ids[a], ids[b])))
        stands = SamePerson.objects.now().filter(mine, a=link[0], b=link[1]).exists()
        if joins and a != b and not stands:
            world.join(*link)
        elif not joins and stands:
            world.part(*link)
        assert pointers() == rebuilt()
        known = trail.known()
        moments.append((known.moment, pointers()))
    for moment, then in moments:
        known = trail.known(moment)
        assert pointers(known) == rebuilt(known) == then


if connection.vendor == "postgresql":

    @pytest.mark.django_db(transaction=True)
    def test_links_made_at_the_same_time_make_one_set(world):
        ids = world.persons(6)
        failed = []

        def join(one, other):
            try:
                world.join(one, other)
            except Exception as error:
                failed.append(error)
            finally:
                connection.close()

        threads = [Thread(target=join, args=pair) for pair in zip(ids, ids[1:], strict=False)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
        assert pointers() == dict.fromkeys(ids, ids[0])


# --- a list withdrawn ---------------------------------------------------------------------------


def withdraw(world, received):
    return actions.withdraw_list(received, because="Se cargó la lista equivocada.", by=world.admin)


def standing(*models):
    return {model.__name__: model.objects.now().count() for model in models}


def test_with_a_list_go_the_persons_and_all_that_was_said_of_them(world):
    received = world.receive()
    (child, mother, *_others) = world.persons_of(received)
    world.stay(child, Custodian.ORR, "2026-01-08")
    world.tie(mother, child, Relation.CHILD)
    withdraw(world, received)
    gone = (ReceivedList, Person, Name, Identifier, Birth, Description, Membership, Tie, Arrival)
    assert set(standing(*gone).values()) == {0}


def test_with_a_list_go_the_links_of_its_persons(world):
    received = world.receive()
    one, other = world.persons_of(received)[0], world.person()
    world.join(one, other)
    withdraw(world, received)
    assert (SamePerson.objects.now().count(), pointers()) == (0, {})
    assert Person.objects.now().filter(pk=other).exists()


def test_a_link_between_others_stays_when_the_one_between_them_goes(world):
    received = world.receive()
    between, (one, other) = world.persons_of(received)[0], world.persons(2)
    world.join(one, between)
    world.join(one, other)
    withdraw(world, received)
    assert pointers() == {one: one, other: one}


def test_with_a_list_go_the_answers_about_it(world):
    received = world.receive(FAULTY_LIST)
    question = sources_queries.open_questions(seen_by=world.admin).first()
    sources.answer_question(
        question, outcome=Outcome.EXPLAINED, words="", told=world.told(), by=world.admin
    )
    withdraw(world, received)
    assert Answer.objects.now().count() == 0


def test_with_a_list_go_all_questions_about_its_persons(world):
    received = world.receive(FAULTY_LIST)
    person = world.persons_of(received)[0]
    world.stay(person, Custodian.CBP, "2026-01-01", "2026-01-03")
    world.stay(person, Custodian.ORR, "2026-02-01")
    assert Question.objects.filter(of=None, person=person).exists()
    withdraw(world, received)
    assert not Question.objects.exists()


def test_what_goes_is_counted_beforehand(world):
    received = world.receive()
    counted = actions.resting_on(received, by=world.admin)
    assert counted["persons"] == len(world.persons_of(received))
    assert counted == withdraw(world, received)
    assert json.loads(newest_entry().counts) == counted


def test_withdrawing_a_list_leaves_its_entry_and_reason(world):
    received = world.receive()
    withdraw(world, received)
    assert newest_entry().event == SourcesEvent.LIST_WITHDRAWN
    assert refs(newest_entry()) == [Ref("list", received.pk)]
    assert trail.reason_of(newest_entry()) == "Se cargó la lista equivocada."


def test_codes_of_a_withdrawn_list_still_resolve(world):
    received = world.receive()
    codes = [world.code(person) for person in world.persons_of(received)]
    withdraw(world, received)
    for code in codes:
        record = queries.person(code, seen_by=world.admin)
        assert record.withdrawn_in is not None
    assert sources_queries.received_list(received.code, seen_by=world.admin).withdrawn_in


def test_other_lists_and_persons_stay(world):
    other, received = world.receive(FAULTY_LIST), world.receive()
    alone = world.person(FATHER)
    before = set(world.persons_of(other)) | {alone}
    withdraw(world, received)
    assert set(Person.objects.now().values_list("pk", flat=True)) == before
    assert Question.objects.filter(of=other.pk).exists()


def test_a_withdrawn_list_may_be_received_again(world):
    received = world.receive()
    withdraw(world, received)
    again = world.receive()
    assert again.code != received.code


def test_a_list_is_withdrawn_once(world):
    received = world.receive()
    withdraw(world, received)
    with refused("sources.already-withdrawn"):
        withdraw(world, received)


def test_no_list_is_withdrawn_without_a_reason(world):
    received = world.receive()
    with refused("sources.reason-missing"):
        actions.withdraw_list(received, because="", by=world.admin)


def test_a_caseworker_does_not_withdraw_a_list(world):
    received, by = world.receive(), world.actor(Role.CASEWORKER)
    with changes_nothing(PermissionDenied):
        actions.withdraw_list(received, because="Se cargó mal.", by=by)


def test_what_was_withdrawn_is_still_known_as_it_was(world):
    received = world.receive()
    before = trail.known()
    withdraw(world, received)
    persons = Person.objects.as_known_on(before).filter(pk__in=world.persons_of(received))
    assert persons.count() == len(world.persons_of(received))


RECORDERS = {
    "facts": lambda world, one, _other: actions.describe_persons(
        [PersonFact(one, sex=Sex.FEMALE)], told=world.told(), by=world.admin
    ),
    "tie": lambda world, one, other: world.tie(other, one, Relation.MOTHER),
    "arrival": lambda world, one, _other: actions.record_arrivals(
        [ArrivalFact(one, uuid7())], told=world.told(), by=world.admin
    ),
    "standing": lambda world, one, _other: stand(
        world, ReceivedList.objects.get(), one, Standing.OUT
    ),
    "link": lambda world, one, other: world.join(one, other),
}
every_recorder = pytest.mark.parametrize("record", RECORDERS.values(), ids=RECORDERS)


@every_recorder
def test_of_a_record_that_is_withdrawn_meanwhile_nothing_is_recorded(world, monkeypatch, record):
    received = world.receive()
    one, other = world.persons_of(received)[0], world.person()
    hold = sources.holding_the_record

    def overtaken(**how):
        monkeypatch.undo()
        withdraw(world, received)
        return hold(**how)

    monkeypatch.setattr(sources, "holding_the_record", overtaken)
    with pytest.raises(Person.DoesNotExist):
        record(world, one, other)
    assert nothing_said_of(one)


def nothing_said_of(person):
    return set(standing(Description, Membership, Arrival, Tie, SamePerson).values()) == {0}


def test_a_question_that_goes_meanwhile_is_not_answered(world, monkeypatch):
    received = world.receive(FAULTY_LIST)
    question = sources_queries.open_questions(seen_by=world.admin).first()
    withdraw(world, received)
    with changes_nothing(Question.DoesNotExist):
        answer(world, question)


def answer(world, question, by=None):
    sources.answer_question(
        question, outcome=Outcome.EXPLAINED, words="", told=world.told(), by=by or world.admin
    )


if connection.vendor == "postgresql":

    @pytest.mark.django_db(transaction=True)
    @every_recorder
    def test_who_records_while_a_list_is_withdrawn_waits_for_it(world, monkeypatch, record):
        received = world.receive()
        one, other = world.persons_of(received)[0], world.person()
        raised, point = [], actions._point

        def meanwhile():
            try:
                record(world, one, other)
            except Exception as error:
                raised.append(type(error))
            finally:
                connection.close()

        def overtaken(*of):
            monkeypatch.undo()
            thread.start()
            while thread.is_alive() and not somebody_waits():
                thread.join(0.01)
            point(*of)

        thread = Thread(target=meanwhile)
        monkeypatch.setattr(actions, "_point", overtaken)
        withdraw(world, received)
        thread.join()
        assert raised == [Person.DoesNotExist]
        assert nothing_said_of(one)


# --- numbers of a list withdrawn ----------------------------------------------------------------


def test_with_a_list_go_the_digests_of_its_numbers(world):
    other = world.person(identifiers=(A_NUMBER,))
    received = world.receive()
    assert Digest.objects.count() > 1
    withdraw(world, received)
    assert list(Digest.objects.values_list("person", flat=True)) == [other]


def test_the_digests_go_in_one_question_however_many_there_are(world):
    asked = []
    for rows in (1, 40):
        lines = "\n".join(f"Pineda,Luz,{n:09}" for n in range(rows))
        received = world.receive(f"family_name,given_name,a_number\n{lines}\n")
        with CaptureQueriesContext(connection) as queries_made:
            withdraw(world, received)
        asked.append([q for q in queries_made if "access_digest" in q["sql"]])
    assert [len(questions) for questions in asked] == [1, 1]


def test_a_number_withdrawn_with_its_list_joins_no_family_in_the_past_either(world):
    unit = IdentifierFact(IdentifierKind.FAMILY_UNIT, Issuer.CBP, "FU-0099871345")
    received = world.receive()
    child = world.persons_of(received)[0]
    more = PersonFact(child, identifiers=(unit,))
    actions.describe_persons([more], told=world.told(), by=world.admin)
    mother = world.person(MOTHER, identifiers=(unit,))
    then = trail.known()
    withdraw(world, received)
    assert queries.family_units_of([mother], then) == {mother}
    told = queries.facts_said([child], queries.sealers_of([child]), then)
    assert "FU-0099871345" in [one.value[1] for one in told if one.what == "identifier.family-unit"]


# --- who may be found by a number ---------------------------------------------------------------


def test_whoever_may_be_seen_is_found_among_many_who_may_not(world, monkeypatch):
    monkeypatch.setattr(queries, "_BEARERS", 1)
    world.person(identifiers=(A_NUMBER,), by=world.actor(Role.CASEWORKER, world.elsewhere))
    mine = world.person(identifiers=(A_NUMBER,))
    assert bearers(world) == [mine]


# --- days to come -------------------------------------------------------------------------------

AHEAD = clock.today() + timedelta(days=3)  # also where the tests go on past midnight
TO_COME = {
    "birth": PersonFact(uuid7(), birth=BirthFact(told=f"{AHEAD}")),
    "year of birth": PersonFact(uuid7(), birth=BirthFact(year=AHEAD.year + 1)),
    "day of an age": PersonFact(uuid7(), (DAUGHTER,), birth=BirthFact(age=4, age_on=AHEAD)),
    "day of a number": PersonFact(
        uuid7(), identifiers=(replace(A_NUMBER, given=on_day(AHEAD, ZONE)),)
    ),
}


@pytest.mark.parametrize("fact", TO_COME.values(), ids=TO_COME)
def test_nothing_is_told_by_hand_of_a_day_to_come(world, fact):
    with refused("sources.day-not-come"):
        actions.record_persons([fact], told=world.told(), by=world.admin)
    person = world.person()
    with refused("sources.day-not-come"):
        actions.describe_persons([replace(fact, id=person)], told=world.told(), by=world.admin)


def test_nobody_has_arrived_on_a_day_to_come(world):
    fact = ArrivalFact(world.person(), uuid7(), on_day(AHEAD, ZONE))
    with refused("sources.day-not-come"):
        actions.record_arrivals([fact], told=world.told(), by=world.admin)


@pytest.mark.parametrize("when", ["told_on", "learned_on"])
def test_nobody_told_on_a_day_to_come(world, when):
    told, one, other = world.told(**{when: AHEAD}), *world.persons(2)
    for record in (
        lambda: actions.record_persons([person_with(names=(MOTHER,))], told=told, by=world.admin),
        lambda: actions.join_records(
            one=one, other=other, reasons="Es.", told=told, by=world.admin
        ),
    ):
        with refused("sources.day-not-come"):
            record()


def test_a_refusal_names_the_day_to_come_beside_all_else(world):
    with refused("people.nothing-told", "sources.day-not-come"):
        actions.record_persons([person_with()], told=world.told(learned_on=AHEAD), by=world.admin)


def test_a_list_may_tell_of_a_day_to_come(world):
    received = world.receive(f"family_name,given_name,birth_date\nPineda,Luz,{AHEAD}\n")
    (person,) = world.persons_of(received)
    assert said_of(person)


# --- what another organisation lent -------------------------------------------------------------


@pytest.fixture
def lent(world):
    """Somebody elsewhere, a record of theirs, and one that was lent to them."""
    theirs = world.actor(Role.TRACER, world.elsewhere)
    one, own = world.person(), world.person(by=theirs)
    actions.lend(person=one, to=world.elsewhere, until=later(0.1), by=world.admin)
    return theirs, own, one


def test_of_what_is_lent_nothing_is_recorded(world, lent):
    theirs, own, one = lent
    told = {"told": world.told(), "by": theirs}
    for record in (
        lambda: actions.describe_persons([PersonFact(one, sex=Sex.FEMALE)], **told),
        lambda: actions.record_ties([TieFact(one, own, Relation.MOTHER)], **told),
        lambda: actions.record_ties([TieFact(own, one, Relation.MOTHER)], **told),
        lambda: actions.record_arrivals([ArrivalFact(one, uuid7())], **told),
        lambda: actions.join_records(one=own, other=one, reasons="Es ella.", **told),
        lambda: actions.part_records(one=own, other=one, reasons="No es.", by=theirs),
    ):
        with refused("people.lent-to-read"):
            record()


def test_another_organisation_s_questions_are_not_answered(world):
    person = world.persons_of(world.receive(FAULTY_LIST))[0]
    actions.lend(person=person, to=world.elsewhere, until=later(0.1), by=world.admin)
    question = Question.objects.filter(person=person).first()
    theirs = world.actor(Role.CASEWORKER, world.elsewhere)
    with changes_nothing(Question.DoesNotExist):
        answer(world, question, by=theirs)
