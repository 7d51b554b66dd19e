"""What did lawyers or therapists write down of a person, for those who may read it?"""

from typing import Any
from uuid import UUID

from accompany.access import sealing
from accompany.access.actors import Actor
from accompany.access.terms import Permission
from accompany.notes.models import WORDS_FIELD, Note
from accompany.notes.terms import READERS, NoteKind, NoteSaid
from accompany.people import queries as people
from accompany.sources.queries import standing


def kinds(*, seen_by: Actor) -> list[NoteKind]:
    """The kinds of notes that this actor reads and writes."""
    return [kind for kind, permission in READERS.items() if seen_by.may(permission)]


def notes(person: UUID, kind: NoteKind, *, seen_by: Actor) -> list[NoteSaid]:
    """
    The notes of a kind about a person, the newest first, opened.

    Of records that the actor's own house holds: to whom a record is lent, its notes are not.
    """
    seen_by.must(Permission.SEE_PERSONS, READERS[kind])
    joined = people.joined_with(person, seen_by=seen_by)
    own = [one.pk for one in joined if one.holder_id == seen_by.organisation]
    found: list[Any] = list(standing(Note, None).filter(person__in=own, kind=kind).order_by("-id"))
    sealers = sealing.sealers_apart("note", [one.pk for one in found])
    return [
        NoteSaid(
            one.pk,
            sealers[one.pk].open_text(one.words, field=WORDS_FIELD, row=one.pk),
            one.learned_on,
            one.written_by,
        )
        for one in found
        if one.pk in sealers
    ]


def note(key: UUID, kind: NoteKind, *, seen_by: Actor) -> Note | None:
    """A note of a kind that stands, if it is there for this actor; not opened."""
    seen_by.must(Permission.SEE_PERSONS, READERS[kind])
    mine = standing(Note, None).seen_by(seen_by).filter(kind=kind)
    found: Note | None = mine.filter(person__holder=seen_by.organisation, pk=key).first()
    return found
