"""The words of custody: who has a person, how a stay ends, why a separation was said to be made."""

from dataclasses import dataclass, field
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from accompany.base.dates import When
from accompany.base.ids import uuid7
from accompany.sources.terms import Certainty


class Custodian(models.TextChoices):
    """Who has a person."""

    CBP = "cbp", _("CBP")
    ICE = "ice", _("ICE")
    DHS = "dhs", _("DHS, part not told")
    ORR = "orr", _("ORR")
    USMS = "usms", _("US Marshals")
    BOP = "bop", _("Bureau of Prisons")
    LOCAL = "local", _("a state or local authority")
    FAMILY = "family", _("family")
    SPONSOR = "sponsor", _("a sponsor")
    OWN_CARE = "own_care", _("in their own care")
    OTHER = "other", _("somebody else")
    UNKNOWN = "unknown", _("not known")


GOVERNMENT = frozenset(
    {
        Custodian.CBP,
        Custodian.ICE,
        Custodian.DHS,
        Custodian.ORR,
        Custodian.USMS,
        Custodian.BOP,
        Custodian.LOCAL,
    }
)


class Departure(models.TextChoices):
    """How a stay ended."""

    TRANSFERRED = "transferred", _("transferred")
    REUNIFIED = "reunified", _("discharged to the separated parent")
    DISCHARGED_OTHERWISE = "discharged-otherwise", _("discharged under other circumstances")
    RELEASED = "released", _("released")
    REMOVED = "removed", _("removed from the United States")
    TURNED_18 = "turned-18", _("turned 18")
    NOT_TOLD = "not-told", _("ended, how is not told")


LEAVES_OPEN = frozenset({None, Departure.TRANSFERRED, Departure.NOT_TOLD, Departure.TURNED_18})
"""
Ends of a stay that do not say into whose care, or out of whose, the person went. Who turned 18 is
no longer ORR's to keep: that is why the stay ended, and not where they are.
"""


class HandOverKind(models.TextChoices):
    """A step in which one custodian passes a person to another."""

    REFERRED = "referred", _("referred")
    APPROVED = "approved", _("placement approved")
    TRANSFERRED = "transferred", _("transferred")


class Cause(models.TextChoices):
    """Why a separation was said to be made; coded beside the source's own words."""

    ZERO_TOLERANCE = "zero-tolerance", _("zero tolerance policy")
    CRIMINAL_HISTORY = "criminal-history", _("criminal history of the parent")
    GANG = "gang", _("gang or cartel affiliation said of the parent")
    PROSECUTION = "prosecution", _("prosecution for an immigration offence")
    HEALTH = "health", _("health of the parent")
    TIE_UNVERIFIED = "tie-unverified", _("family tie not verified")
    CHILD_SAFETY = "child-safety", _("safety of the child")
    OTHER = "other", _("other")
    NOT_STATED = "not-stated", _("not stated by the source")


class SeparatedFrom(models.TextChoices):
    """From whom a child was taken. Counted apart, never added."""

    PARENT = "parent", _("a parent or legal guardian")
    CAREGIVER = "caregiver", _("another caregiver")


class ReunifiedWith(models.TextChoices):
    """With whom a person was brought together."""

    SEPARATED_PARENT = "separated-parent", _("the parent they were separated from")
    ANOTHER = "another", _("another relative")


class QuestionKind(models.TextChoices):
    """What a line of stays leaves open."""

    NOBODY_SAYS = "stays.nobody-says", _("Nobody says where they are now")
    GAP = "stays.gap", _("Nobody says who had them")
    OVERLAP = "stays.overlap", _("Two sources or two stays disagree on who had them")
    IMPOSSIBLE_ORDER = "stays.impossible-order", _("The order of the days is not possible")
    UNKNOWN_CUSTODIAN = "stays.unknown-custodian", _("The custodian is not known")


class Event(models.TextChoices):
    """What an entry of the trail says happened, where `custody` did it."""

    STAYS_RECORDED = "custody.stays-recorded", _("Stays were recorded")
    EVENTS_RECORDED = "custody.events-recorded", _("Apprehensions or hand-overs were recorded")
    SEPARATIONS_RECORDED = "custody.separations-recorded", _("Separations were recorded")
    REUNIFICATIONS_RECORDED = "custody.reunifications-recorded", _("Reunifications were recorded")


# Facts of custody are not frozen: a list brings them by the million, and a frozen one takes four
# times as long to make. Nobody changes one.


@dataclass(slots=True)
class ApprehensionFact:
    """That an agency took a person into custody."""

    person: UUID
    agency: Custodian
    on: When | None
    place: UUID | None = None
    row: UUID | None = None
    id: UUID = field(default_factory=uuid7)


@dataclass(slots=True)
class HandOverFact:
    """That a person was referred, approved or transferred from one custodian to another."""

    person: UUID
    kind: HandOverKind
    giver: Custodian
    taker: Custodian
    on: When | None
    place: UUID | None = None
    row: UUID | None = None
    id: UUID = field(default_factory=uuid7)


@dataclass(slots=True)
class StayFact:
    """
    One unbroken time with one custodian in one place.

    `ended` None: no end was told. `words` (an address, "with her aunt") are kept sealed.
    """

    person: UUID
    custodian: Custodian
    began: When | None
    ended: When | None = None
    ended_by: Departure | None = None
    place: UUID | None = None
    words: str | None = None
    row: UUID | None = None
    certainty: Certainty | None = None
    id: UUID = field(default_factory=uuid7)


@dataclass(slots=True)
class SeparationFact:
    """
    That an authority took a child from a parent or caregiver.

    `event` is the same for all whom one act separated; `adult` is a record, if one is known;
    `words` are the cause as the source has it, kept sealed.
    """

    child: UUID
    event: UUID
    actor: Custodian
    on: When | None
    cause: Cause
    taken_from: SeparatedFrom = SeparatedFrom.PARENT
    adult: UUID | None = None
    place: UUID | None = None
    words: str | None = None
    row: UUID | None = None


@dataclass(slots=True)
class ReunificationFact:
    """That a child and an adult were brought together; `words` are kept sealed."""

    child: UUID
    event: UUID
    united_with: ReunifiedWith
    on: When | None
    adult: UUID | None = None
    place: UUID | None = None
    words: str | None = None
    row: UUID | None = None
