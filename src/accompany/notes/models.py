"""
The table of privileged notes.

Each is sealed under a key of its own, of a kind that `sealing.sealers` does not hand out. No module
that exports or counts may import this area: `pyproject.toml` forbids it, and CI checks that.
"""

from typing import ClassVar

from django.db import models

from accompany.base.ids import IdField
from accompany.base.privacy import Privacy
from accompany.notes.terms import NoteKind
from accompany.people.models import AboutPerson
from accompany.sources.models import Statement

WORDS_FIELD = "notes_note.words"


class Note(AboutPerson):
    """What a lawyer or a therapist wrote down of a person, for their own kind alone."""

    has_own_key: ClassVar[bool] = True
    privacy = Statement.common + Privacy(
        sealed={"words"}, sensitive={"person", "kind", "written_by"}
    )

    kind = models.TextField(choices=NoteKind)
    words = models.BinaryField()
    written_by = IdField()
