"""The words of privileged notes: whose they are."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from accompany.access.terms import Permission


class NoteKind(models.TextChoices):
    """Whose a privileged note is: those of a kind read it, and nobody else, nor any export."""

    COUNSEL = "counsel", _("Notes of counsel")
    THERAPY = "therapy", _("Notes of therapy")


READERS: dict[NoteKind, Permission] = {
    NoteKind.COUNSEL: Permission.COUNSEL_NOTES,
    NoteKind.THERAPY: Permission.THERAPY_NOTES,
}
"""What whoever reads or writes notes of a kind must be allowed."""


class Event(models.TextChoices):
    """What an entry of the trail says happened, where `notes` did it. It tells of no kind."""

    NOTE_WRITTEN = "notes.written", _("A privileged note was written")
    NOTE_WITHDRAWN = "notes.withdrawn", _("A privileged note was withdrawn")
    NOTES_OPENED = "notes.opened", _("Privileged notes were opened")


@dataclass(frozen=True, slots=True)
class NoteSaid:
    """A privileged note, opened."""

    id: UUID
    words: str
    on: date
    by: UUID
