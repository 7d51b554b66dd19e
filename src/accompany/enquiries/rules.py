"""May it be asked, may it be so answered, and is this whom they ask about?"""

from collections.abc import Iterable
from datetime import timedelta

from accompany.base.refusal import Objection
from accompany.enquiries.terms import AnswerKind, QuestionFact

NEAR = 0.7  # of the score of a name that is the same
YEARS_APART = 2  # years of birth are told wrongly by one or two
LASTS = timedelta(days=90)
"""How long a question waits for a first answer; then it ends, and its words are destroyed."""

NOBODY_MEANT = Objection(
    "enquiries.nobody-meant",
    "The question names nobody: there is neither a name nor an A-number in it.",
    "Give a given name with a family name, or the A-number.",
)
NOT_SAID_WHY = Objection(
    "enquiries.not-said-why",
    "It is not said why you ask, and nobody answers without knowing that.",
    "Say in a sentence who looks for them, and what for.",
)
NO_WORDS = Objection(
    "enquiries.no-words",
    "The answer has no words.",
    "Say what they may know, or how they reach you.",
)
NOT_ONE_RECORD = Objection(
    "enquiries.not-one-record",
    "It is not said which record is lent.",
    "Choose one of those that may be meant.",
)
DECIDED_ALREADY = Objection(
    "enquiries.decided-already",
    "Somebody decided on this question meanwhile, and nothing was sent.",
    "Look at the questions that still wait.",
)


def objections_to_asking(question: QuestionFact) -> list[Objection]:
    """What stands against passing a question on."""
    objections = []
    is_named = bool(question.given.strip() and question.family.strip())
    if not is_named and question.a_number is None:
        objections.append(NOBODY_MEANT)
    if not question.why.strip():
        objections.append(NOT_SAID_WHY)
    return objections


def objections_to_answering(kind: AnswerKind, words: str, *, has_record: bool) -> list[Objection]:
    """What stands against sending an answer."""
    objections = []
    if kind is not AnswerKind.LEND and not words.strip():
        objections.append(NO_WORDS)
    if kind is AnswerKind.LEND and not has_record:
        objections.append(NOT_ONE_RECORD)
    return objections


def may_be_born(asked: int | None, told: Iterable[int]) -> bool:
    """Whether a year of birth that was asked for goes with those that were told; unknown goes."""
    years = list(told)
    return asked is None or not years or any(abs(asked - year) <= YEARS_APART for year in years)
