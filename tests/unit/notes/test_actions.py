"""Who writes and reads privileged notes, and that nothing else opens them."""

import pytest
from django.core.exceptions import PermissionDenied

from accompany.access import sealing, trail
from accompany.access.models import Key
from accompany.access.terms import Ref, Role
from accompany.base import clock
from accompany.base.refusal import Refused
from accompany.erasure import actions as erasure
from accompany.erasure.terms import Because
from accompany.notes import actions, queries
from accompany.notes.models import Note
from accompany.notes.terms import Event, NoteKind
from accompany.people.models import Person
from accompany.sources import verification
from tests.world import changes_nothing, newest_entry, refs, refused

pytestmark = pytest.mark.django_db
WORDS = "Me contó del puente."


@pytest.fixture
def person(world):
    return world.person()


@pytest.fixture
def counsel(world):
    return world.actor(Role.COUNSEL)


def write(person, by, words=WORDS, kind=NoteKind.COUNSEL):
    return actions.write_note(person=person, kind=kind, words=words, on=clock.today(), by=by)


def test_counsel_reads_what_counsel_wrote(world, person, counsel):
    write(person, counsel)
    colleague = world.colleague(Role.COUNSEL)
    (note,) = queries.notes(person, NoteKind.COUNSEL, seen_by=colleague)
    assert (note.words, note.by) == (WORDS, counsel.user)


def test_an_entry_says_that_one_was_written_and_not_of_which_kind(person, counsel):
    write(person, counsel)
    assert newest_entry().event == Event.NOTE_WRITTEN
    assert refs(newest_entry()) == [Ref("person", person)]
    assert newest_entry().counts == "{}"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.COUNSEL])
def test_nobody_else_reads_or_writes_them_not_even_an_administrator(world, person, counsel, role):
    write(person, counsel)
    somebody = world.actor(role)
    with changes_nothing(PermissionDenied):
        queries.notes(person, NoteKind.COUNSEL, seen_by=somebody)
    with changes_nothing(PermissionDenied):
        write(person, somebody)


def test_counsel_reads_no_notes_of_therapy(world, person, counsel):
    therapist = world.companion(person)
    with changes_nothing(PermissionDenied):
        queries.notes(person, NoteKind.THERAPY, seen_by=counsel)
    with changes_nothing(PermissionDenied):
        queries.notes(person, NoteKind.THERAPY, seen_by=therapist)


def test_a_therapist_writes_of_the_persons_of_their_cases(world, person):
    therapist = world.colleague(Role.THERAPIST)
    with changes_nothing(Person.DoesNotExist):
        write(person, therapist, kind=NoteKind.THERAPY)
    world.case(person, members=[therapist])
    therapist = world.today(therapist)
    write(person, therapist, kind=NoteKind.THERAPY)
    assert len(queries.notes(person, NoteKind.THERAPY, seen_by=therapist)) == 1


def test_to_whom_a_record_is_lent_its_notes_are_not(world, person, counsel):
    write(person, counsel)
    world.lend(person)
    theirs = world.actor(Role.COUNSEL, world.elsewhere)
    assert queries.notes(person, NoteKind.COUNSEL, seen_by=theirs) == []
    with changes_nothing(Refused):
        write(person, theirs)


def test_the_key_of_a_note_is_handed_out_to_nobody_who_does_not_ask_for_that_kind(person, counsel):
    key = write(person, counsel)
    assert Key.objects.get(record=key).kind == "note"
    assert sealing.sealers([key, person]).keys() == {person}
    assert sealing.sealers_apart("note", [key, person]).keys() == {key}


def test_the_key_of_the_person_opens_no_note(person, counsel):
    note = Note.objects.get(pk=write(person, counsel))
    with refused("access.seal-not-opened"):
        sealing.sealers([person])[person].open(note.words, field="notes_note.words", row=note.pk)


def test_an_empty_note_is_not_kept(person, counsel):
    with refused("notes.empty"):
        write(person, counsel, words=" ")


def test_a_note_is_withdrawn_for_a_reason(person, counsel):
    key = write(person, counsel)
    with refused("notes.reason-missing"):
        actions.withdraw_note(note=key, kind=NoteKind.COUNSEL, reason="", by=counsel)
    actions.withdraw_note(note=key, kind=NoteKind.COUNSEL, reason="Otra persona.", by=counsel)
    assert newest_entry().event == Event.NOTE_WITHDRAWN
    assert queries.notes(person, NoteKind.COUNSEL, seen_by=counsel) == []
    with changes_nothing(Note.DoesNotExist):
        actions.withdraw_note(note=key, kind=NoteKind.COUNSEL, reason="Otra vez.", by=counsel)


def test_a_note_is_erased_with_the_person_and_its_key_with_it(world, person, counsel):
    key = write(person, counsel)
    erasure.ask_to_erase(person=person, because=Because.WITHDRAWN, by=world.admin)
    erasure.erase(person=person, by=world.colleague(Role.ADMINISTRATOR))
    assert not Note.objects.exists()
    assert not Key.objects.filter(record=key).exists()
    assert [*trail.verify(), *verification.verify_contents()] == []
