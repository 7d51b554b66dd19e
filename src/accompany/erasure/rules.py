"""
Who may decide an erasure, and in what groups is the person counted?

Plain values in, plain answers out: no database, no clock, no settings.
"""

from collections.abc import Iterator
from uuid import UUID

from accompany.base.refusal import Objection
from accompany.erasure.terms import Population, Told, Waiting
from accompany.people.rules import age_group

NOT_ASKED = Objection(
    "erasure.not-asked",
    "Nobody has asked for this erasure yet, so there is nothing to confirm.",
    "Ask for it first; another person confirms it then.",
)
NOT_CONFIRMED = Objection(
    "erasure.not-confirmed",
    "Nobody has confirmed this erasure yet, so there is nothing to carry out.",
    "Another person than who asked confirms it on the person's page.",
)
ASKED_ALREADY = Objection(
    "erasure.asked-already",
    "This erasure was asked for already, and waits for a second person.",
    "Another person who may erase confirms it on the person's page, or drops it.",
)
SECOND_PERSON = Objection(
    "erasure.second-person",
    "Nobody erases alone: who asked for an erasure does not confirm it.",
    "Ask another person who may erase to look at it, and to confirm or drop it.",
)
CONFIRMED_ALREADY = Objection(
    "erasure.confirmed-already",
    "This erasure was confirmed already, and waits for whoever runs the installation.",
    "They type `accompany erase --confirmed`; until then it can be dropped.",
)
CHANGED_SINCE = Objection(
    "erasure.changed-since",
    "Somebody was not erased, because what belongs to them is not what was confirmed.",
    "Let a person other than who asked look at it again on the person's page, and confirm or drop "
    "it.",
)
BY_THE_OWNER = Objection(
    "erasure.by-the-owner",
    "Nothing was erased: the role as which this server works may not delete; only the role that "
    "owns the tables goes through the door of erasure.",
    "Whoever runs the installation types `accompany erase --confirmed` once it is confirmed.",
)

COUNTRIES = frozenset({"BR", "SV", "GT", "HN", "MX"})
OFFICES = {
    "Del Rio": "del-rio",
    "El Paso": "el-paso",
    "Harlingen": "harlingen",
    "Phoenix": "phoenix",
    "San Diego": "san-diego",
}


def objections_to_confirming(waiting: Waiting | None, by: UUID | None) -> list[Objection]:
    """Every reason why this user may not confirm an erasure."""
    if waiting is None:
        return [NOT_ASKED]
    objections = [SECOND_PERSON] if by is None or waiting.by == by else []
    return [*objections, CONFIRMED_ALREADY] if waiting.holds else objections


def objections_to_carrying_out(waiting: Waiting | None) -> list[Objection]:
    """Every reason why an erasure that two decided is not carried out."""
    if waiting is None or waiting.confirmed_by is None:
        return [NOT_CONFIRMED]
    return [] if waiting.holds else [CHANGED_SINCE]


def population_of(told: Told) -> Population:
    """Whether figures counted the person as a child separated from a parent."""
    return Population.OTHERS if told.separated_in is None else Population.SEPARATED


def year_of(told: Told) -> int:
    """The year a person is counted in: of the separation, else of what is told first; or 0."""
    return told.separated_in or told.first_in or 0


def groups_of(told: Told) -> Iterator[tuple[str, str]]:
    """The group a person is counted in for each dimension, coarse as the figures have it."""
    country = told.nationality if told.nationality in COUNTRIES else "other"
    yield "country", country or "other"
    yield "age-group", str(age_group(_age(told)) or "not-stated")
    yield "office", OFFICES.get(told.office or "", "other")


def _age(told: Told) -> int | None:
    """The age as listed, else the years from the year of birth to the separation."""
    if told.age is not None or told.born_in is None or not year_of(told):
        return told.age
    return year_of(told) - told.born_in
