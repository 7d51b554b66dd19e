"""What changes custody: the change, its entry, its questions, and nothing where it is refused."""

from datetime import date, timedelta
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accompany.access import trail
from accompany.access.models import Key
from accompany.access.terms import Ref, Role
from accompany.base import clock, dates
from accompany.base.ids import uuid7
from accompany.custody import actions, queries
from accompany.custody.models import Reunification, Separation, Stay
from accompany.custody.terms import (
    ApprehensionFact,
    Cause,
    Custodian,
    Departure,
    Event,
    HandOverFact,
    HandOverKind,
    ReunificationFact,
    ReunifiedWith,
    SeparatedFrom,
    SeparationFact,
    StayFact,
)
from accompany.people import actions as people_actions
from accompany.people import queries as people
from accompany.people.models import Person
from accompany.people.terms import BirthFact
from accompany.sources import actions as sources_actions
from accompany.sources import queries as sources
from accompany.sources.models import Question
from accompany.sources.terms import Certainty
from tests.cast import MOTHER
from tests.world import ZONE, changes_nothing, day, later, newest_entry, refs, refused

WORDS = "Con su tía en Calle Magnolia 1407, Houston"


def stay_of(person, **more):
    told = {"custodian": Custodian.ORR, "began": day("2026-01-08")} | more
    return StayFact(person, **told)


def separation_of(child, **more):
    return SeparationFact(
        **{
            "child": child,
            "event": uuid7(),
            "actor": Custodian.CBP,
            "on": day("2026-01-06"),
            "cause": Cause.CRIMINAL_HISTORY,
        }
        | more
    )


def reunification_of(child, **more):
    return ReunificationFact(
        **{
            "child": child,
            "event": uuid7(),
            "united_with": ReunifiedWith.SEPARATED_PARENT,
            "on": day("2026-02-20"),
        }
        | more
    )


def apprehension_of(person, **more):
    return ApprehensionFact(person, Custodian.CBP, day("2026-01-05"), **more)


def hand_over_of(person, **more):
    told = {"kind": HandOverKind.REFERRED, "on": day("2026-01-06")} | more
    return HandOverFact(person, told["kind"], Custodian.CBP, Custodian.ORR, told["on"])


KINDS = {
    "stay": (actions.record_stays, stay_of, Event.STAYS_RECORDED),
    "apprehension": (actions.record_apprehensions, apprehension_of, Event.EVENTS_RECORDED),
    "hand-over": (actions.record_hand_overs, hand_over_of, Event.EVENTS_RECORDED),
    "separation": (actions.record_separations, separation_of, Event.SEPARATIONS_RECORDED),
    "reunification": (
        actions.record_reunifications,
        reunification_of,
        Event.REUNIFICATIONS_RECORDED,
    ),
}
with_words = {
    "stay": partial(stay_of, words=WORDS),
    "separation": partial(separation_of, words=WORDS),
    "reunification": partial(reunification_of, words=WORDS),
}
every_kind = pytest.mark.parametrize("kind", KINDS)


def record(world, kind, *facts, by=None):
    KINDS[kind][0](facts, told=world.told(), by=by or world.admin)


def questions_of(world, person):
    found = sources.open_questions(seen_by=world.admin).filter(person=person).order_by("kind")
    return list(found.values_list("kind", flat=True))


def events_of(person):
    return queries.events_said([person], people.sealers_of([person]))


# --- all of them --------------------------------------------------------------------------------


@every_kind
def test_recording_leaves_its_entry_about_each_person(world, kind):
    persons = world.persons(2)
    _record, fact_of, event = KINDS[kind]
    record(world, kind, *(fact_of(person) for person in persons))
    assert newest_entry().event == event
    assert refs(newest_entry()) == [Ref("person", person) for person in persons]


@every_kind
def test_of_a_person_who_is_not_there_nothing_is_recorded(world, kind):
    mine, theirs = world.person(), world.person(by=world.actor(Role.CASEWORKER, world.elsewhere))
    fact_of = KINDS[kind][1]
    with changes_nothing(Person.DoesNotExist):
        record(world, kind, fact_of(mine), fact_of(theirs))


@every_kind
def test_who_may_not_record_records_nothing(world, kind):
    person, by = world.person(), world.actor(Role.ANALYST)
    with changes_nothing(PermissionDenied):
        record(world, kind, KINDS[kind][1](person), by=by)


@every_kind
def test_within_another_change_it_leaves_no_entry_of_its_own(world, kind):
    person = world.person()
    record_, fact_of, _event = KINDS[kind]
    with trail.change("people.persons-recorded", by=world.admin) as change:
        record_([fact_of(person)], told=world.told(), by=world.admin, within=change)
    assert newest_entry().number == change.number


