"""Who may erase whom, what goes, what stays for others, and what everybody still can check."""

import json
from contextlib import contextmanager

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from accompany.access import trail
from accompany.access.models import Digest, Entry, Erased, Key, Lent, Wall
from accompany.access.terms import Ref, Role
from accompany.base import guards
from accompany.base.ids import uuid7
from accompany.base.tables import GUARDED, kind_of
from accompany.custody import actions as custody_actions
from accompany.custody import queries as custody
from accompany.custody.models import Separation
from accompany.custody.terms import Cause, Custodian, SeparationFact
from accompany.erasure import actions, queries
from accompany.erasure.models import Asked, ErasedCount
from accompany.erasure.terms import Because, Event
from accompany.people import actions as people
from accompany.people import queries as people_queries
from accompany.people import search
from accompany.people.models import Arrival, Joined, Name, Person, SamePerson, Tie
from accompany.people.terms import (
    ArrivalFact,
    BirthFact,
    IdentifierFact,
    IdentifierKind,
    Issuer,
)
from accompany.sources import actions as sources_actions
from accompany.sources import queries as sources
from accompany.sources import verification
from accompany.sources.models import Answer, ErasedRow, Question, Telling
from accompany.sources.terms import ERASED, Outcome
from tests.cast import DAUGHTER, MOTHER, SON
from tests.walls import shape_of
from tests.world import changes_nothing, day, later, newest_entry, refs, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(world):
    """A second person who may erase."""
    return world.colleague(Role.ADMINISTRATOR)


@pytest.fixture
def erase(world, other):
    """Erases a person, as two people do."""

    def run(person):
        actions.ask_to_erase(person=person, because=Because.WITHDRAWN, by=world.admin)
        return actions.erase(person=person, by=other)

    return run


@contextmanager
def by_hand():
    """As somebody could who has the database and not the key."""
    connection.check_constraints()  # PostgreSQL changes no table that waits for checks
    with guards.off(connection):
        yield
        connection.check_constraints()


def findings():
    return [*trail.verify(), *verification.verify_contents(), *queries.verify_counts()]


def number(value):
    return IdentifierFact(IdentifierKind.A_NUMBER, Issuer.DHS, value)


# --- who --------------------------------------------------------------------------------------


def test_nobody_erases_alone(world):
    person = world.person()
    actions.ask_to_erase(person=person, because=Because.WITHDRAWN, by=world.admin)
    with refused("erasure.second-person"):
        actions.erase(person=person, by=world.admin)


def test_nobody_erases_whom_nobody_asked_to(world):
    person = world.person()
    with refused("erasure.not-asked"):
        actions.erase(person=person, by=world.admin)


def test_an_erasure_is_asked_for_once(world, other):
    one, joined = world.persons(2)
    world.join(one, joined)
    actions.ask_to_erase(person=one, because=Because.WITHDRAWN, by=world.admin)
    with refused("erasure.asked-already"):
        actions.ask_to_erase(person=joined, because=Because.COURT_ORDER, by=other)


def test_asking_changes_nothing_of_the_person(world):
    person = world.person()
    before = Name.objects.count(), Person.objects.count(), Key.objects.count()
    actions.ask_to_erase(person=person, because=Because.WITHDRAWN, by=world.admin)
    assert (Name.objects.count(), Person.objects.count(), Key.objects.count()) == before
    assert newest_entry().event == Event.ERASURE_ASKED
    assert refs(newest_entry()) == [Ref("person", person)]


def test_an_erasure_is_dropped_by_either(world, other):
    person = world.person()
    actions.ask_to_erase(person=person, because=Because.WITHDRAWN, by=world.admin)
    actions.drop_erasure(person=person, by=other)
    assert queries.waiting_for(person, seen_by=world.admin) is None
    assert newest_entry().event == Event.ERASURE_DROPPED
    with refused("erasure.not-asked"):
        actions.drop_erasure(person=person, by=other)


