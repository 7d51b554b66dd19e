"""
May something leave this record for another organisation?

Plain values in, plain answers out: no database, no clock, no settings.
"""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from accompany.base.refusal import Objection
from accompany.consents.terms import ConsentFact, Form, Given, ReferralFact, Way, What

TEXT_MISSING = Objection(
    "consents.text-missing",
    "The text that was read to them is missing, and without it nobody can say what they agreed to.",
    "Copy the whole text, as it was read.",
)
WITNESS_MISSING = Objection(
    "consents.witness-missing",
    "A spoken consent has a witness, and none is named.",
    "Say who heard it.",
)
NOTHING_COVERED = Objection(
    "consents.nothing-covered",
    "It is not said what they agreed that others be told.",
    "Choose at least one thing.",
)
EXPIRES_TOO_SOON = Objection(
    "consents.expires-too-soon",
    "The consent would be over before it begins.",
    "Give a later day.",
)
NOT_THEIRS_TO_GIVE = Objection(
    "consents.not-theirs-to-give",
    "Whoever gave it is neither the person nor, as the record has it, a parent or guardian.",
    "Record the tie first, or ask the person or who speaks for them.",
)
NOT_TO_AN_AGENCY = Objection(
    "consents.not-to-an-agency",
    "Nothing leaves this record for a government agency by a consent or a referral.",
    "If an agency or a court demands something, log it under Demands and ask counsel.",
)
NOT_TO_THEM = Objection(
    "consents.not-to-them",
    "The person has not agreed that this organisation be told of them.",
    "Ask the person. If that cannot be, ask for it without consent: another person decides.",
)
NOT_FOR_THAT = Objection(
    "consents.not-for-that",
    "The person has agreed that this organisation be told of them, but not for this purpose.",
    "Ask the person. If that cannot be, ask for it without consent: another person decides.",
)
NOT_ON_THE_DAY = Objection(
    "consents.not-on-the-day",
    "The person’s consent is over, or has not begun.",
    "Ask the person again. If that cannot be, ask for it without consent: another person decides.",
)
NOT_ALL_OF_IT = Objection(
    "consents.not-all-of-it",
    "The person has agreed to less than would leave. What is lent is lent whole.",
    "Choose less, or have a file made of what they agreed to.",
)
LENT_TOO_LONG = Objection(
    "consents.lent-too-long",
    "The record would be lent for longer than the person agreed to.",
    "Choose a day on which the consent still holds.",
)
NO_LAST_DAY = Objection(
    "consents.no-last-day",
    "It is not said until when the record is lent, or that day is over.",
    "Choose the last day, today or later.",
)
NOTHING_LEAVES = Objection(
    "consents.nothing-leaves",
    "It is not said what leaves the record.",
    "Choose at least one thing.",
)
NOT_HERE = Objection(
    "consents.not-here",
    "This organisation keeps no records here, so nothing can be lent to it.",
    "Have a file made, or tell them.",
)
TO_OURSELVES = Objection(
    "consents.to-ourselves",
    "The record is your own organisation’s already.",
    "Choose another organisation.",
)
REASON_MISSING = Objection(
    "consents.reason-missing",
    "Without consent nothing leaves but for a reason that a second person can weigh.",
    "Say in a sentence why it cannot wait, and why the person could not be asked.",
)
CONSENT_IS_THERE = Objection(
    "consents.consent-is-there",
    "The person’s consent covers this, so that no second person is needed.",
    "Refer them by their consent.",
)
SECOND_PERSON = Objection(
    "consents.second-person",
    "Nobody refers anyone without consent alone: who asked for it does not confirm it.",
    "Ask another person who may refer to look at it, and to confirm or drop it.",
)
DECIDED_ALREADY = Objection(
    "consents.decided-already",
    "Somebody decided on this meanwhile, and nothing was changed.",
    "Look at the list of what still waits.",
)
NO_FILE_OF_IT = Objection(
    "consents.no-file-of-it",
    "There is no file to be made of this referral: the record was lent, or they were told.",
    "Refer the person anew, by a file, if they agree to that.",
)
CANNOT_LEAVE = Objection(
    "consents.cannot-leave",
    "Something was asked for that no file for others can hold. The attempt is in the trail.",
    "Choose from what the page offers. Privileged notes are read here, by those whose they are.",
)
CONSENT_OVER = Objection(
    "consents.consent-over",
    "The consent on which this referral rests does not hold today.",
    "Ask the person again, and refer them anew.",
)


def objections_to_consent(fact: ConsentFact, *, may_give: bool) -> list[Objection]:
    """Every reason why a consent may not be recorded; `may_give`: as person, parent or guardian."""
    objections = []
    if not fact.words.strip():
        objections.append(TEXT_MISSING)
    if fact.form is Form.SPOKEN and not fact.witness.strip():
        objections.append(WITNESS_MISSING)
    if not fact.what:
        objections.append(NOTHING_COVERED)
    if fact.expires_on <= fact.since:
        objections.append(EXPIRES_TOO_SOON)
    if not may_give:
        objections.append(NOT_THEIRS_TO_GIVE)
    return objections


def leaves(referral: ReferralFact) -> frozenset[What]:
    """What leaves by a referral: of what is lent, everything."""
    return frozenset(What) if referral.way is Way.LENT else referral.what


def holds(consent: Given, day: date) -> bool:
    """Whether a consent that was not withdrawn holds on a day."""
    return consent.since <= day < consent.expires_on


def covers(consent: Given, referral: ReferralFact, day: date) -> bool:
    """Whether one consent covers a referral on a day: recipient, purpose, time and all of it."""
    return not objections_by_consent([consent], referral, day)


def objections_by_consent(
    consents: Iterable[Given], referral: ReferralFact, day: date
) -> list[Objection]:
    """What of the consent is missing for a referral; nothing where one consent covers it whole."""
    to_them = [one for one in consents if one.recipient == referral.to]
    for_that = [one for one in to_them if one.purpose is referral.purpose]
    today = [one for one in for_that if holds(one, day)]
    whole = [one for one in today if leaves(referral) <= one.what]
    until = referral.until if referral.way is Way.LENT else None
    in_time = [one for one in whole if until is None or until < one.expires_on]
    steps = (
        (to_them, NOT_TO_THEM),
        (for_that, NOT_FOR_THAT),
        (today, NOT_ON_THE_DAY),
        (whole, NOT_ALL_OF_IT),
        (in_time, LENT_TOO_LONG),
    )
    return next(([objection] for found, objection in steps if not found), [])


def objections_to_recipient(recipient: UUID | None, agencies: Collection[UUID]) -> list[Objection]:
    """What stands against whom a consent or a referral names."""
    return [NOT_TO_AN_AGENCY] if recipient in agencies else []


def objections_to_referral(
    referral: ReferralFact,
    *,
    own: UUID,
    holders: Collection[UUID],
    agencies: Collection[UUID],
    day: date,
) -> list[Objection]:
    """What stands against a referral, whether or not the person agreed to it."""
    objections = objections_to_recipient(referral.to, agencies)
    if referral.to == own:
        objections.append(TO_OURSELVES)
    if referral.way is Way.LENT and referral.to not in holders and not objections:
        objections.append(NOT_HERE)
    if referral.way is Way.LENT and (referral.until is None or referral.until < day):
        objections.append(NO_LAST_DAY)
    if not leaves(referral):
        objections.append(NOTHING_LEAVES)
    return objections


def objections_to_confirming(asked_by: UUID, by: UUID | None) -> list[Objection]:
    """What stands against this user confirming a referral without consent."""
    return [SECOND_PERSON] if by is None or by == asked_by else []
