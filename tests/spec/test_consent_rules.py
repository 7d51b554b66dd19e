"""Whether consent covers what would leave, and what a demand compels: as tables."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accompany.base.ids import uuid7
from accompany.consents import rules
from accompany.consents.terms import (
    ConsentFact,
    Form,
    Given,
    Language,
    Purpose,
    ReferralFact,
    Way,
    What,
)
from accompany.demands import rules as demands
from accompany.demands.terms import Decision, DemandFact, DemandKind, Finding, Left

HERE, THERE, ELSEWHERE, ICE, PERSON = (uuid7() for _ in range(5))
TODAY = date(2026, 3, 2)
EVERYTHING = frozenset(What)
CONSENT = Given(
    uuid7(),
    Purpose.LEGAL_HELP,
    THERE,
    frozenset({What.NAMES, What.BIRTH}),
    TODAY,
    TODAY + timedelta(days=30),
)
FILE = ReferralFact(PERSON, THERE, Purpose.LEGAL_HELP, Way.FILE, frozenset({What.NAMES}))
LENT = replace(FILE, way=Way.LENT, what=frozenset(), until=TODAY + timedelta(days=29))
WHOLE = replace(CONSENT, what=EVERYTHING)


@pytest.mark.parametrize(
    ("consents", "referral", "day", "why"),
    [
        ([CONSENT], FILE, TODAY, None),
        ([], FILE, TODAY, rules.NOT_TO_THEM),
        ([replace(CONSENT, recipient=None)], FILE, TODAY, rules.NOT_TO_THEM),
        ([replace(CONSENT, recipient=ELSEWHERE)], FILE, TODAY, rules.NOT_TO_THEM),
        ([CONSENT], replace(FILE, purpose=Purpose.HEALTH), TODAY, rules.NOT_FOR_THAT),
        ([CONSENT], FILE, TODAY - timedelta(days=1), rules.NOT_ON_THE_DAY),
        ([CONSENT], FILE, TODAY + timedelta(days=29), None),
        ([CONSENT], FILE, TODAY + timedelta(days=30), rules.NOT_ON_THE_DAY),
        ([CONSENT], replace(FILE, what=EVERYTHING), TODAY, rules.NOT_ALL_OF_IT),
        ([CONSENT], LENT, TODAY, rules.NOT_ALL_OF_IT),
        ([WHOLE], LENT, TODAY, None),
        ([WHOLE], replace(LENT, until=TODAY + timedelta(days=30)), TODAY, rules.LENT_TOO_LONG),
        # Two consents that each cover a part cover nothing together.
        (
            [CONSENT, replace(CONSENT, what=frozenset({What.STAYS}))],
            replace(FILE, what=frozenset({What.NAMES, What.STAYS})),
            TODAY,
            rules.NOT_ALL_OF_IT,
        ),
    ],
)
def test_consent_covers_one_recipient_one_purpose_its_days_and_what_it_names(
    consents, referral, day, why
):
    assert rules.objections_by_consent(consents, referral, day) == ([why] if why else [])


@given(
    days=st.integers(-40, 40),
    purpose=st.sampled_from(Purpose),
    to=st.sampled_from([HERE, THERE, ELSEWHERE]),
    what=st.frozensets(st.sampled_from(What), min_size=1),
)
def test_nothing_is_covered_that_the_consent_does_not_say(days, purpose, to, what):
    referral = ReferralFact(PERSON, to, purpose, Way.FILE, what)
    day = TODAY + timedelta(days=days)
    said = (to, purpose) == (CONSENT.recipient, CONSENT.purpose) and what <= CONSENT.what
    in_time = CONSENT.since <= day < CONSENT.expires_on
    assert rules.covers(CONSENT, referral, day) == (said and in_time)


@pytest.mark.parametrize(
    ("referral", "why"),
    [
        (FILE, []),
        (replace(FILE, to=ICE), [rules.NOT_TO_AN_AGENCY]),
        (replace(LENT, to=ICE), [rules.NOT_TO_AN_AGENCY]),
        (replace(FILE, to=HERE), [rules.TO_OURSELVES]),
        (replace(LENT, to=ELSEWHERE), [rules.NOT_HERE]),
        (replace(LENT, until=None), [rules.NO_LAST_DAY]),
        (replace(LENT, until=TODAY - timedelta(days=1)), [rules.NO_LAST_DAY]),
        (replace(FILE, what=frozenset()), [rules.NOTHING_LEAVES]),
    ],
)
def test_some_referrals_are_refused_whatever_the_person_agreed_to(referral, why):
    found = rules.objections_to_referral(
        referral, own=HERE, holders={THERE}, agencies={ICE}, day=TODAY
    )
    assert found == why


AGREED = ConsentFact(
    PERSON,
    PERSON,
    Purpose.SCHOOL,
    THERE,
    frozenset({What.NAMES}),
    "Leído en voz alta.",
    Language.MAM,
    Form.SPOKEN,
    "La intérprete",
    TODAY,
    TODAY + timedelta(days=1),
)


@pytest.mark.parametrize(
    ("fact", "may_give", "why"),
    [
        (AGREED, True, []),
        (replace(AGREED, words=" "), True, [rules.TEXT_MISSING]),
        (replace(AGREED, witness=""), True, [rules.WITNESS_MISSING]),
        (replace(AGREED, witness="", form=Form.SIGNED), True, []),
        (replace(AGREED, what=frozenset()), True, [rules.NOTHING_COVERED]),
        (replace(AGREED, expires_on=TODAY), True, [rules.EXPIRES_TOO_SOON]),
        (AGREED, False, [rules.NOT_THEIRS_TO_GIVE]),
    ],
)
def test_a_consent_is_recorded_whole_or_not_at_all(fact, may_give, why):
    assert rules.objections_to_consent(fact, may_give=may_give) == why


@pytest.mark.parametrize(
    ("by", "why"), [(HERE, [rules.SECOND_PERSON]), (None, [rules.SECOND_PERSON]), (THERE, [])]
)
def test_a_referral_without_consent_is_confirmed_by_another(by, why):
    assert rules.objections_to_confirming(HERE, by) == why


def test_every_kind_of_demand_says_whether_a_judge_signed_it():
    assert set(demands.SIGNED_BY_A_JUDGE) == set(DemandKind)


@pytest.mark.parametrize("kind", DemandKind)
@pytest.mark.parametrize("finding", [None, *Finding])
@pytest.mark.parametrize("decision", Decision)
def test_something_is_given_only_by_counsels_answer_and_a_judges_order(kind, finding, decision):
    left = [Left.NAMES] if decision is Decision.DISCLOSED else []
    may_be = not demands.objections_to_deciding(kind, finding, decision, left)
    compelled = finding is Finding.COMPELS and kind in (
        DemandKind.WARRANT_JUDICIAL,
        DemandKind.COURT_ORDER,
    )
    assert may_be == (decision is not Decision.DISCLOSED or compelled)


@pytest.mark.parametrize(
    ("kind", "finding", "decision", "left", "why"),
    [
        (
            DemandKind.WARRANT_ADMINISTRATIVE,
            None,
            Decision.DISCLOSED,
            [Left.NAMES],
            [demands.NO_JUDGE, demands.COUNSEL_NOT_YET],
        ),
        (
            DemandKind.COURT_ORDER,
            Finding.OBJECT,
            Decision.DISCLOSED,
            [Left.NAMES],
            [demands.COUNSEL_SAYS_NO],
        ),
        (
            DemandKind.COURT_ORDER,
            Finding.COMPELS,
            Decision.DISCLOSED,
            [],
            [demands.LEFT_NOT_SAID],
        ),
        (DemandKind.OTHER, None, Decision.NOTHING, [Left.NAMES], [demands.LEFT_BUT_NOTHING]),
    ],
)
def test_a_demand_is_refused_for_every_reason_there_is(kind, finding, decision, left, why):
    assert demands.objections_to_deciding(kind, finding, decision, left) == why


@pytest.mark.parametrize(
    ("kind", "finding", "words", "asked", "answered", "why"),
    [
        (DemandKind.COURT_ORDER, Finding.COMPELS, "Give it.", 0, 1, []),
        (DemandKind.OTHER, Finding.COMPELS, "Give it.", 0, 1, [demands.CANNOT_COMPEL]),
        (DemandKind.OTHER, Finding.OBJECT, "", 0, 1, [demands.ANSWER_MISSING]),
        (DemandKind.OTHER, Finding.OBJECT, "No.", -1, 1, [demands.DAY_BEFORE]),
        (DemandKind.OTHER, Finding.OBJECT, "No.", 2, 1, [demands.DAY_BEFORE]),
    ],
)
def test_counsel_cannot_make_an_order_of_what_no_judge_signed(
    kind, finding, words, asked, answered, why
):
    found = demands.objections_to_advising(
        kind,
        finding,
        words,
        received_on=TODAY,
        asked_on=TODAY + timedelta(days=asked),
        on=TODAY + timedelta(days=answered),
    )
    assert found == why


@pytest.mark.parametrize(("by_whom", "asked"), [("", "Where she is"), ("Two officers", " ")])
def test_a_demand_says_who_came_and_what_they_asked(by_whom, asked):
    fact = DemandFact(DemandKind.OTHER, by_whom, asked)
    assert demands.objections_to_logging(fact) == [demands.NOT_SAID]
