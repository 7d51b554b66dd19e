"""What did people agree to, what left for whom, and what waits for a second person?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accompany.access import queries as access
from accompany.access.actors import Actor
from accompany.access.terms import OrganisationKind, Permission
from accompany.consents.models import (
    OVERRIDE_FIELD,
    REASON_FIELD,
    WITNESS_FIELD,
    WORDS_FIELD,
    Consent,
    Override,
    Referral,
)
from accompany.consents.terms import (
    ConsentSaid,
    Form,
    Given,
    Language,
    Purpose,
    ReferralFact,
    ReferralSaid,
    Way,
    What,
)
from accompany.people import queries as people
from accompany.people.models import Person
from accompany.people.terms import Relation
from accompany.sources.queries import standing
from accompany.sources.terms import Certainty

SPEAK_FOR = frozenset({Relation.MOTHER, Relation.FATHER, Relation.PARENT, Relation.GUARDIAN})
SPOKEN_FOR = frozenset({Relation.CHILD, Relation.IN_CARE_OF})


def own_records(person: UUID, *, seen_by: Actor) -> list[UUID]:
    """The records of a person that the actor's house holds and the actor sees, this one first."""
    found = people.joined_with(person, seen_by=seen_by)
    return [record.pk for record in found if record.holder_id == seen_by.organisation]


def may_give(person: UUID, given_by: UUID) -> bool:
    """Whether somebody is the person, or as the record has it a parent or guardian of theirs."""
    if person == given_by:
        return True
    ties = [one for one in people.ties_said([person]) if one.said.certainty != Certainty.REFUTED]
    return any(
        (one.person, one.relative, one.relation in SPEAK_FOR) == (person, given_by, True)
        or (one.person, one.relative, one.relation in SPOKEN_FOR) == (given_by, person, True)
        for one in ties
    )


def consents(person: UUID, *, seen_by: Actor) -> QuerySet[Consent]:
    """Every consent about a person of the actor's house, withdrawn ones too, the newest first."""
    seen_by.must(Permission.SEE_PERSONS)
    records = own_records(person, seen_by=seen_by)
    every: Any = Consent.objects  # its stubs take it for a manager of statements
    found: QuerySet[Consent] = every.filter(person__in=records).order_by("-id")
    return found


def consent(key: UUID, *, seen_by: Actor) -> Consent | None:
    """A consent that stands, about a person whose record is the house's and the actor's to see."""
    seen_by.must(Permission.SEE_PERSONS)
    found: Consent | None = standing(Consent, None).seen_by(seen_by).filter(pk=key).first()
    return found if found and own_records(found.person_id, seen_by=seen_by) else None


def given_in(found: Iterable[Any]) -> list[Given]:
    """Consents, as far as they decide."""
    return [
        Given(
            one.pk,
            Purpose(one.purpose),
            one.recipient_id,
            what_in(one.what),
            one.since,
            one.expires_on,
        )
        for one in found
    ]


def what_in(written: str) -> frozenset[What]:
    """What of a record leaves, as it is kept: codes parted by commas."""
    return frozenset(What(code) for code in written.split(",") if code)


def consents_said(person: UUID, *, seen_by: Actor) -> list[ConsentSaid]:
    """Every consent about a person, opened, the newest first; withdrawn ones too."""
    found: list[Any] = list(consents(person, seen_by=seen_by))
    sealers = people.sealers_of(one.person_id for one in found)
    return [
        ConsentSaid(
            given=given,
            person=one.person_id,
            given_by=one.given_by_id,
            words=sealers[one.person_id].open_text(one.words, field=WORDS_FIELD, row=one.pk),
            witness=""
            if one.witness is None
            else sealers[one.person_id].open_text(one.witness, field=WITNESS_FIELD, row=one.pk),
            language=Language(one.language),
            form=Form(one.form),
            source=one.source_id,
            withdrawn_in=one.withdrawn_in,
        )
        for one, given in zip(found, given_in(found), strict=True)
    ]


def referrals_said(person: UUID, *, seen_by: Actor) -> list[ReferralSaid]:
    """Every referral of a person, opened, the newest first: the ledger of what left."""
    seen_by.must(Permission.SEE_PERSONS)
    records = own_records(person, seen_by=seen_by)
    stand = standing(Referral, None).filter(person__in=records)
    return _said(stand.select_related("to").order_by("-id"))


def referral(key: UUID, *, seen_by: Actor) -> ReferralSaid | None:
    """One referral of a person whose record is the house's and the actor's to see."""
    seen_by.must(Permission.SEE_PERSONS)
    found = _said(standing(Referral, None).seen_by(seen_by).filter(pk=key).select_related("to"))
    mine = [one for one in found if own_records(one.fact.person, seen_by=seen_by)]
    return mine[0] if mine else None


def _said(found: Iterable[Any]) -> list[ReferralSaid]:
    every = list(found)
    sealers = people.sealers_of(one.person_id for one in every if one.reason)
    return [
        ReferralSaid(
            id=one.pk,
            fact=_fact(one, one.person_id),
            to_name=one.to.name,
            made_on=one.learned_on,
            asked_by=one.asked_by,
            confirmed_by=one.confirmed_by,
            reason=sealers[one.person_id].open_text(one.reason, field=REASON_FIELD, row=one.pk)
            if one.reason
            else None,
            consent=one.consent,
        )
        for one in every
    ]


def _fact(one: Any, person: UUID) -> ReferralFact:
    return ReferralFact(
        person, one.to_id, Purpose(one.purpose), Way(one.way), what_in(one.what), one.until
    )


@dataclass(frozen=True, slots=True)
class OverrideSaid:
    """A referral without consent that waits: what it would be, for what reason, who asked."""

    id: UUID
    fact: ReferralFact
    to_name: str
    reason: str
    by: UUID
    at: datetime


def overrides(*, seen_by: Actor) -> QuerySet[Override]:
    """Every referral without consent that waits and is of a record the actor may refer."""
    seen_by.must(Permission.SEE_PERSONS, Permission.REFER)
    mine = Person.objects.now().seen_by(seen_by).filter(holder=seen_by.organisation)
    found = Override.objects.filter(person__in=mine.values("pk"))
    return found.select_related("to").order_by("at", "id")


def overrides_said(*, seen_by: Actor, of: Iterable[UUID] | None = None) -> list[OverrideSaid]:
    """What waits, opened, oldest first; of these persons, or of everybody."""
    found = overrides(seen_by=seen_by)
    if of is not None:
        found = found.filter(person__in=list(of))
    every: list[Any] = list(found)
    sealers = people.sealers_of(one.person for one in every)
    return [
        OverrideSaid(
            one.pk,
            _fact(one, one.person),
            one.to.name,
            sealers[one.person].open_text(one.reason, field=OVERRIDE_FIELD, row=one.pk),
            one.by,
            one.at,
        )
        for one in every
    ]


def recipients(*, seen_by: Actor) -> list[Any]:
    """Every organisation that may be told something: not our own, and no government agency."""
    found = access.organisations().exclude(kind=OrganisationKind.AGENCY)
    return list(found.exclude(pk=seen_by.organisation))


def agencies() -> set[UUID]:
    """The organisations that are government agencies."""
    found = access.organisations().filter(kind=OrganisationKind.AGENCY)
    return set(found.values_list("pk", flat=True))
