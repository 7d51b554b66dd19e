"""
Everything that changes enquiries: asking, finding whom a question may mean, deciding on it.

Whether a question meets a record of somebody's is found by a job afterwards, so that asking takes
the same work and gets the same answer whoever holds what.
"""

import json
import threading
from dataclasses import astuple
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django_tasks import task

from accompany.access import sealing, trail
from accompany.access.actors import Actor
from accompany.access.terms import Permission, Ref
from accompany.base import clock
from accompany.base.ids import uuid7
from accompany.base.refusal import Refused, refuse_if
from accompany.enquiries import queries, rules
from accompany.enquiries.models import (
    QUESTION_FIELD,
    WORDS_FIELD,
    Enquiry,
    EnquiryAnswer,
    EnquiryMatch,
)
from accompany.enquiries.terms import AnswerKind, Decision, Event, QuestionFact
from accompany.people import actions as people_actions
from accompany.people import queries as people
from accompany.people import search
from accompany.people.models import Birth, Person
from accompany.people.terms import IdentifierKind
from accompany.sources.queries import standing as statements

MOST = 50  # records that one question may mean
LENT_FOR = timedelta(hours=10)
_PAUSE = 1.0  # seconds, while names are being read


def ask(question: QuestionFact, *, by: Actor) -> Enquiry:
    """Pass a question on to every other organisation. Raises Refused if it names nobody."""
    by.must(Permission.SEE_PERSONS, Permission.ASK_OTHERS)
    refuse_if(rules.objections_to_asking(question))
    assert by.user is not None  # noqa: S101 - whoever asks is somebody
    enquiry = Enquiry(id=uuid7(), organisation_id=by.organisation, by=by.user, at=clock.now())
    with trail.change(Event.ASKED, by=by, about=[Ref("enquiry", enquiry.pk)]):
        sealer = sealing.new_sealers("enquiry", [enquiry.pk])[enquiry.pk]
        told = json.dumps(astuple(question), ensure_ascii=False)
        enquiry.question = sealer.seal(told, field=QUESTION_FIELD, row=enquiry.pk)
        enquiry.save(force_insert=True)
        match.enqueue(enquiry.pk.hex)
    return enquiry


@task()
def match(key: str) -> None:
    """Find the records of other organisations that a question may mean; done twice, done once."""
    enquiry = Enquiry.objects.filter(pk=UUID(key)).first()
    sealer = None if enquiry is None else sealing.sealers([enquiry.pk]).get(enquiry.pk)
    if enquiry is None or sealer is None:
        return
    meant = _meant(queries.question_of(enquiry, by=sealer), enquiry.organisation_id)
    EnquiryMatch.objects.bulk_create(
        [
            EnquiryMatch(enquiry=enquiry, record=record, holder_id=holder)
            for record, holder in meant.items()
        ],
        ignore_conflicts=True,
    )


def _meant(question: QuestionFact, asker: UUID) -> dict[UUID, UUID]:
    """The holders of records, by record, that a question may mean and the asker does not hold."""
    near = set(_bearers(question)) | set(_named(question))
    found = Person.objects.now().filter(pk__in=near).exclude(holder=asker)
    return dict(found.values_list("pk", "holder"))


def _bearers(question: QuestionFact) -> list[UUID]:
    if question.a_number is None:
        return []
    found = people.bearers_of(IdentifierKind.A_NUMBER, question.a_number)
    return list(found.values_list("pk", flat=True))


def _named(question: QuestionFact) -> list[UUID]:
    if not question.name:
        return []
    pause = threading.Event()
    while (near := search.nearest(question.name, limit=MOST)) is None:
        pause.wait(_PAUSE)
    named = [person for person, score in near.items() if score >= rules.NEAR]
    years: dict[UUID, list[int]] = {}
    births = statements(Birth, None).filter(person__in=named, year__isnull=False)
    for person, year in births.values_list("person", "year"):
        years.setdefault(person, []).append(year)
    return [one for one in named if rules.may_be_born(question.born, years.get(one, ()))]


def answer(
    *,
    enquiry: UUID,
    kind: AnswerKind,
    words: str,
    by: Actor,
    record: UUID | None = None,
    lent_for: timedelta = LENT_FOR,
) -> None:
    """
    Answer a question of another organisation, in words, by name, or by lending a record for hours.

    Raises Refused; Person.DoesNotExist for a record that it does not mean.
    """
    by.must(Permission.ANSWER_OTHERS)
    assert by.user is not None  # noqa: S101 - whoever decides is somebody
    refuse_if(rules.objections_to_answering(kind, words, has_record=record is not None))
    with transaction.atomic():
        asked = _decide(enquiry, Decision.ANSWERED, by, record=record)
        made = EnquiryAnswer(
            id=uuid7(),
            enquiry=asked,
            holder_id=by.organisation,
            by=by.user,
            at=clock.now(),
            kind=kind,
            record=record if kind is AnswerKind.LEND else None,
        )
        sealer = sealing.sealers([asked.pk])[asked.pk]
        made.words = sealer.seal(words.strip(), field=WORDS_FIELD, row=made.pk)
        made.save(force_insert=True)
        if kind is AnswerKind.LEND and record is not None:
            people_actions.lend(
                person=record,
                to=asked.organisation_id,
                until=clock.now() + lent_for,
                by=by,
            )


def leave(*, enquiry: UUID, by: Actor) -> None:
    """Do not answer a question: whoever asked learns nothing of it. Raises Refused."""
    by.must(Permission.ANSWER_OTHERS)
    with transaction.atomic():
        _decide(enquiry, Decision.LEFT, by)


def end_unanswered(*, by: Actor) -> int:
    """
    End the questions that nobody answered in time, and destroy their words; how many.

    Whom they may have meant is forgotten too. To whoever asked one that nobody could answer ends
    like one that nobody wanted to.
    """
    by.must(Permission.OPERATE)
    return sum(_end(key, by) for key in queries.to_be_ended().values_list("pk", flat=True))


@transaction.atomic
def _end(key: UUID, by: Actor) -> bool:
    # Who is answering it holds these until the answer is there to be seen.
    list(EnquiryMatch.objects.select_for_update().filter(enquiry=key))
    enquiry = queries.to_be_ended().filter(pk=key).first()
    if enquiry is None:
        return False
    with trail.change(Event.ENDED, by=by, about=[Ref("enquiry", key)]):
        EnquiryMatch.objects.filter(enquiry=key).delete()
        sealing.destroy([key])
        enquiry.question, enquiry.ended_at = None, clock.now()
        enquiry.save(update_fields=["question", "ended_at"])
    return True


def _decide(enquiry: UUID, decision: Decision, by: Actor, *, record: UUID | None = None) -> Enquiry:
    """Note what was decided, for the records that this actor sees. Raises Refused if it was."""
    matches = queries.undecided(seen_by=by).filter(enquiry=enquiry)
    locked = list(EnquiryMatch.objects.select_for_update().filter(pk__in=matches.values("pk")))
    if not locked:
        raise Refused([rules.DECIDED_ALREADY])
    if record is not None and record not in {one.record for one in locked}:
        raise Person.DoesNotExist
    about = [Ref("enquiry", enquiry), *(Ref("person", one.record) for one in locked)]
    with trail.change(Event.DECIDED, by=by, about=about):
        EnquiryMatch.objects.filter(pk__in=[one.pk for one in locked]).update(
            decision=decision, by=by.user
        )
    return Enquiry.objects.get(pk=enquiry)