def test_what_waits_is_listed_for_those_who_may_erase(world, other):
    person = world.person()
    actions.ask_to_erase(person=person, because=Because.TIME_OVER, by=world.admin)
    (waiting,) = queries.waiting(seen_by=other)
    assert (waiting.person, waiting.because, waiting.by) == (
        person,
        Because.TIME_OVER,
        world.admin.user,
    )
    elsewhere = world.actor(Role.ADMINISTRATOR, world.elsewhere)
    assert queries.waiting(seen_by=elsewhere) == []


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_an_administrator_erases(world, role):
    person, actor = world.person(), world.actor(role)
    for act in (
        lambda: actions.ask_to_erase(person=person, because=Because.MISTAKE, by=actor),
        lambda: actions.drop_erasure(person=person, by=actor),
        lambda: actions.erase(person=person, by=actor),
        lambda: queries.goes(person, seen_by=actor),
        lambda: queries.waiting(seen_by=actor),
    ):
        with changes_nothing(PermissionDenied):
            act()


def test_nobody_erases_the_record_of_another_house(world):
    person = world.person()
    elsewhere = world.actor(Role.ADMINISTRATOR, world.elsewhere)
    people.lend(person=person, to=world.elsewhere, until=later(days=0.1), by=world.admin)
    with changes_nothing(Person.DoesNotExist):
        actions.ask_to_erase(person=person, because=Because.WITHDRAWN, by=elsewhere)


# --- what goes --------------------------------------------------------------------------------


def test_all_that_names_the_person_goes(world, erase):
    family = world.family()
    people.lend(person=family.son, to=world.elsewhere, until=later(days=0.1), by=world.admin)
    world.keep_apart(other := world.person())
    erase(family.son)
    gone = {
        f"{model._meta.label}.{name}": model._base_manager.filter(**{name: family.son}).count()
        for model in guards.apps.get_models()
        for name in guards.named_in(model)
    }
    assert len(gone) > 15
    assert set(gone.values()) == {0}
    assert Wall.objects.filter(record=other).exists()
    assert not Lent.objects.exists()


def test_its_code_answers_like_one_that_was_never_given(world, erase):
    person = world.person()
    code = world.code(person)
    erase(person)
    assert people_queries.person(code, seen_by=world.admin) is None
    assert search.find(code, seen_by=world.admin).hits == ()


def test_its_number_finds_nobody(world, erase):
    person = world.person(identifiers=(number("012345678"),))
    found = people_queries.bearers_of(IdentifierKind.A_NUMBER, "012345678")
    assert [one.pk for one in found] == [person]
    erase(person)
    assert not people_queries.bearers_of(IdentifierKind.A_NUMBER, "012345678").exists()
    assert not Digest.objects.exists()


def test_its_name_is_forgotten_by_the_index_of_names(world, erase):
    person, sister = world.person(DAUGHTER), world.person(MOTHER)
    assert [hit.person.pk for hit in search.find(DAUGHTER.given, seen_by=world.admin).hits]
    index, _loading = search.names.fresh()
    erase(person)
    assert search.find(DAUGHTER.given, seen_by=world.admin).hits == ()
    assert person not in index.persons()
    assert sister in index.persons()
    assert index._state.changes == 0, "what was removed leaves memory with a rebuild"


def test_the_entry_says_that_it_happened_and_why_and_not_to_whom(world, other, erase):
    person = world.person()
    erase(person)
    entry = newest_entry()
    assert entry.event == Event.PERSON_ERASED
    assert refs(entry) == [Ref("user", world.admin.user)]
    assert entry.actor == other.user
    counts = json.loads(entry.counts)
    assert counts["persons"] == counts["because-withdrawn"] == 1
    assert entry.reason is None


def test_what_goes_is_said_before(world, erase):
    family = world.family()
    said = queries.goes(family.son, seen_by=world.admin)
    assert said.kept == 2  # his tie to his mother, and that he was taken from her
    assert said.records == 1
    assert erase(family.son) == said


def test_what_was_withdrawn_goes_too(world, erase):
    person = world.person()
    people.correct(Name.objects.get(person=person), reason="Se leyó mal.", by=world.admin)
    erase(person)
    assert not Name.objects.exists()
    assert findings() == []


def test_a_person_of_a_withdrawn_list_is_erased_and_counted_in_no_group(world, erase):
    received = world.receive()
    person, *_others = world.persons_of(received)
    people.withdraw_list(received, because="Era otra lista.", by=world.admin)
    erase(person)
    assert not ErasedCount.objects.exists()
    assert findings() == []