@pytest.mark.parametrize("kind", with_words)
def test_words_are_sealed_and_opened_again(world, kind):
    person = world.person()
    record(world, kind, with_words[kind](person))
    sealers = people.sealers_of([person])
    found = [*queries.stays_said([person], sealers), *queries.events_said([person], sealers)]
    assert [one.words for one in found] == [WORDS]


@pytest.mark.parametrize("kind", with_words)
def test_words_of_whom_nothing_was_sealed_make_them_a_key(world, kind):
    person = world.person(None, birth=BirthFact(year=2014))
    record(world, kind, with_words[kind](person))
    assert Key.objects.filter(record=person).count() == 1


@pytest.mark.parametrize("kind", with_words)
def test_a_refusal_makes_no_key(world, kind):
    person, by = world.person(None, birth=BirthFact(year=2014)), world.actor(Role.ANALYST)
    with changes_nothing(PermissionDenied):
        record(world, kind, with_words[kind](person), by=by)


# --- stays --------------------------------------------------------------------------------------


def test_a_stay_comes_back_as_it_was_told(world):
    person, place = world.person(), world.place()
    record(
        world,
        "stay",
        stay_of(person, ended=day("2026-02-20"), ended_by=Departure.REUNIFIED, place=place),
    )
    (stay,) = queries.stays_said([person], {})
    assert (stay.custodian, stay.place, stay.began, stay.ended, stay.ended_by) == (
        Custodian.ORR, place, day("2026-01-08"), day("2026-02-20"), Departure.REUNIFIED,
    )  # fmt: skip


def test_stays_are_told_in_the_order_of_their_beginnings(world):
    person = world.person()
    record(
        world,
        "stay",
        stay_of(person, began=None, ended=day("2026-03-01")),
        stay_of(person, began=day("2026-02-01")),
        stay_of(person, began=day("2026-01-01")),
    )
    began = [stay.began for stay in queries.stays_said([person], {})]
    assert began == [day("2026-01-01"), day("2026-02-01"), None]


def test_with_one_wrong_stay_none_is_recorded(world):
    person = world.person()
    with refused("custody.ends-before-it-begins", "custody.stay-without-a-day"):
        record(
            world,
            "stay",
            stay_of(person),
            stay_of(person, ended=day("2026-01-01")),
            stay_of(person, began=None),
        )


def test_a_gap_in_a_line_is_asked_about(world):
    person = world.person()
    world.stay(person, Custodian.CBP, "2026-01-05", "2026-01-08")
    world.stay(person, Custodian.ORR, "2026-02-01")
    assert questions_of(world, person) == ["stays.gap"]


def gone(world, person=None):
    """A person who was transferred, and nobody says where to."""
    person = person or world.person()
    world.stay(person, Custodian.CBP, "2026-01-05", "2026-01-08", Departure.TRANSFERRED)
    return person


def test_a_transfer_to_nowhere_is_asked_about(world):
    person = gone(world)
    (question,) = Question.objects.filter(person=person)
    assert (question.kind, question.since) == ("stays.nobody-says", date(2026, 1, 8))


def test_who_says_where_they_are_ends_the_question(world):
    person = gone(world)
    world.stay(person, Custodian.ORR, "2026-01-08")
    assert questions_of(world, person) == []


def test_a_reunification_says_where_they_are(world):
    person, mother = gone(world), world.person(MOTHER)
    world.reunify(person, mother)
    assert questions_of(world, person) == []


def test_a_refuted_stay_says_nothing(world):
    person = gone(world)
    told = world.told(certainty=Certainty.REFUTED)
    world.stay(person, Custodian.ORR, "2026-01-08", told=told)
    assert questions_of(world, person) == ["stays.nobody-says"]


def test_what_a_joined_record_says_ends_the_question_until_they_are_parted(world):
    person, other = gone(world), world.person()
    world.stay(other, Custodian.ORR, "2026-01-08")
    world.join(person, other)
    assert questions_of(world, person) == questions_of(world, other) == []

    world.part(person, other)
    assert questions_of(world, person) == ["stays.nobody-says"]


def test_a_stay_of_a_joined_record_ends_the_question_of_the_other(world):
    person, other = gone(world), world.person()
    world.join(person, other)
    world.stay(other, Custodian.ORR, "2026-01-08")
    assert questions_of(world, person) == []


def test_a_list_withdrawn_gives_the_question_back(world):
    person = gone(world)
    text = "family_name,given_name,custodian,held_since\nPrueba,Ana,ORR,2026-01-08\n"
    received = world.receive(text)
    (other,) = world.persons_of(received)
    world.join(person, other)
    assert questions_of(world, person) == []

    people_actions.withdraw_list(received, because="Era otra lista.", by=world.admin)
    assert questions_of(world, person) == ["stays.nobody-says"]


