"""The words of people: kinds of names and numbers, ties, what an age group is."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from accompany.base.dates import When
from accompany.sources.terms import Certainty


class NameKind(models.TextChoices):
    """What a name is to the person."""

    TOLD = "told", _("as told")
    SPELLING = "spelling", _("another spelling")
    ALIAS = "alias", _("another name")


class Issuer(models.TextChoices):
    """Who gave an identifier."""

    DHS = "dhs", "DHS"
    CBP = "cbp", "CBP"
    ICE = "ice", "ICE"
    ORR = "orr", "ORR"
    USMS = "usms", "USMS"
    BOP = "bop", "BOP"
    EOIR = "eoir", "EOIR"
    CONSULATE = "consulate", _("a consulate")
    COUNTRY = "country", _("a country")
    OTHER = "other", _("another body")


class IdentifierKind(models.TextChoices):
    """What an identifier is."""

    A_NUMBER = "a-number", _("A-number")
    FAMILY_UNIT = "family-unit", _("Family-unit number")
    SUBJECT = "subject", _("Subject or event number")
    BOOKING = "booking", _("Booking number")
    REGISTER = "register", _("Register number")
    CASE = "case", _("Case number")
    DOCUMENT = "document", _("Number of a document")
    OTHER = "other", _("Other number")


class Sex(models.TextChoices):
    """A person's sex, as the source has it."""

    FEMALE = "f", _("female")
    MALE = "m", _("male")
    ANOTHER = "x", _("another")


class Relation(models.TextChoices):
    """What the relative is to the person."""

    MOTHER = "mother", _("mother")
    FATHER = "father", _("father")
    PARENT = "parent", _("parent")
    GUARDIAN = "guardian", _("legal guardian")
    CHILD = "child", _("child")
    SIBLING = "sibling", _("brother or sister")
    SPOUSE = "spouse", _("spouse or partner")
    GRANDPARENT = "grandparent", _("grandparent")
    GRANDCHILD = "grandchild", _("grandchild")
    AUNT_OR_UNCLE = "aunt-or-uncle", _("aunt or uncle")
    NIECE_OR_NEPHEW = "niece-or-nephew", _("niece or nephew")
    COUSIN = "cousin", _("cousin")
    CAREGIVER = "caregiver", _("caregiver")
    IN_CARE_OF = "in-care-of", _("child in their care")
    OTHER = "other", _("other relative")


INVERSE: dict[Relation, Relation] = {
    Relation.MOTHER: Relation.CHILD,
    Relation.FATHER: Relation.CHILD,
    Relation.PARENT: Relation.CHILD,
    Relation.GUARDIAN: Relation.IN_CARE_OF,
    Relation.CHILD: Relation.PARENT,
    Relation.SIBLING: Relation.SIBLING,
    Relation.SPOUSE: Relation.SPOUSE,
    Relation.GRANDPARENT: Relation.GRANDCHILD,
    Relation.GRANDCHILD: Relation.GRANDPARENT,
    Relation.AUNT_OR_UNCLE: Relation.NIECE_OR_NEPHEW,
    Relation.NIECE_OR_NEPHEW: Relation.AUNT_OR_UNCLE,
    Relation.COUSIN: Relation.COUSIN,
    Relation.CAREGIVER: Relation.IN_CARE_OF,
    Relation.IN_CARE_OF: Relation.CAREGIVER,
    Relation.OTHER: Relation.OTHER,
}
"""What a person is to a relative, given what the relative is to the person."""


class Standing(models.TextChoices):
    """A person's standing on a list: a dated, sourced, reversible determination."""

    IN = "in", _("on the list")
    OUT = "out", _("taken off the list")
    INDICATED = "indicated", _("indicated, not all criteria met")
    NOT_KNOWN = "not-known", _("named on it; with what standing is not known")


DETERMINED = (Standing.IN, Standing.OUT, Standing.INDICATED)
"""What somebody can determine; that it is not known, only a cell can leave."""


class AgeGroup(models.TextChoices):
    """The age groups of figures, by the listed age as it stands; fixed beforehand."""

    UNDER_5 = "0-4", _("under 5")
    TO_9 = "5-9", _("5 to 9")
    TO_12 = "10-12", _("10 to 12")
    TO_15 = "13-15", _("13 to 15")
    FROM_16 = "16+", _("16 and over")


class Event(models.TextChoices):
    """What an entry of the trail says happened, where `people` did it."""

    PERSONS_RECORDED = "people.persons-recorded", _("Persons were recorded")
    TIES_RECORDED = "people.ties-recorded", _("Ties were recorded")
    STANDINGS_RECORDED = "people.standings-recorded", _("Standings on lists were recorded")
    FACTS_RECORDED = "people.facts-recorded", _("More was recorded of persons")
    RECORDS_JOINED = "people.records-joined", _("Two records were joined as one person")
    RECORDS_PARTED = "people.records-parted", _("Two joined records were parted")
    PERSON_OPENED = "people.person-opened", _("A person's page was opened")
    PERSONS_FOUND = "people.persons-found", _("Persons were searched for")
    FAMILY_OPENED = "people.family-opened", _("A family's page was opened")


@dataclass(frozen=True, slots=True)
class NameFact:
    """A name in parts, and as it was written; all of it sealed."""

    given: str
    family: str
    second_family: str = ""
    written: str = ""
    kind: NameKind = NameKind.TOLD


@dataclass(frozen=True, slots=True)
class IdentifierFact:
    """
    A number that a body gave to a person, normalised; or, with no value, that they have none.

    `given` is when it was given, if told.
    """

    kind: IdentifierKind
    issuer: Issuer
    value: str | None
    given: When | None = None


@dataclass(frozen=True, slots=True)
class BirthFact:
    """
    What was told of a birth: the day (sealed whole), the year, or an age on a day.

    `told` is the day, month or year as it was given, in ISO 8601.
    """

    told: str | None = None
    year: int | None = None
    age: int | None = None
    age_on: date | None = None


@dataclass(frozen=True, slots=True)
class TieFact:
    """That `relative` is the `relation` of `person`."""

    person: UUID
    relative: UUID
    relation: Relation
    row: UUID | None = None
    certainty: Certainty | None = None


@dataclass(frozen=True, slots=True)
class PersonFact:
    """
    A person and what one telling says of them.

    `row` is the received row; `on_list` whether the person is a subject of that list (and not only
    named as a relative), and `standing` how they stand on it. `id` is made beforehand, so that ties
    and stays can name it.
    """

    id: UUID
    names: tuple[NameFact, ...] = ()
    identifiers: tuple[IdentifierFact, ...] = ()
    birth: BirthFact | None = None
    sex: Sex | None = None
    nationality: str | None = None
    row: UUID | None = None
    on_list: UUID | None = None
    standing: Standing = Standing.IN


@dataclass(frozen=True, slots=True)
class StandingFact:
    """How a person, whom a received list named, now stands on it."""

    person: UUID
    of: UUID
    standing: Standing
    row: UUID | None = None


@dataclass(frozen=True, slots=True)
class ArrivalFact:
    """That some persons arrived together; `party` is the same for all who did."""

    person: UUID
    party: UUID
    on: When | None = None
    row: UUID | None = None