def test_questions_and_answers_about_the_person_go(world, erase):

    person = world.person()
    world.stay(person, Custodian.CBP, "2026-01-05", "2026-01-08")
    world.stay(person, Custodian.ORR, "2026-02-08")
    question = Question.objects.filter(person=person).first()
    sources_actions.answer_question(
        question,
        outcome=Outcome.EXPLAINED,
        words="Su hermano lo cuenta.",
        told=world.told(),
        by=world.admin,
    )
    erase(person)
    assert not Question.objects.exists()
    assert not Answer.objects.exists()


def test_every_record_joined_with_it_that_the_house_holds_goes(world, erase):
    one, two, three = world.persons(3)
    world.join(one, two)
    world.join(two, three)
    erase(two)
    assert set(Person.objects.values_list("pk", flat=True)) <= {ERASED}
    assert not SamePerson.objects.exists()
    assert not Joined.objects.exists()
    counts = json.loads(newest_entry().counts)
    assert (counts["persons"], counts["records"]) == (1, 3)


def test_a_joined_record_of_another_house_stays_and_points_to_itself(world, erase):
    ours, there = world.person(), world.person()
    world.join(ours, there)
    with by_hand():
        Person.objects.filter(pk=there).update(holder=world.elsewhere)
    erase(ours)
    assert Person.objects.filter(pk=there).exists()
    assert not Joined.objects.exists()


def test_those_who_were_joined_with_it_once_point_as_their_links_have_it(world, erase):
    one, two, three, four = world.persons(4)
    for link in ((one, two), (two, three), (three, four)):
        world.join(*link)
    before = trail.known()
    world.part(one, two)
    now = dict(Joined.objects.now().values_list("person", "canonical"))
    erase(one)
    assert dict(Joined.objects.now().values_list("person", "canonical")) == now
    then = Joined.objects.as_known_on(before)
    assert dict(then.values_list("person", "canonical")) == dict.fromkeys((two, three, four), two)


# --- what stays -------------------------------------------------------------------------------


def test_the_others_keep_the_event_with_a_person_erased(world, erase):
    family = world.family()
    erase(family.son)
    (lost, kept) = sorted(custody.events_said([family.mother], {}), key=lambda one: one.said.person)
    assert (lost.said.person, lost.adult) == (ERASED, family.mother)
    assert (kept.said.person, kept.adult) == (family.daughter, family.mother)
    assert lost.on == day("2026-01-06")
    ties = {(tie.person, tie.relative) for tie in people_queries.ties_said([family.mother])}
    assert ties == {(family.daughter, family.mother), (ERASED, family.mother)}


def test_what_is_kept_for_others_stands_in_the_past_as_it_did(world, erase):
    family = world.family()
    before = trail.known()
    erase(family.mother)
    (tie,) = people_queries.ties_said([family.son], before)
    assert (tie.person, tie.relative) == (family.son, ERASED)


def test_words_of_what_named_both_are_not_kept(world, erase):

    child, adult = world.person(), world.person(MOTHER)
    fact = SeparationFact(
        child, uuid7(), Custodian.CBP, day("2026-01-06"), Cause.NOT_STATED,
        adult=adult, words="Se la quitaron a Marisela",
    )  # fmt: skip
    custody_actions.record_separations([fact], told=world.told(), by=world.admin)
    erase(adult)
    (kept,) = Separation.objects.all()
    assert (kept.person_id, kept.adult_id, kept.words) == (child, ERASED, None)


def test_what_names_only_erased_persons_goes_with_the_last(world, erase):
    family = world.family()
    for person in (family.mother, family.daughter, family.son):
        erase(person)
    assert not Tie.objects.exists()
    assert not Separation.objects.exists()
    assert findings() == []


def test_who_arrived_with_somebody_keeps_the_arrival(world, erase):
    one, two, three = world.persons(3)
    party = uuid7()
    facts = [ArrivalFact(person, party, day("2026-01-05")) for person in (one, two, three)]
    people.record_arrivals(facts, told=world.told(), by=world.admin)
    erase(one)
    assert set(Arrival.objects.values_list("person", flat=True)) == {ERASED, two, three}
    erase(two)
    erase(three)
    assert not Arrival.objects.exists()
    assert findings() == []


