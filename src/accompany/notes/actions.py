"""Everything that changes privileged notes."""

from datetime import date
from uuid import UUID

from accompany.access import sealing, trail
from accompany.access.actors import Actor
from accompany.access.terms import Permission, Ref
from accompany.base.ids import uuid7
from accompany.base.refusal import refuse_if
from accompany.notes import queries, rules
from accompany.notes.models import WORDS_FIELD, Note
from accompany.notes.terms import READERS, Event, NoteKind
from accompany.people import queries as people
from accompany.sources import actions as sources
from accompany.sources.actions import Ready, head
from accompany.sources.terms import How, TellingFact


def write_note(*, person: UUID, kind: NoteKind, words: str, on: date, by: Actor) -> UUID:
    """
    Keep a note under a key of its own; its id. Raises Refused if it says nothing.

    Raises Person.DoesNotExist if the record is not the house's.
    """
    by.must(Permission.SEE_PERSONS, READERS[kind])
    refuse_if(rules.objections_to_writing(words))
    people.must_hold([person], by)
    key = uuid7()
    told = TellingFact(How.IN_PERSON, on, organisation=by.organisation)
    about = [Ref("person", person)]
    with sources.telling(Event.NOTE_WRITTEN, told, by=by, about=about) as (source, change):
        sealer = sealing.new_sealers("note", [key])[key]
        sealed = sealer.seal(words.strip(), field=WORDS_FIELD, row=key)
        row = (*head(source, key=key), person, kind.value, sealed, by.user)
        sources.store([Ready.of(Note, [row])], change)
    return key


def withdraw_note(*, note: UUID, kind: NoteKind, reason: str, by: Actor) -> None:
    """
    Withdraw a note. The reason is sealed as the note is, and nobody else reads it. Raises Refused.

    Raises Note.DoesNotExist if it is not there for this actor.
    """
    by.must(Permission.SEE_PERSONS, READERS[kind])
    refuse_if([] if reason.strip() else [rules.REASON_MISSING])
    found = queries.note(note, kind, seen_by=by)
    if found is None:
        raise Note.DoesNotExist
    about = [Ref("person", found.person_id)]
    with trail.change(Event.NOTE_WITHDRAWN, by=by, about=about, reason=reason) as change:
        sources.withdraw(Note.objects.filter(pk=note), change, expected=1)