def test_what_fills_the_gap_ends_the_question(world):
    person = world.person()
    world.stay(person, Custodian.CBP, "2026-01-05", "2026-01-08")
    world.stay(person, Custodian.ORR, "2026-02-01")
    world.stay(person, Custodian.ICE, "2026-01-08", "2026-02-01")
    assert questions_of(world, person) == []


def test_two_sources_who_disagree_are_asked_about(world):
    person = world.person()
    world.stay(person, Custodian.ORR, "2026-01-08")
    fact = stay_of(person, custodian=Custodian.FAMILY, began=day("2026-01-10"))
    told = world.told(organisation=world.agency("orr"))
    actions.record_stays([fact], told=told, by=world.admin)
    assert questions_of(world, person) == ["stays.overlap"]
    assert Stay.objects.now().filter(person=person).count() == 2


def test_one_source_that_tells_twice_does_not_disagree_with_itself(world):
    person = world.person()
    world.stay(person, Custodian.ORR, "2026-01-08")
    world.stay(person, Custodian.FAMILY, "2026-01-10")
    assert questions_of(world, person) == []


def test_an_impossible_order_is_asked_about(world):
    person = world.person()
    record(world, "apprehension", apprehension_of(person))
    record(world, "hand-over", hand_over_of(person, on=day("2026-01-03")))
    assert questions_of(world, person) == ["stays.impossible-order"]


def test_questions_belong_to_who_holds_the_record(world):
    theirs = world.actor(Role.CASEWORKER, world.elsewhere)
    person = world.person(by=theirs)
    record(world, "stay", stay_of(person, custodian=Custodian.UNKNOWN), by=theirs)
    assert Question.objects.get(person=person).holder == world.elsewhere


def test_asking_again_leaves_questions_as_they_were(world):
    person = world.person()
    world.stay(person, Custodian.UNKNOWN, "2026-01-05")
    before = list(Question.objects.values())
    actions.ask_about([person])
    assert list(Question.objects.values()) == before


# --- separations and reunifications ---------------------------------------------------------------


def test_one_act_that_takes_two_children_is_one_event(world):
    family = world.family()
    events = {s.event for child in (family.daughter, family.son) for s in events_of(child)}
    assert len(events) == 1


def test_a_separation_is_told_from_both_sides(world):
    child, adult = world.persons(2)
    fact = separation_of(child, adult=adult, taken_from=SeparatedFrom.CAREGIVER)
    record(world, "separation", fact)
    for one in (child, adult):
        (said,) = events_of(one)
        assert (said.what, said.adult, said.cause, said.taken_from) == (
            "separated", adult, Cause.CRIMINAL_HISTORY, SeparatedFrom.CAREGIVER,
        )  # fmt: skip
    assert refs(newest_entry()) == [Ref("person", child), Ref("person", adult)]


@pytest.mark.parametrize(
    ("kind", "fact_of"), [("separation", separation_of), ("reunification", reunification_of)]
)
def test_nobody_is_parted_from_or_united_with_themselves(world, kind, fact_of):
    child = world.person()
    with refused("custody.both-the-same"):
        record(world, kind, fact_of(child, adult=child))


@pytest.mark.parametrize("model", [Separation, Reunification])
def test_the_database_keeps_child_and_adult_apart(world, model):
    child, adult = world.persons(2)
    record(world, "separation", separation_of(child, adult=adult))
    record(world, "reunification", reunification_of(child, adult=adult))
    row = model.objects.get()
    row.pk, row.adult_id = uuid7(), row.person_id
    with pytest.raises(IntegrityError, match="is_between_two"), transaction.atomic():
        row.save(force_insert=True)


def test_an_adult_who_is_not_there_is_not_named(world):
    child = world.person()
    theirs = world.person(by=world.actor(Role.CASEWORKER, world.elsewhere))
    with changes_nothing(Person.DoesNotExist):
        record(world, "separation", separation_of(child, adult=theirs))


# --- corrections --------------------------------------------------------------------------------


def test_a_corrected_stay_makes_way_for_its_successor(world):
    person = world.person()
    world.stay(person, Custodian.CBP, "2026-01-05", "2026-01-08")
    world.stay(person, Custodian.ORR, "2026-02-01")
    wrong = Stay.objects.get(person=person, custodian="orr")
    actions.correct(
        wrong, reason="Se leyó mal.", by=world.admin, successor=stay_of(person), told=world.told()
    )
    assert [stay.began for stay in queries.stays_said([person], {})][1] == day("2026-01-08")
    assert questions_of(world, person) == []
    assert trail.reason_of(newest_entry()) == "Se leyó mal."


def test_a_withdrawn_stay_takes_its_questions_along(world):
    person = world.person()
    world.stay(person, Custodian.UNKNOWN, "2026-01-05")
    actions.correct(Stay.objects.get(), reason="Era otra niña.", by=world.admin)
    assert questions_of(world, person) == []


