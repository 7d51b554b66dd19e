"""
May something be given to who demands it?

Plain values in, plain answers out: no database, no clock, no settings.
"""

from collections.abc import Collection
from datetime import date

from accompany.base.refusal import Objection
from accompany.demands.terms import Decision, DemandFact, DemandKind, Finding, Left

SIGNED_BY_A_JUDGE: dict[DemandKind, bool] = {
    DemandKind.WARRANT_JUDICIAL: True,
    DemandKind.COURT_ORDER: True,
    DemandKind.WARRANT_ADMINISTRATIVE: False,
    DemandKind.SUBPOENA_ADMINISTRATIVE: False,
    DemandKind.SUBPOENA_COURT: False,
    DemandKind.AGENCY_REQUEST: False,
    DemandKind.POLICE_REQUEST: False,
    DemandKind.OTHER: False,
}
"""
Which papers can compel. A warrant or subpoena that an officer of an agency signed is enforced by a
court alone (NWIRP 2017 and 2025, NY AG 2025); a court's subpoena that no judge signed can be
objected to. When a judge then orders it, that order is a demand of its own.
"""

NOT_SAID = Objection(
    "demands.not-said",
    "It is not said who came, or what they asked.",
    "Write both down, as they said it.",
)
ANSWER_MISSING = Objection(
    "demands.answer-missing",
    "Counsel’s answer is empty, and whoever stands at the door needs it in words.",
    "Write what is to be done.",
)
WORDS_ERASED = Objection(
    "demands.words-erased",
    "The words of this demand were erased with a person whom it was about, and so would an answer "
    "be: nothing was recorded.",
    "If it asks of others too, log it again from the paper; else record what was done.",
)
COUNSEL_NOT_YET = Objection(
    "demands.counsel-not-yet",
    "Nothing may be given before counsel has answered, and then only what counsel says.",
    "Ask counsel, and wait.",
)
NO_JUDGE = Objection(
    "demands.no-judge",
    "No judge ordered it: a paper that an officer signed, or a request, compels nobody.",
    "Give nothing. If a judge orders it later, log that order as a demand of its own.",
)
COUNSEL_SAYS_NO = Objection(
    "demands.counsel-says-no",
    "Counsel has not said that this compels us.",
    "Give nothing, and ask counsel again if something has changed.",
)
CANNOT_COMPEL = Objection(
    "demands.cannot-compel",
    "This was logged as something that no judge signed, so that it cannot compel.",
    "If it is a judge’s order after all, log it anew as that.",
)
LEFT_NOT_SAID = Objection(
    "demands.left-not-said",
    "It is not said what left.",
    "Choose at least one thing, as the order names it.",
)
LEFT_BUT_NOTHING = Objection(
    "demands.left-but-nothing",
    "Something is said to have left, and yet nothing to have been given.",
    "Say which of the two it was.",
)
DAY_BEFORE = Objection(
    "demands.day-before",
    "This day comes before the one on which the demand was received.",
    "Read the days again.",
)


def objections_to_logging(fact: DemandFact) -> list[Objection]:
    """What stands against logging a demand; whatever else is not known may stay open."""
    return [] if fact.by_whom.strip() and fact.asked.strip() else [NOT_SAID]


def objections_to_advising(
    kind: DemandKind, finding: Finding, words: str, *, received_on: date, asked_on: date, on: date
) -> list[Objection]:
    """What stands against counsel's answer."""
    objections = [] if words.strip() else [ANSWER_MISSING]
    if finding is Finding.COMPELS and not SIGNED_BY_A_JUDGE[kind]:
        objections.append(CANNOT_COMPEL)
    if not received_on <= asked_on <= on:
        objections.append(DAY_BEFORE)
    return objections


def objections_to_deciding(
    kind: DemandKind, finding: Finding | None, decision: Decision, left: Collection[Left]
) -> list[Objection]:
    """
    What stands against marking a demand as dealt with.

    Nothing is marked as given without counsel's answer and a judge's order; that nothing was given
    may be said at once.
    """
    if decision is not Decision.DISCLOSED:
        return [LEFT_BUT_NOTHING] if left else []
    objections = [] if SIGNED_BY_A_JUDGE[kind] else [NO_JUDGE]
    if finding is None:
        objections.append(COUNSEL_NOT_YET)
    elif finding is not Finding.COMPELS:
        objections.append(COUNSEL_SAYS_NO)
    if not left:
        objections.append(LEFT_NOT_SAID)
    return objections
