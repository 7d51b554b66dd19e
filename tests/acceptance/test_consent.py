"""Scenarios of consent, of demands for data, and of what no export can hold."""

from datetime import timedelta

import pytest

from accompany.access.models import Entry
from accompany.access.permissions import OF_ROLE
from accompany.access.terms import Permission, Role
from accompany.base import clock
from accompany.consents import actions as consents
from accompany.consents import queries as consents_queries
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
from accompany.demands import actions as demands
from accompany.demands import queries as demands_queries
from accompany.demands.terms import Decision, DemandFact, DemandKind, Finding, Left, State
from accompany.exchange import referred
from accompany.notes import actions as notes
from accompany.notes.terms import NoteKind
from accompany.sources.terms import How
from tests.cast import DAUGHTER
from tests.world import browser_of, newest_entry, refused

pytestmark = pytest.mark.django_db

SAID_IN_CONFIDENCE = "Ella contó del puente y de su hermano Quirino."


@pytest.fixture
def person(world):
    return world.person(DAUGHTER)


def agreed(world, person, **more):
    """A consent of the person that the other organisation is told her names, for legal help."""
    today = clock.today()
    fact = {
        "person": person,
        "given_by": person,
        "purpose": Purpose.LEGAL_HELP,
        "recipient": world.elsewhere,
        "what": frozenset({What.NAMES, What.BIRTH}),
        "words": "Estoy de acuerdo con que Casa Vecina sepa mi nombre.",
        "language": Language.SPANISH,
        "form": Form.SIGNED,
        "witness": "",
        "since": today,
        "expires_on": today + timedelta(days=90),
    } | more
    return consents.record_consent(ConsentFact(**fact), told=world.told(), by=world.admin)


def referral(world, person, purpose=Purpose.LEGAL_HELP):
    return ReferralFact(person, world.elsewhere, purpose, Way.FILE, frozenset({What.NAMES}))


@pytest.mark.parametrize(
    "kind", [DemandKind.WARRANT_ADMINISTRATIVE, DemandKind.SUBPOENA_ADMINISTRATIVE]
)
def test_097_a_paper_without_a_judge_is_logged_and_nothing_can_be_marked_as_given(world, kind):
    counsel = world.actor(Role.COUNSEL)
    fact = DemandFact(kind, "Two officers of ICE.", "The address of a child.")
    told = world.told(organisation=world.agency("ice"), how=How.IN_PERSON)
    demand = demands.log_demand(fact, told=told, by=world.actor(Role.COMPANION))

    with refused("demands.no-judge", "demands.counsel-not-yet"):
        demands.decide(
            demand=demand,
            decision=Decision.DISCLOSED,
            left={Left.ADDRESS},
            on=clock.today(),
            by=counsel,
        )
    (line,) = demands_queries.log(seen_by=counsel)
    assert (line.kind, line.state, line.left) == (kind, State.WAITS, ())


def test_097_the_procedure_stands_before_the_form_and_the_log_names_nobody(world, person):
    companion, counsel = world.actor(Role.COMPANION), world.actor(Role.COUNSEL)
    shown = browser_of(companion).get("/demands/log").content.decode()
    assert shown.index("Give nothing") < shown.index("<textarea")

    fact = DemandFact(
        DemandKind.COURT_ORDER, "Oficial Bermúdez", f"Where {DAUGHTER.family} is", records=(person,)
    )
    told = world.told(organisation=world.agency("ice"), how=How.IN_PERSON)
    demand = demands.log_demand(fact, told=told, by=world.admin)
    demands.advise(
        demand=demand,
        finding=Finding.COMPELS,
        words="Give her name, and nothing else.",
        asked_on=clock.today(),
        on=clock.today(),
        by=counsel,
    )
    demands.decide(
        demand=demand,
        decision=Decision.DISCLOSED,
        left={Left.NAMES},
        on=clock.today(),
        by=counsel,
    )
    log = browser_of(companion).get("/demands").content.decode()
    assert "An order of a court" in log
    assert "what a judge ordered left" in log
    assert not [name for name in (DAUGHTER.family, "Bermúdez", world.code(person)) if name in log]


def test_097_whoever_answers_demands_can_make_no_export_and_nobody_a_bulk_one(world):
    exporting = {
        Permission.EXPORT_RECORD,
        Permission.FETCH_FILES,
        Permission.SEE_EXACT_FIGURES,
    }
    assert not OF_ROLE[Role.COUNSEL] & exporting
    assert not [one for one in Permission if "bulk" in one.value]


def test_098_a_file_for_others_cannot_hold_privileged_notes_and_the_attempt_is_in_the_trail(
    world, person
):
    counsel = world.actor(Role.COUNSEL)
    notes.write_note(
        person=person,
        kind=NoteKind.COUNSEL,
        words=SAID_IN_CONFIDENCE,
        on=clock.today(),
        by=counsel,
    )
    agreed(world, person, what=frozenset(What))
    made = consents.refer(
        ReferralFact(person, world.elsewhere, Purpose.LEGAL_HELP, Way.FILE, frozenset(What)),
        by=world.admin,
    )
    said = consents_queries.referral(made, seen_by=world.admin)

    whole = referred.file_of(said, by=world.admin)
    assert DAUGHTER.family in whole
    assert "Quirino" not in whole

    before = Entry.objects.count()
    with pytest.raises(Exception, match=r"consents\.cannot-leave"):
        referred.file_of(said, what=["names", "notes"], by=world.admin)
    assert Entry.objects.count() == before + 1
    assert newest_entry().event == Event.FILE_REFUSED


def test_099_the_new_free_words_are_warned_of_too(world, person):
    code = world.code(person)
    words = {"words": "Está sin papeles."}
    asked = browser_of(world.actor(Role.COUNSEL)).post(f"/people/{code}/notes/counsel", words)
    assert "immigration status" in asked.content.decode()
    logged = browser_of(world.admin).post(
        "/demands/log", {"by_whom": "Dos agentes", "asked": "si está indocumentado"}
    )
    assert "immigration status" in logged.content.decode()
    agreed_to = browser_of(world.admin).post(f"/people/{code}/consent/record", words)
    assert "immigration status" in agreed_to.content.decode()


def test_103_a_referral_that_consent_does_not_cover_is_refused(world, person):
    fact = referral(world, person)
    with refused("consents.not-to-them"):
        consents.refer(fact, by=world.admin)
    agreed(world, person)
    with refused("consents.not-for-that"):
        consents.refer(referral(world, person, Purpose.HEALTH), by=world.admin)

    consents.refer(fact, by=world.admin)

    (made,) = consents_queries.referrals_said(person, seen_by=world.admin)
    assert made.fact.what == {What.NAMES}


def test_103_or_an_override_with_reason_and_a_second_person_is_recorded(world, person):
    first, second = world.actor(), world.colleague()
    consents.ask_without_consent(
        referral(world, person), reason="Está en cirugía y no puede hablar.", by=first
    )
    (waits,) = consents_queries.overrides_said(seen_by=first)
    with refused("consents.second-person"):
        consents.confirm_without_consent(override=waits.id, by=first)

    consents.confirm_without_consent(override=waits.id, by=second)

    (made,) = consents_queries.referrals_said(person, seen_by=first)
    assert (made.asked_by, made.confirmed_by, made.consent) == (first.user, second.user, None)
    assert made.reason == "Está en cirugía y no puede hablar."
