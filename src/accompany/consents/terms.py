"""The words of consent: to what, for what, how given; and how something leaves by a referral."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _


class Purpose(models.TextChoices):
    """What somebody agrees that others be told of them for. Consent holds for one, and no other."""

    FINDING_FAMILY = "finding-family", _("Finding and rejoining the family")
    LEGAL_HELP = "legal-help", _("Legal help")
    HEALTH = "health", _("Health care")
    HOUSING = "housing", _("A place to live")
    SCHOOL = "school", _("School")
    DAILY_HELP = "daily-help", _("Help with daily life")
    TESTIMONY = "testimony", _("Telling the public or a court what happened")


class What(models.TextChoices):
    """What of a record can leave it. Privileged notes are none of these."""

    NAMES = "names", _("Names")
    NUMBERS = "numbers", _("Numbers that agencies gave")
    BIRTH = "birth", _("Birth, sex and nationality")
    TIES = "ties", _("Ties to relatives, without the relatives’ names")
    STAYS = "stays", _("Who has had them, and where")
    SEPARATIONS = "separations", _("Separations and reunifications")


class Form(models.TextChoices):
    """How a consent was given."""

    SIGNED = "signed", _("Signed")
    SPOKEN = "spoken", _("Spoken, before a witness")


class Language(models.TextChoices):
    """The language in which the text was read to whoever agreed."""

    SPANISH = "es", _("Spanish")
    ENGLISH = "en", _("English")
    PORTUGUESE = "pt", _("Portuguese")
    FRENCH = "fr", _("French")
    HAITIAN = "ht", _("Haitian Creole")
    KICHE = "quc", _("K’iche’")
    QEQCHI = "kek", _("Q’eqchi’")
    MAM = "mam", _("Mam")
    QANJOBAL = "kjb", _("Q’anjob’al")
    KAQCHIKEL = "cak", _("Kaqchikel")
    IXIL = "ixl", _("Ixil")
    CHUJ = "cac", _("Chuj")
    GARIFUNA = "cab", _("Garifuna")
    MISKITO = "miq", _("Miskito")
    OTHER = "other", _("another language")


class Way(models.TextChoices):
    """How something leaves by a referral."""

    LENT = "lent", _("The record is lent to them here, until a day")
    FILE = "file", _("A file is made for them")
    TOLD = "told", _("They are told, by phone or in person")


class Event(models.TextChoices):
    """What an entry of the trail says happened, where `consents` did it."""

    CONSENT_RECORDED = "consents.consent-recorded", _("A consent was recorded")
    CONSENT_WITHDRAWN = "consents.consent-withdrawn", _("A consent was withdrawn")
    CONSENTS_OPENED = "consents.opened", _("Consents and referrals were opened")
    REFERRED = "consents.referred", _("A person was referred to another organisation")
    OVERRIDE_ASKED = "consents.override-asked", _("A referral without consent was asked for")
    OVERRIDE_DROPPED = "consents.override-dropped", _("A referral without consent was not made")
    REFERRED_WITHOUT = "consents.referred-without", _("A person was referred without consent")
    FILE_MADE = "consents.file-made", _("A file was made for another organisation")
    FILE_REFUSED = "consents.file-refused", _("A file for others was refused: it cannot hold that")


@dataclass(frozen=True, slots=True)
class ConsentFact:
    """
    What somebody agreed to: that `recipient` (None: nobody but us) is told `what` for one purpose.

    `given_by` is the person or who speaks for them; `words` the exact text read to them; the first
    day on which it no longer holds is `expires_on`.
    """

    person: UUID
    given_by: UUID
    purpose: Purpose
    recipient: UUID | None
    what: frozenset[What]
    words: str
    language: Language
    form: Form
    witness: str
    since: date
    expires_on: date


@dataclass(frozen=True, slots=True)
class Given:
    """A consent on record, as far as it decides whether something may leave."""

    id: UUID
    purpose: Purpose
    recipient: UUID | None
    what: frozenset[What]
    since: date
    expires_on: date


@dataclass(frozen=True, slots=True)
class ConsentSaid:
    """A consent as its page shows it; no words where they were erased with who gave it."""

    given: Given
    person: UUID
    given_by: UUID
    words: str
    witness: str
    language: Language
    form: Form
    source: UUID
    withdrawn_in: int | None


@dataclass(frozen=True, slots=True)
class ReferralFact:
    """
    That a person be referred to an organisation for a purpose, and what leaves by what way.

    What is lent is lent whole, to the end of the day `until`.
    """

    person: UUID
    to: UUID
    purpose: Purpose
    way: Way
    what: frozenset[What]
    until: date | None = None


@dataclass(frozen=True, slots=True)
class ReferralSaid:
    """A referral as its page shows it: on what it rests, who made it, who confirmed it."""

    id: UUID
    fact: ReferralFact
    to_name: str
    made_on: date
    asked_by: UUID
    confirmed_by: UUID | None
    reason: str | None
    consent: UUID | None