def test_a_refused_successor_leaves_the_stay_as_it_was(world):
    person = world.person()
    world.stay(person, Custodian.ORR, "2026-01-08")
    with refused("custody.stay-without-a-day"):
        actions.correct(
            Stay.objects.get(),
            reason="Se leyó mal.",
            by=world.admin,
            successor=stay_of(person, began=None),
            told=world.told(),
        )


def test_another_organisation_s_stay_is_not_corrected(world):
    world.stay(world.person(), Custodian.ORR, "2026-01-08")
    theirs = world.actor(Role.CASEWORKER, world.elsewhere)
    with changes_nothing(Person.DoesNotExist):
        actions.correct(Stay.objects.get(), reason="Se leyó mal.", by=theirs)


# --- who is withdrawn meanwhile, lent, or not to be seen ----------------------------------------


@every_kind
def test_of_a_record_that_is_withdrawn_meanwhile_nothing_is_recorded(world, monkeypatch, kind):
    received = world.receive()
    person, hold = world.persons_of(received)[0], sources_actions.holding_the_record

    def overtaken(**how):
        monkeypatch.undo()
        people_actions.withdraw_list(received, because="Era otra lista.", by=world.admin)
        return hold(**how)

    monkeypatch.setattr(sources_actions, "holding_the_record", overtaken)
    with pytest.raises(Person.DoesNotExist):
        record(world, kind, KINDS[kind][1](person))
    assert not standing_of(person)


def standing_of(person):
    return [*queries.stays_said([person], {}), *events_of(person)]


@every_kind
def test_of_what_is_lent_nothing_is_recorded(world, kind):
    person, theirs = world.person(), world.actor(Role.TRACER, world.elsewhere)
    people_actions.lend(person=person, to=world.elsewhere, until=later(0.1), by=world.admin)
    with refused("people.lent-to-read"):
        record(world, kind, KINDS[kind][1](person), by=theirs)


with_adult = pytest.mark.parametrize("kind", ["separation", "reunification"])


def of_a_hidden_adult(world, kind):
    """An event on record, and its adult, whom nobody here may see."""
    child, adult = world.persons(2)
    record(world, kind, KINDS[kind][1](child, adult=adult))
    world.keep_apart(adult)
    model = {"separation": Separation, "reunification": Reunification}[kind]
    return model.objects.get(), adult


@with_adult
def test_what_is_corrected_keeps_an_adult_whom_the_reader_may_not_see(world, kind):
    event, adult = of_a_hidden_adult(world, kind)
    fact = KINDS[kind][1](event.person_id, adult=adult, on=day("2026-01-07"))
    actions.correct(
        event, reason="Fue un día después.", successor=fact, told=world.told(), by=world.admin
    )
    (now,) = type(event).objects.now()
    assert (now.adult_id, now.on) == (adult, day("2026-01-07"))


@with_adult
def test_a_correction_names_nobody_new_whom_the_reader_may_not_see(world, kind):
    event, _adult = of_a_hidden_adult(world, kind)
    theirs = world.person(by=world.actor(Role.CASEWORKER, world.elsewhere))
    fact = KINDS[kind][1](event.person_id, adult=theirs)
    told = world.told()
    with changes_nothing(Person.DoesNotExist):
        actions.correct(event, reason="Era otra.", successor=fact, told=told, by=world.admin)


# --- days to come -------------------------------------------------------------------------------

AHEAD = dates.on_day(clock.today() + timedelta(days=3), ZONE)
TO_COME = {
    "a beginning": ("stay", {"began": AHEAD}),
    "an end": ("stay", {"ended": AHEAD}),
    "a separation": ("separation", {"on": AHEAD}),
    "a reunification": ("reunification", {"on": AHEAD}),
    "a step": ("hand-over", {"on": AHEAD}),
}


@pytest.mark.parametrize(("kind", "told"), TO_COME.values(), ids=TO_COME)
def test_what_has_certainly_not_come_is_not_recorded(world, kind, told):
    fact = KINDS[kind][1](world.person(), **told)
    with refused("sources.day-not-come"):
        record(world, kind, fact)


def test_nobody_was_taken_into_custody_on_a_day_to_come(world):
    fact = ApprehensionFact(world.person(), Custodian.CBP, AHEAD)
    with refused("sources.day-not-come"):
        record(world, "apprehension", fact)


def test_a_correction_tells_of_no_day_to_come(world):
    person = world.person()
    world.stay(person, Custodian.ORR, "2026-01-08")
    fact, told = stay_of(person, began=AHEAD), world.told()
    with refused("sources.day-not-come"):
        actions.correct(
            Stay.objects.get(), reason="Otro día.", successor=fact, told=told, by=world.admin
        )