def test_what_the_person_told_of_others_stands_as_told_by_a_person_erased(world, erase):
    mother, son = world.person(MOTHER), world.person(SON)

    told = world.told(person=mother, words="En su llamada del lunes")
    world.stay(son, Custodian.ORR, "2026-01-05", told=told)
    erase(mother)
    (stay,) = custody.stays_said([son], {})
    source = sources.tellings([stay.said.source])[stay.said.source]
    assert (source.person, source.words) == (ERASED, None)
    assert findings() == []


def test_a_row_that_names_the_person_keeps_its_place_and_is_not_opened(world, erase):
    received = world.receive()
    person = Person.objects.exclude(row=None).order_by("pk").first()
    row = person.row
    others = Person.objects.filter(row=row).exclude(pk=person.pk)
    erase(person.pk)
    row.refresh_from_db()
    assert sources.open_row(row, seen_by=world.admin) is None
    assert ErasedRow.objects.filter(row=row.pk).exists()
    assert sources.row(received, row.place).pk == row.pk
    assert others.count() == Person.objects.filter(row=row).count()
    assert findings() == []


def test_the_others_of_a_row_stay_verified(world, erase):
    world.receive()
    tie = Tie.objects.exclude(row=None).order_by("pk").first()
    erase(tie.relative_id)
    assert findings() == []
    other = Name.objects.get(person=tie.person_id)
    with by_hand():
        Name.objects.filter(pk=other.pk).update(kind="alias")
    assert [one.kind for one in findings()] == ["contents-changed"]


def test_the_record_that_stands_for_the_erased_is_seen_by_nobody(world, erase):
    family = world.family()
    erase(family.son)
    assert Person.objects.filter(pk=ERASED).exists()
    assert not people_queries.persons(seen_by=world.admin).filter(pk=ERASED).exists()


# --- what can be checked ----------------------------------------------------------------------


def test_a_row_whose_key_and_statements_go_without_an_erasure_is_found(world):
    world.receive()
    name = Name.objects.exclude(row=None).first()
    Key.objects.filter(record=name.row_id).delete()
    with by_hand():
        Name.objects.filter(pk=name.pk).delete()
    assert [one.kind for one in findings()] == ["contents-changed"]


def test_a_sum_without_its_erasure_is_found(world, erase):
    erase(world.person())
    one = Erased.objects.first()
    forged = {"entry": one.entry, "lines": one.lines, "sum": one.sum}
    number = Entry.objects.order_by("number").first().number
    Erased.objects.create(**forged, recorded_in=number)
    assert {one.number for one in findings()} == {one.entry, number}


def test_a_sum_of_an_entry_that_never_was_is_found(world, erase):
    erase(world.person())
    one = Erased.objects.first()
    Erased.objects.create(entry=9_999_999, lines=0, sum=bytes(32), recorded_in=9_999_998)
    assert {found.number for found in findings()} >= {9_999_998}
    assert one.entry not in {found.number for found in findings()}


def test_a_sum_taken_away_is_found(world, erase):
    erase(world.person())
    one = Erased.objects.first()
    with by_hand():
        Erased.objects.filter(pk=one.pk).delete()
    assert {found.number for found in findings()} == {one.entry, one.recorded_in}


def test_a_statement_brought_back_is_found(world, erase):
    person = world.person()
    name = Name.objects.get(person=person)
    row = Person.objects.get(pk=person)
    erase(person)
    row.save(force_insert=True)
    name.save(force_insert=True)
    assert [one.kind for one in findings()] == ["contents-changed"]


def test_what_was_wrong_before_an_erasure_is_found_after_it(world, erase):
    world.receive()
    tie = Tie.objects.exclude(row=None).order_by("pk").first()
    with by_hand():
        Name.objects.filter(person=tie.person_id).update(kind="alias")
    erase(tie.relative_id)
    assert [one.kind for one in findings()] == ["contents-changed"]


def test_a_mark_without_its_erasure_is_found(world):
    received = world.receive()
    row = sources.row(received, 2)
    ErasedRow.objects.create(row=row.pk, mac=bytes(32), recorded_in=received.recorded_in)
    assert {one.number for one in findings()} == {received.recorded_in}


