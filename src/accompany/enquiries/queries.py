"""
What was asked of other organisations, and what do they ask of us?

Whoever asks reads questions and answers, and never a match: to them a question that one holder
could answer looks like one that nobody could.
"""

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from accompany.access import sealing
from accompany.access.actors import Actor
from accompany.access.terms import Permission
from accompany.base import clock
from accompany.enquiries import rules
from accompany.enquiries.models import (
    QUESTION_FIELD,
    WORDS_FIELD,
    Enquiry,
    EnquiryAnswer,
    EnquiryMatch,
)
from accompany.enquiries.terms import AnswerFact, AnswerKind, QuestionFact
from accompany.people import queries as people
from accompany.people.models import Person


def asked(*, seen_by: Actor) -> QuerySet[Enquiry]:
    """What the actor's organisation asked the others, newest first."""
    seen_by.must(Permission.ASK_OTHERS)
    return Enquiry.objects.filter(organisation=seen_by.organisation).order_by("-id")


def to_be_ended() -> QuerySet[Enquiry]:
    """Questions that nobody answered in time, oldest first."""
    answered = EnquiryAnswer.objects.filter(enquiry=OuterRef("pk"))
    over = Enquiry.objects.filter(ended_at=None, at__lte=clock.now() - rules.LASTS)
    return over.filter(~Exists(answered)).order_by("id")


def waiting(*, seen_by: Actor) -> QuerySet[Enquiry]:
    """Questions of others that may mean a record of the actor's, not yet decided, oldest first."""
    seen_by.must(Permission.ANSWER_OTHERS)
    matches = undecided(seen_by=seen_by).filter(enquiry=OuterRef("pk"))
    found = Enquiry.objects.filter(Exists(matches)).select_related("organisation")
    return found.order_by("id")


def undecided(*, seen_by: Actor) -> QuerySet[EnquiryMatch]:
    """The matches with records that the actor's organisation holds and they see, not decided."""
    seen_by.must(Permission.ANSWER_OTHERS)
    seen = Person.objects.now().seen_by(seen_by).filter(pk=OuterRef("record"))
    return EnquiryMatch.objects.filter(Exists(seen), holder=seen_by.organisation, decision=None)


def records_meant(enquiry: UUID, *, seen_by: Actor) -> list[Person]:
    """The records of the actor's that a question may mean."""
    matches = undecided(seen_by=seen_by).filter(enquiry=enquiry)
    found = people.standing(matches.values_list("record", flat=True), seen_by=seen_by)
    return sorted(found.values(), key=lambda record: record.pk)


def questions_in(found: Iterable[Enquiry], *, seen_by: Actor) -> dict[UUID, QuestionFact]:
    """The questions that one of the queries above found, opened, by id; without those erased."""
    del seen_by  # the queries above asked
    wanted = list(found)
    sealers = sealing.sealers(one.pk for one in wanted)
    return {one.pk: question_of(one, sealers[one.pk]) for one in wanted if one.pk in sealers}


def question_of(enquiry: Enquiry, by: sealing.Sealer) -> QuestionFact:
    """A question, opened by its sealer."""
    assert enquiry.question is not None  # noqa: S101 - its key would be destroyed too
    told = by.open_text(enquiry.question, field=QUESTION_FIELD, row=enquiry.pk)
    return QuestionFact(*json.loads(told))


def answers_to(found: Iterable[Enquiry], *, seen_by: Actor) -> dict[UUID, list[AnswerFact]]:
    """What was answered to questions of the actor's organisation, opened, by question."""
    own = [one.pk for one in found if one.organisation_id == seen_by.organisation]
    answers: list[Any] = list(
        EnquiryAnswer.objects.filter(enquiry__in=own).select_related("holder").order_by("id")
    )
    sealers = sealing.sealers({one.enquiry_id for one in answers})
    lent = people.standing({one.record for one in answers if one.record}, seen_by=seen_by)
    told: dict[UUID, list[AnswerFact]] = {}
    for one in answers:
        if one.enquiry_id in sealers:
            fact = _answer(one, sealers[one.enquiry_id], lent)
            told.setdefault(one.enquiry_id, []).append(fact)
    return told


def _answer(answer: Any, sealer: sealing.Sealer, lent: dict[UUID, Person]) -> AnswerFact:
    kind = AnswerKind(answer.kind)
    record = lent.get(answer.record) if answer.record else None
    return AnswerFact(
        kind=kind,
        words=sealer.open_text(answer.words, field=WORDS_FIELD, row=answer.pk),
        who=None if kind is AnswerKind.WORDS else answer.holder.name,
        code=None if record is None else record.code,
    )
