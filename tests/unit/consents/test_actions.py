"""Recording and withdrawing consent, referring by it and without it, and the file of a referral."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accompany.access import trail
from accompany.access.models import Lent
from accompany.access.terms import Ref, Role
from accompany.base import clock
from accompany.base.ids import uuid7
from accompany.base.refusal import Refused
from accompany.consents import actions, queries
from accompany.consents.models import Consent, Override, Referral
from accompany.consents.terms import (
    ConsentFact,
    Event,
    Form,
    Language,
    Purpose,
    ReferralFact,
    Way,
    What,
)
from accompany.erasure import actions as erasure
from accompany.erasure.terms import Because
from accompany.exchange import referred
from accompany.people.models import Person
from accompany.people.terms import Relation
from accompany.sources import verification
from tests.cast import DAUGHTER, MOTHER
from tests.world import changes_nothing, newest_entry, refs, refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def everybody(world):
    """All who act here are there from the beginning: a refusal is seen to change nothing."""
    for role, where in ((Role.CASEWORKER, world.home), (Role.COUNSEL, world.home)):
        world.actor(role, where)
    for role in (Role.CASEWORKER, Role.TRACER):
        world.actor(role, world.elsewhere)


@pytest.fixture
def second(world):
    """A second person who may refer."""
    return world.colleague()


@pytest.fixture
def person(world):
    return world.person(DAUGHTER)


@pytest.fixture
def agree(world, person):
    """Records a consent; what is not said is as in most tests."""

    def run(by=None, **more):
        today = clock.today()
        fact = {
            "person": person,
            "given_by": person,
            "purpose": Purpose.LEGAL_HELP,
            "recipient": world.elsewhere,
            "what": frozenset(What),
            "words": "Estoy de acuerdo.",
            "language": Language.SPANISH,
            "form": Form.SPOKEN,
            "witness": "La intérprete",
            "since": today,
            "expires_on": today + timedelta(days=30),
        } | more
        return actions.record_consent(ConsentFact(**fact), told=world.told(), by=by or world.admin)

    return run


def lent(world, person, days=7):
    until = clock.today() + timedelta(days=days)
    return ReferralFact(
        person, world.elsewhere, Purpose.LEGAL_HELP, Way.LENT, frozenset(), until=until
    )


def by_file(world, person, *what):
    return ReferralFact(
        person,
        world.elsewhere,
        Purpose.LEGAL_HELP,
        Way.FILE,
        frozenset(what or (What.NAMES,)),
    )


def sees(actor, person):
    return Person.objects.seen_by(actor).filter(pk=person).exists()


# --- consent ------------------------------------------------------------------------------------


def test_the_exact_text_is_kept_with_who_gave_it_and_in_what_language(world, person, agree):
    agree(words="Ri ub'ixik: nojimal xsik'ix chuwäch.", language=Language.KICHE)
    (said,) = queries.consents_said(person, seen_by=world.admin)
    assert said.words == "Ri ub'ixik: nojimal xsik'ix chuwäch."
    assert (said.language, said.witness, said.given_by) == (
        Language.KICHE,
        "La intérprete",
        person,
    )
    assert newest_entry().event == Event.CONSENT_RECORDED
    assert refs(newest_entry()) == [Ref("person", person)]


def test_a_parent_gives_it_for_a_child_and_nobody_else_does(world, person, agree):
    mother, stranger = world.person(MOTHER), world.person(MOTHER)
    world.tie(person, mother, Relation.MOTHER)
    agree(given_by=mother)
    with refused("consents.not-theirs-to-give"):
        agree(given_by=stranger)


def test_nobody_agrees_that_an_agency_be_told(world, agree):
    with refused("consents.not-to-an-agency"):
        agree(recipient=world.agency("ice"))


def test_what_was_lent_to_us_is_not_ours_to_consent_for(world, person, agree):
    world.lend(person)
    with changes_nothing(Refused):
        agree(by=world.actor(Role.CASEWORKER, world.elsewhere))


def test_whoever_only_accompanies_records_no_consent(world, person, agree):
    companion = world.companion(person)
    with changes_nothing(PermissionDenied):
        agree(by=companion)


def test_a_withdrawal_ends_at_once_what_was_lent_by_the_consent(world, person, agree):
    consent, caller = agree(), world.actor(Role.CASEWORKER, world.elsewhere)
    actions.refer(lent(world, person), by=world.admin)
    assert sees(caller, person)

    actions.withdraw_consent(
        consent=consent, reason="Ya no quiere.", told=world.told(), by=world.actor()
    )

    assert not sees(caller, person)
    with refused("consents.not-to-them"):
        actions.refer(lent(world, person), by=world.admin)


def test_a_consent_is_withdrawn_once_and_for_a_reason(world, agree):
    consent = agree()
    with refused("sources.reason-missing"):
        actions.withdraw_consent(consent=consent, reason=" ", told=world.told(), by=world.admin)
    actions.withdraw_consent(consent=consent, reason="Ya no.", told=world.told(), by=world.admin)
    with changes_nothing(Consent.DoesNotExist):
        actions.withdraw_consent(
            consent=consent, reason="Ya no.", told=world.told(), by=world.admin
        )


def test_a_consent_is_erased_with_whoever_gave_it(world, person, agree):
    mother = world.person(MOTHER)
    world.tie(person, mother, Relation.MOTHER)
    agree(given_by=mother)
    erasure.ask_to_erase(person=mother, because=Because.WITHDRAWN, by=world.admin)
    erasure.erase(person=mother, by=world.colleague(Role.ADMINISTRATOR))
    assert not Consent.objects.exists()
    assert [*trail.verify(), *verification.verify_contents()] == []


# --- referring ----------------------------------------------------------------------------------


def test_by_consent_the_record_is_lent_and_what_left_is_kept_in_codes(world, person, agree):
    consent, worker = agree(), world.actor()
    fact = lent(world, person)
    actions.refer(fact, by=worker)
    assert sees(world.actor(Role.CASEWORKER, world.elsewhere), person)
    (said,) = queries.referrals_said(person, seen_by=worker)
    assert (said.consent, said.asked_by, said.confirmed_by) == (consent, worker.user, None)
    assert said.fact.what == frozenset(What)
    assert Lent.objects.get().until == clock.end_of_day(fact.until)


def test_to_be_told_leaves_an_entry_and_lends_nothing(world, person, agree):
    agree()
    fact = ReferralFact(
        person, world.elsewhere, Purpose.LEGAL_HELP, Way.TOLD, frozenset({What.TIES})
    )
    actions.refer(fact, by=world.actor())
    assert newest_entry().event == Event.REFERRED
    assert not Lent.objects.exists()


def test_without_consent_nothing_leaves_and_nothing_changes(world, person):
    fact = lent(world, person)
    with refused("consents.not-to-them"):
        actions.refer(fact, by=world.actor())


@pytest.mark.parametrize("role", [Role.COUNSEL, Role.THERAPIST, Role.COMPANION, Role.ANALYST])
def test_who_refers_nobody_here_can_neither_refer_nor_confirm(world, person, role):
    fact, somebody = lent(world, person), world.actor(role)
    with changes_nothing(PermissionDenied):
        actions.refer(fact, by=somebody)
    with changes_nothing(PermissionDenied):
        actions.confirm_without_consent(override=uuid7(), by=somebody)


def test_what_was_lent_to_us_is_not_ours_to_refer(world, person):
    world.lend(person)
    fact = ReferralFact(person, world.home, Purpose.HEALTH, Way.TOLD, frozenset({What.NAMES}))
    with changes_nothing(Refused):
        actions.refer(fact, by=world.actor(Role.CASEWORKER, world.elsewhere))


# --- without consent ----------------------------------------------------------------------------


@pytest.fixture
def waits(world, person):
    """A referral without consent that the caseworker asked for."""
    actions.ask_without_consent(lent(world, person), reason="Está en cirugía.", by=world.actor())
    return Override.objects.get()


def test_nothing_leaves_before_a_second_person_confirms(world, person, waits, second):
    caller = world.actor(Role.CASEWORKER, world.elsewhere)
    assert not sees(caller, person)
    actions.confirm_without_consent(override=waits.pk, by=second)
    assert sees(caller, person)
    assert not Override.objects.exists()


def test_whoever_asked_does_not_confirm(world, waits):
    with refused("consents.second-person"):
        actions.confirm_without_consent(override=waits.pk, by=world.actor())


def test_who_may_not_see_the_person_does_not_confirm(world, person, waits, second):
    world.keep_apart(person)
    with refused("consents.decided-already"):
        actions.confirm_without_consent(override=waits.pk, by=second)


def test_nobody_of_another_house_confirms(world, person, waits):
    world.lend(person)
    with refused("consents.decided-already"):
        actions.confirm_without_consent(
            override=waits.pk, by=world.actor(Role.TRACER, world.elsewhere)
        )


def test_what_is_dropped_is_not_confirmed_afterwards(world, waits, second):
    actions.drop_without_consent(override=waits.pk, by=world.actor())
    assert newest_entry().event == Event.OVERRIDE_DROPPED
    with refused("consents.decided-already"):
        actions.confirm_without_consent(override=waits.pk, by=second)


def test_without_consent_there_must_be_a_reason(world, person):
    fact = lent(world, person)
    with refused("consents.reason-missing"):
        actions.ask_without_consent(fact, reason=" ", by=world.actor())


def test_where_consent_is_there_nobody_goes_without_it(world, person, agree):
    agree()
    fact = lent(world, person)
    with refused("consents.consent-is-there"):
        actions.ask_without_consent(fact, reason="De prisa.", by=world.actor())


def test_the_database_takes_no_referral_that_one_person_made_without_consent(
    world, person, waits, second
):
    actions.confirm_without_consent(override=waits.pk, by=second)
    made = Referral.objects.get()
    made.pk, made.confirmed_by = uuid7(), made.asked_by
    with pytest.raises(IntegrityError), transaction.atomic():
        made.save(force_insert=True)


# --- the file -----------------------------------------------------------------------------------


def referral_of(world, person, *what):
    made = actions.refer(by_file(world, person, *what), by=world.admin)
    return queries.referral(made, seen_by=world.admin)


def test_the_file_holds_what_the_referral_names_and_no_relatives_name(world, agree):
    family = world.family()
    agree(person=family.daughter, given_by=family.daughter)
    said = referral_of(world, family.daughter, What.TIES, What.STAYS, What.SEPARATIONS)
    content = json.loads(referred.file_of(said, by=world.admin))
    assert content["holds"] == ["ties", "stays", "separations"]
    assert [one["relative_is"] for one in content["ties"]] == ["mother"]
    assert [one["custodian"] for one in content["stays"]] == ["cbp", "orr"]
    assert [one["what"] for one in content["separations"]] == ["separated"]
    told = json.dumps(content, ensure_ascii=False)
    assert MOTHER.given not in told
    assert DAUGHTER.given not in told
    assert newest_entry().event == Event.FILE_MADE


def test_the_file_holds_everything_where_everything_was_agreed_to(world, person, agree):
    agree()
    content = json.loads(referred.file_of(referral_of(world, person, *What), by=world.admin))
    assert content["names"][0]["family"] == DAUGHTER.family
    assert set(What) <= content.keys()


def test_no_file_is_made_once_the_consent_is_withdrawn(world, person, agree):
    consent = agree()
    said = referral_of(world, person)
    actions.withdraw_consent(consent=consent, reason="Ya no.", told=world.told(), by=world.admin)
    with refused("consents.consent-over"):
        referred.file_of(said, by=world.admin)


def test_what_is_lent_has_no_file(world, person, agree):
    agree()
    made = actions.refer(lent(world, person), by=world.admin)
    said = queries.referral(made, seen_by=world.admin)
    with refused("consents.no-file-of-it"):
        referred.file_of(said, by=world.admin)


def test_counsel_makes_no_file(world, person, agree):
    agree()
    said = referral_of(world, person)
    with changes_nothing(PermissionDenied):
        referred.file_of(said, by=world.actor(Role.COUNSEL))