def test_a_door_left_ajar_is_found(world):
    with connection.cursor() as cursor:
        mark = world.home if connection.vendor == "postgresql" else world.home.bytes
        cursor.execute("INSERT INTO erasing (record) VALUES (%s)", [mark])
    assert [one.kind for one in findings()] == ["door-ajar"]


def test_a_count_that_was_changed_is_found(world, erase):
    erase(world.person())
    ErasedCount.objects.filter(dimension="country").update(counted=2)
    assert {one.kind for one in findings()} == {"erased-count-changed"}


# --- counts -----------------------------------------------------------------------------------


def test_a_joined_set_is_counted_once_in_each_dimension(world, erase):
    one = world.person(nationality="HN", birth=BirthFact(age=7))
    two = world.person(nationality="MX")
    world.join(one, two)
    erase(one)
    found = {(c.dimension, c.category): c.counted for c in queries.counts(holder=world.home)}
    assert found == {("country", "HN"): 1, ("age-group", "5-9"): 1, ("office", "other"): 1}


def test_persons_are_counted_by_the_year_of_their_separation(world, erase):
    family = world.family()
    erase(family.son)
    erase(family.mother)
    found = {(c.population, c.year) for c in queries.counts(holder=world.home)}
    assert found == {("children-separated", 2026), ("others", 2026)}


def test_how_many_were_erased_since_is_known_to_the_house_that_did(world, erase):
    before = trail.known()
    erase(world.person())
    between = trail.known()
    erase(world.person())
    since = [trail.erased_since(known, organisation=world.home) for known in (before, between)]
    assert since == [2, 1]
    assert trail.erased_since(trail.known(), organisation=world.home) == 0
    assert trail.erased_since(before, organisation=world.elsewhere) == 0


# --- the door ---------------------------------------------------------------------------------


def test_every_column_that_names_a_person_is_followed():
    """Accounts and derived tables too: what an erasure does not know of, it leaves."""
    unnamed = {
        f"{model._meta.label}.{field.name}"
        for model in guards.apps.get_models()
        if kind_of(model) is not None
        for field in model._meta.concrete_fields
        if field.related_model is Person or field.name in ("person", "record")
        if field.name not in guards.named_in(model)
    }
    assert unnamed == {"access.About.record", "base.Erasing.record"}


def test_what_is_kept_for_others_may_lose_its_words():
    kept = [
        model
        for model in guards.guarded_models()
        if len(guards.named_in(model)) > 1 and model.is_kept_for_others
    ]
    sealed = [model._meta.get_field(name) for model in kept for name in model.privacy.sealed]
    assert sealed
    assert all(field.null for field in sealed)


def test_every_kind_of_statement_about_a_person_has_a_door():
    guarded = {model for model in guards.guarded_models() if guards.named_in(model)}
    assert {Person, Name, Tie, Telling, Answer} <= guarded
    assert all(kind_of(model) in GUARDED for model in guarded)
    assert Asked not in guarded


def test_a_role_that_may_not_delete_is_told_who_may(world, monkeypatch):
    person = world.person()
    monkeypatch.setattr(actions.grants, "may_erase", lambda _connection: False)
    with refused("erasure.by-the-owner"):
        actions.erase(person=person, by=world.admin)
    with refused("erasure.by-the-owner"):
        actions.erase_confirmed(person=person, by=world.admin)


# --- where another role owns the tables -------------------------------------------------------


@pytest.fixture
def confirm(world, other, monkeypatch):
    """Has an erasure asked for and confirmed by a role that may not delete."""

    def run(person):
        actions.ask_to_erase(person=person, because=Because.WITHDRAWN, by=world.admin)
        with monkeypatch.context() as within:
            within.setattr(actions.grants, "may_erase", lambda _connection: False)
            assert actions.confirm_erasure(person=person, by=other) is None

    return run


def test_a_role_that_may_delete_erases_as_it_is_confirmed(world, other):
    person = world.person()
    actions.ask_to_erase(person=person, because=Because.WITHDRAWN, by=world.admin)
    assert actions.confirm_erasure(person=person, by=other).records == 1
    assert not Person.objects.filter(pk=person).exists()


