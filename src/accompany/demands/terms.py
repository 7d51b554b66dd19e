"""The words of demands for data: what was brought, what counsel says, what was done."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _


class DemandKind(models.TextChoices):
    """What somebody brought or sent who demands to be told of people on record."""

    WARRANT_JUDICIAL = "warrant-judicial", _("A warrant signed by a judge")
    WARRANT_ADMINISTRATIVE = (
        "warrant-administrative",
        _("A warrant signed by an officer of an agency"),
    )
    SUBPOENA_ADMINISTRATIVE = "subpoena-administrative", _("A subpoena of an agency")
    SUBPOENA_COURT = "subpoena-court", _("A subpoena of a court, not signed by a judge")
    COURT_ORDER = "court-order", _("An order of a court")
    AGENCY_REQUEST = "agency-request", _("A request of an agency, without such a paper")
    POLICE_REQUEST = "police-request", _("A request of the police, without such a paper")
    OTHER = "other", _("Something else, or it is not clear what")


class Finding(models.TextChoices):
    """What counsel says of a demand."""

    DOES_NOT_COMPEL = "does-not-compel", _("It does not compel us: nothing is given")
    OBJECT = "object", _("We object, and wait for the court")
    COMPELS = "compels", _("It is a judge’s order, and compels us to give what it names")


class Decision(models.TextChoices):
    """What was done about a demand."""

    NOTHING = "nothing", _("Nothing was given, and nothing confirmed")
    OBJECTED = "objected", _("We objected; nothing was given")
    DISCLOSED = "disclosed", _("What the judge ordered was given")


class Left(models.TextChoices):
    """What left, where a court ordered it: in codes, never the content."""

    WHETHER_KNOWN = "whether-known", _("Whether somebody is known here")
    NAMES = "names", _("Names")
    NUMBERS = "numbers", _("Numbers that agencies gave")
    ADDRESS = "address", _("Where somebody is, or can be reached")
    FAMILY = "family", _("Who belongs to whom")
    HISTORY = "history", _("Stays and events")
    PAPERS = "papers", _("Papers that were received")
    OTHER = "other", _("Something else, as the order names it")


class State(models.TextChoices):
    """How far a demand has come. Computed, never stored."""

    WAITS = "waits", _("waits for counsel")
    ANSWERED = "answered", _("counsel has answered")
    NOTHING_LEFT = "nothing-left", _("closed: nothing left")
    LEFT = "left", _("closed: what a judge ordered left")


class Event(models.TextChoices):
    """What an entry of the trail says happened, where `demands` did it."""

    LOGGED = "demands.logged", _("A demand for data was logged")
    ADVISED = "demands.advised", _("Counsel answered on a demand for data")
    DECIDED = "demands.decided", _("What was done about a demand was recorded")
    OPENED = "demands.opened", _("A demand for data was opened")


@dataclass(frozen=True, slots=True)
class DemandFact:
    """
    What somebody demanded: `by_whom` and `asked` in words that are sealed; `records` if known.

    `agency` is the organisation they came from, where it is on record.
    """

    kind: DemandKind
    by_whom: str
    asked: str
    agency: UUID | None = None
    records: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class DemandLine:
    """One demand as the log prints it: codes and days, and nobody's name."""

    id: UUID
    kind: DemandKind
    received_on: date
    agency: str
    records: int
    finding: Finding | None
    answered_on: date | None
    decision: Decision | None
    left: tuple[Left, ...]
    decided_on: date | None

    @property
    def state(self) -> State:
        """How far it has come."""
        if self.decision is None:
            return State.WAITS if self.finding is None else State.ANSWERED
        return State.LEFT if self.decision is Decision.DISCLOSED else State.NOTHING_LEFT


@dataclass(frozen=True, slots=True)
class DemandSaid:
    """One demand, opened, for those who may read it; of erased words none are left."""

    line: DemandLine
    by_whom: str
    asked: str
    answer: str
    asked_counsel_on: date | None
    records: tuple[UUID, ...]
    logged_by: UUID | None
    words_erased: bool = False
