"""
Everything that changes what people agreed to, and everything that leaves for other organisations.

A referral looks for the consent in its own transaction. Without consent it waits for a second
person. What left is kept in codes, never the content.
"""

from typing import Any
from uuid import UUID

from django.db import transaction

from accompany.access import actions as access_actions
from accompany.access import queries as access
from accompany.access import sealing, trail
from accompany.access.actors import Actor
from accompany.access.terms import LentFor, Permission, Ref
from accompany.base import clock
from accompany.base.ids import uuid7
from accompany.base.refusal import Refused, refuse_if
from accompany.consents import queries, rules
from accompany.consents.models import (
    OVERRIDE_FIELD,
    REASON_FIELD,
    WITNESS_FIELD,
    WORDS_FIELD,
    Consent,
    Override,
    Referral,
)
from accompany.consents.terms import ConsentFact, Event, ReferralFact, Way, What
from accompany.people import queries as people
from accompany.sources import actions as sources
from accompany.sources.actions import Ready, head
from accompany.sources.queries import standing
from accompany.sources.terms import How, TellingFact


def record_consent(fact: ConsentFact, *, told: TellingFact, by: Actor) -> UUID:
    """
    Record what a person, or who speaks for them, agreed to. Raises Refused with every objection.

    Raises Person.DoesNotExist if the record is not the house's.
    """
    by.must(Permission.RECORD)
    people.must_hold([fact.person], by)
    people.must_see([fact.given_by], by)
    may_give = queries.may_give(fact.person, fact.given_by)
    objections = rules.objections_to_consent(fact, may_give=may_give)
    refuse_if([*objections, *rules.objections_to_recipient(fact.recipient, queries.agencies())])
    about = list(dict.fromkeys([Ref("person", fact.person), Ref("person", fact.given_by)]))
    with sources.telling(Event.CONSENT_RECORDED, told, by=by, about=about) as (source, change):
        row = head(source)
        sealer = sealing.sealers_for("person", [fact.person])[fact.person]
        words = sealer.seal(fact.words.strip(), field=WORDS_FIELD, row=row[0])
        witness = (
            sealer.seal(fact.witness.strip(), field=WITNESS_FIELD, row=row[0])
            if fact.witness.strip()
            else None
        )
        consent = (
            *row,
            fact.person,
            fact.given_by,
            fact.purpose.value,
            fact.recipient,
            _codes(fact.what),
            words,
            fact.language.value,
            fact.form.value,
            witness,
            fact.since,
            fact.expires_on,
        )
        sources.store([Ready.of(Consent, [consent])], change)
    key: UUID = row[0]
    return key


def withdraw_consent(*, consent: UUID, reason: str, told: TellingFact, by: Actor) -> None:
    """
    Withdraw a consent, as somebody told; what was lent by it ends at once. Raises Refused.

    Raises Consent.DoesNotExist if it is not there for this actor.
    """
    by.must(Permission.RECORD)
    found = queries.consent(consent, seen_by=by)
    if found is None:
        raise Consent.DoesNotExist
    refuse_if([] if reason.strip() else [sources.REASON_MISSING])
    about = [Ref("person", found.person_id)]
    with trail.change(Event.CONSENT_WITHDRAWN, by=by, about=about, reason=reason) as change:
        sources.tell(told, change=change)
        sources.withdraw(Consent.objects.filter(pk=consent), change, expected=1)
        resting = standing(Referral, None).filter(consent=consent, way=Way.LENT)
        for one in resting.values("person", "to"):
            for record in queries.own_records(one["person"], seen_by=by):
                access_actions.end_referral(record=record, to=one["to"], by=by)


def refer(fact: ReferralFact, *, by: Actor) -> UUID:
    """
    Refer a person to another organisation by their consent; what left is on record then.

    Raises Refused where no consent covers recipient, purpose, day and all that would leave, and
    Person.DoesNotExist if the record is not the house's.
    """
    by.must(Permission.SEE_PERSONS, Permission.REFER)
    with transaction.atomic():
        people.must_hold([fact.person], by)
        objections = _objections(fact, by)
        # Locked until the end: a withdrawal waits, and then ends what is lent here.
        found = queries.consents(fact.person, seen_by=by).filter(withdrawn_in=None)
        given = queries.given_in(found.select_for_update())
        today = clock.today()
        refuse_if([*objections, *rules.objections_by_consent(given, fact, today)])
        consent = next(one.id for one in given if rules.covers(one, fact, today))
        return _refer(fact, Event.REFERRED, by=by, consent=consent)


