"""The words of erasure: why a person is erased, and in what groups they are counted."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _


class Because(models.TextChoices):
    """Why a person is erased: a code and never words, which would tell of the person."""

    WITHDRAWN = "withdrawn", _("The person, or who speaks for them, asks for it")
    TIME_OVER = "time-over", _("The time for which the record may be kept is over")
    COURT_ORDER = "court-order", _("A court ordered it")
    MISTAKE = "mistake", _("The person was put on record by mistake")


class Population(models.TextChoices):
    """Whom the counts of erased persons tell apart."""

    SEPARATED = "children-separated", _("Children separated from a parent, as figures count them")
    OTHERS = "others", _("Everybody else")


class Event(models.TextChoices):
    """What an entry of the trail says happened, where `erasure` did it."""

    ERASURE_ASKED = "erasure.asked", _("The erasure of a person was asked for")
    ERASURE_CONFIRMED = "erasure.confirmed", _("The erasure of a person was confirmed")
    ERASURE_DROPPED = "erasure.dropped", _("The erasure of a person was not confirmed")
    PERSON_ERASED = "erasure.erased", _("A person was erased")


@dataclass(frozen=True, slots=True)
class Goes:
    """
    What goes with a person: in numbers alone.

    `kept` statements name somebody else too, and stay for them; `rows` of lists cannot be opened
    again, whoever else they name; nor can `files`, the workbooks that those rows are of.
    """

    records: int
    statements: int
    kept: int
    rows: int
    files: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """
    An erasure that waits: of which record, why, who asked for it, and who confirmed it.

    Without `confirmed_by` it waits for a second person, with it for whoever holds the owner's role.
    `holds`: it was confirmed, and what would go is what was confirmed.
    """

    person: UUID
    because: Because
    by: UUID
    at: datetime
    confirmed_by: UUID | None = None
    confirmed_at: datetime | None = None
    holds: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """
    What the record tells of a person that figures tell groups apart by, in the order recorded.

    `separated_in` and `first_in` are years: of the separation from a parent, of the first event.
    """

    nationality: str | None = None
    age: int | None = None
    born_in: int | None = None
    office: str | None = None
    separated_in: int | None = None
    first_in: int | None = None