def test_a_confirmation_is_kept_with_its_entry_and_nothing_goes(world, other, confirm):
    person = world.person()
    confirm(person)
    assert Person.objects.filter(pk=person).exists()
    (waiting,) = queries.waiting(seen_by=world.admin)
    assert (waiting.confirmed_by, waiting.holds) == (other.user, True)
    assert queries.confirmed() == (1, waiting.confirmed_at)
    assert newest_entry().event == Event.ERASURE_CONFIRMED
    assert (newest_entry().actor, refs(newest_entry())) == (other.user, [Ref("person", person)])


def test_the_questions_asked_of_the_database_do_not_grow_with_what_waits(world, confirm):
    def asked():
        return len(shape_of(lambda: queries.waiting(seen_by=world.admin)))

    def joined():
        one, other = world.persons(2)
        world.join(one, other)
        return one

    confirm(joined())
    few = asked()
    for person in (joined(), world.person()):
        confirm(person)
    assert all(waiting.holds for waiting in queries.waiting(seen_by=world.admin))
    assert asked() == few


def test_who_asked_does_not_confirm_for_the_owner_either(world, monkeypatch):
    person = world.person()
    actions.ask_to_erase(person=person, because=Because.WITHDRAWN, by=world.admin)
    monkeypatch.setattr(actions.grants, "may_erase", lambda _connection: False)
    with refused("erasure.second-person"):
        actions.confirm_erasure(person=person, by=world.admin)


def test_the_database_keeps_nobody_who_confirms_their_own(world, other, confirm):
    confirm(world.person())
    with pytest.raises(IntegrityError), transaction.atomic():
        Asked.objects.update(by=other.user)


def test_what_is_confirmed_is_not_confirmed_again_nor_by_a_third(world, other, confirm):
    person = world.person()
    confirm(person)
    for act in (actions.erase, actions.confirm_erasure):
        with refused("erasure.confirmed-already"):
            act(person=person, by=other)


@pytest.mark.parametrize("who", ["admin", "other", "third"])
def test_whoever_may_erase_carries_out_what_two_decided(world, other, confirm, who):
    third = world.colleague(Role.ADMINISTRATOR)
    by = {"admin": world.admin, "other": other, "third": third}[who]
    person = world.person()
    confirm(person)
    assert actions.erase_confirmed(person=person, by=by).records == 1
    assert not Person.objects.filter(pk=person).exists()
    assert (queries.confirmed(), findings()) == ((0, None), [])
    entry = newest_entry()
    assert (entry.event, entry.actor) == (Event.PERSON_ERASED, by.user)
    assert refs(entry) == [Ref("user", world.admin.user), Ref("user", other.user)]


def test_only_who_may_erase_carries_it_out(world, confirm):
    person, actor = world.person(), world.actor()
    confirm(person)
    with changes_nothing(PermissionDenied):
        actions.erase_confirmed(person=person, by=actor)


def test_what_nobody_confirmed_is_not_carried_out(world):
    person = world.person()
    with refused("erasure.not-confirmed"):
        actions.erase_confirmed(person=person, by=world.admin)
    actions.ask_to_erase(person=person, because=Because.WITHDRAWN, by=world.admin)
    with refused("erasure.not-confirmed"):
        actions.erase_confirmed(person=person, by=world.admin)


def test_who_was_joined_since_does_not_go_with_what_was_confirmed(world, other, confirm):
    person, joined = world.persons(2)
    confirm(person)
    world.join(person, joined)
    with refused("erasure.changed-since"):
        actions.erase_confirmed(person=person, by=other)


def test_a_confirmation_that_nobody_gave_is_not_carried_out(world, other):
    person = world.person()
    actions.ask_to_erase(person=person, because=Because.WITHDRAWN, by=world.admin)
    Asked.objects.update(confirmed_by=other.user, confirmed_at=later(0), mac=bytes(32))
    with refused("erasure.changed-since"):
        actions.erase_confirmed(person=person, by=other)


def test_a_confirmation_moved_to_somebody_else_is_not_carried_out(world, other, confirm):
    person, somebody = world.persons(2)
    confirm(person)
    Asked.objects.update(person=somebody)
    with refused("erasure.changed-since"):
        actions.erase_confirmed(person=somebody, by=other)