def _objections(fact: ReferralFact, by: Actor) -> list[Any]:
    return rules.objections_to_referral(
        fact,
        own=by.organisation,
        holders=set(access.holders(seen_by=by).values_list("pk", flat=True)),
        agencies=queries.agencies(),
        day=clock.today(),
    )


def _refer(
    fact: ReferralFact,
    event: Event,
    *,
    by: Actor,
    consent: UUID | None = None,
    asked_by: UUID | None = None,
    reason: str | None = None,
) -> UUID:
    """Put a referral on record and let them see, as part of one transaction; the referral's id."""
    told = TellingFact(How.SEEN, clock.today(), organisation=by.organisation)
    what = rules.leaves(fact)
    about, counts = [Ref("person", fact.person)], {"categories": len(what)}
    with trail.change(event, by=by, about=about, counts=counts) as change:
        row = head(sources.tell(told, change=change))
        sealer = sealing.sealers_for("person", [fact.person])[fact.person]
        sealed = reason and sealer.seal(reason, field=REASON_FIELD, row=row[0])
        referral = (
            *row,
            fact.person,
            fact.to,
            fact.purpose.value,
            fact.way.value,
            _codes(what),
            fact.until,
            consent,
            sealed,
            asked_by or by.user,
            by.user if asked_by else None,
        )
        sources.store([Ready.of(Referral, [referral])], change)
        if fact.way is Way.LENT and fact.until is not None:
            for record in queries.own_records(fact.person, seen_by=by):
                access_actions.lend(
                    record=record,
                    to=fact.to,
                    until=clock.end_of_day(fact.until),
                    by=by,
                    kind=LentFor.REFERRAL,
                )
    key: UUID = row[0]
    return key


def ask_without_consent(fact: ReferralFact, *, reason: str, by: Actor) -> None:
    """
    Ask that a person be referred without consent; nothing leaves until another person confirms it.

    Raises Refused without a reason, and where consent covers it.
    """
    by.must(Permission.SEE_PERSONS, Permission.REFER)
    with transaction.atomic():
        people.must_hold([fact.person], by)
        objections = _objections(fact, by)
        if not reason.strip():
            objections.append(rules.REASON_MISSING)
        found = queries.consents(fact.person, seen_by=by).filter(withdrawn_in=None)
        given = queries.given_in(found)
        if not rules.objections_by_consent(given, fact, clock.today()):
            objections.append(rules.CONSENT_IS_THERE)
        refuse_if(objections)
        assert by.user is not None  # noqa: S101 - whoever asks is somebody
        asked = Override(
            id=uuid7(),
            person=fact.person,
            to_id=fact.to,
            purpose=fact.purpose,
            way=fact.way,
            what=_codes(rules.leaves(fact)),
            until=fact.until,
            by=by.user,
            at=clock.now(),
        )
        with trail.change(Event.OVERRIDE_ASKED, by=by, about=[Ref("person", fact.person)]):
            sealer = sealing.sealers_for("person", [fact.person])[fact.person]
            asked.reason = sealer.seal(reason.strip(), field=OVERRIDE_FIELD, row=asked.pk)
            asked.save(force_insert=True)


def confirm_without_consent(*, override: UUID, by: Actor) -> UUID:
    """
    Refer a person without consent, as somebody else asked; the referral's id.

    Raises Refused for whoever asked, or if it was decided on meanwhile.
    """
    by.must(Permission.SEE_PERSONS, Permission.REFER)
    with transaction.atomic():
        asked = _waiting(override, by)
        (said,) = [one for one in queries.overrides_said(seen_by=by) if one.id == override]
        confirming = rules.objections_to_confirming(asked.by, by.user)
        refuse_if([*confirming, *_objections(said.fact, by)])
        made = _refer(
            said.fact, Event.REFERRED_WITHOUT, by=by, asked_by=said.by, reason=said.reason
        )
        asked.delete()
    return made


def drop_without_consent(*, override: UUID, by: Actor) -> None:
    """Do not refer a person without consent. Raises Refused if it was decided on meanwhile."""
    by.must(Permission.SEE_PERSONS, Permission.REFER)
    with transaction.atomic():
        asked = _waiting(override, by)
        with trail.change(Event.OVERRIDE_DROPPED, by=by, about=[Ref("person", asked.person)]):
            asked.delete()


def _waiting(override: UUID, by: Actor) -> Override:
    found = queries.overrides(seen_by=by).filter(pk=override)
    asked = Override.objects.select_for_update().filter(pk__in=found.values("pk")).first()
    if asked is None:
        raise Refused([rules.DECIDED_ALREADY])
    return asked


def _codes(what: frozenset[What]) -> str:
    return ",".join(one.value for one in What if one in what)
