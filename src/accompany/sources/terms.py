"""The words of sources: how sure a statement is, how it was told, what a row is, what is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

ERASED = UUID(int=0)
"""The one record that stands where somebody was who is erased; it has no code and no page."""


class Certainty(models.TextChoices):
    """How sure a statement is. *Contested* and *not known* are computed, never stored."""

    VERIFIED = "verified", _("Verified")
    SAID = "said", _("Said")
    DOUBTED = "doubted", _("In doubt")
    REFUTED = "refuted", _("Refuted")


class Teller(models.TextChoices):
    """What kind of source told."""

    ORGANISATION = "organisation", _("an organisation")
    PERSON = "person", _("a person on record")
    DOCUMENT = "document", _("a document")


class How(models.TextChoices):
    """By what way it was told."""

    LIST = "list", _("by list")
    IN_PERSON = "in-person", _("in person")
    PHONE = "phone", _("by phone")
    MESSAGE = "message", _("by message")
    LETTER = "letter", _("by letter")
    PORTAL = "portal", _("on a portal")
    SEEN = "seen", _("a document that was seen")


class DocumentKind(models.TextChoices):
    """What a document is that told something. Which one it was is kept in sealed words."""

    BIRTH_CERTIFICATE = "birth-certificate", _("birth certificate")
    IDENTITY_CARD = "identity-card", _("identity card or passport")
    AGENCY_NOTICE = "agency-notice", _("notice or form of an agency")
    COURT_PAPER = "court-paper", _("paper of a court")
    MEDICAL_PAPER = "medical-paper", _("medical paper")
    SCHOOL_PAPER = "school-paper", _("school paper")
    LETTER = "letter", _("letter")
    PHOTOGRAPH = "photograph", _("photograph")
    OTHER = "other", _("other document")


class RowKind(models.TextChoices):
    """What a received row is."""

    RECORD = "record", _("a record")
    HEADING = "heading", _("the heading")
    NOT_A_RECORD = "not-a-record", _("no record")
    BEFORE_HEADING = "before-heading", _("before the heading")


class Step(models.TextChoices):
    """How far a file under way has come."""

    LOOKING = "looking", _("being looked at")
    LOOKED = "looked", _("looked at, waiting for a decision")
    RECORDING = "recording", _("being recorded")
    RECORDED = "recorded", _("recorded")
    REFUSED = "refused", _("refused")
    DROPPED = "dropped", _("not to be recorded")


class Outcome(models.TextChoices):
    """How a question was answered."""

    AS_TOLD = "as-told", _("It is as the source told it")
    SOURCE_WRONG = "source-wrong", _("The source is wrong here")
    EXPLAINED = "explained", _("There is an explanation")
    NOT_A_REPEAT = "not-a-repeat", _("Two different persons")
    CANNOT_BE_KNOWN = "cannot-be-known", _("It cannot be found out")


class QuestionKind(models.TextChoices):
    """What a received row leaves open. Areas above add theirs in their own terms."""

    CELL_UNREADABLE = "row.cell-unreadable", _("A cell could not be read")
    CELL_REDACTED = "row.cell-redacted", _("Who released the list struck out a cell")
    REPEATS = "row.repeats", _("The row repeats another row of this list")
    CONTRADICTS = "row.contradicts", _("The row contradicts itself")
    RAGGED = "row.ragged", _("The row has more or fewer cells than the heading")
    TOLD_WITHOUT_DAY = "row.told-without-day", _("It is told to have happened, without a day")
    ADULT_ON_LIST = "row.adult-on-list", _("A person of 18 or more is on a list of children")
    PLACE_NOT_ON_RECORD = "row.place-not-on-record", _("The place is not on record")


class Event(models.TextChoices):
    """What an entry of the trail says happened, where `sources` did it."""

    LIST_RECORDED = "sources.list-recorded", _("A list was recorded")
    LIST_WITHDRAWN = "sources.list-withdrawn", _("A list was withdrawn as a whole")
    LIST_OPENED = "sources.list-opened", _("The name of a list's file was opened")
    ROW_OPENED = "sources.row-opened", _("A received row was opened")
    FILE_FETCHED = "sources.file-fetched", _("A received file was had back")
    QUESTION_ANSWERED = "sources.question-answered", _("A question was answered")
    STATEMENT_WITHDRAWN = "sources.statement-withdrawn", _("A statement was withdrawn")


@dataclass(frozen=True, slots=True)
class TellingFact:
    """
    Who told something, how, on what day.

    One of `organisation`, `person` and `document` is given. `words` (which document it was) are
    kept sealed. `learned_on` is the day we learned it, `told_on` the day it was told, if known.
    """

    how: How
    learned_on: date
    told_on: date | None = None
    certainty: Certainty = Certainty.SAID
    organisation: UUID | None = None
    person: UUID | None = None
    document: str | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What statements that came together have in common: source, certainty, day learned."""

    telling: UUID
    learned_on: date
    certainty: Certainty = Certainty.SAID


@dataclass(frozen=True, slots=True)
class ListFact:
    """A file received as a list. `digest` is keyed; `file_name` is kept sealed."""

    id: UUID
    layout: str
    file_name: str
    digest: bytes
    received_on: date
    as_of: date | None
    format: str
    encoding: str
    delimiter: str
    heading: Sequence[str]
    mapping: str | None = None


class RowFact(NamedTuple):
    """One row as received: its place in the file, what it is, and its very bytes."""

    id: UUID
    place: int
    sheet: int
    kind: RowKind
    raw: bytes


@dataclass(frozen=True, slots=True)
class QuestionFact:
    """
    Something a row or a line of stays leaves open.

    `key` names the question for as long as what raises it stands, so that an answer finds it after
    every rebuild; `column` is a letter. `earlier` is the sheet and row that the row repeats.
    """

    kind: str
    key: bytes
    person: UUID | None = None
    row: UUID | None = None
    place: int | None = None
    column: str | None = None
    since: date | None = None
    earlier: tuple[int, int] | None = None
