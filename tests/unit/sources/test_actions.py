"""Tellings, answers, lists, withdrawals: the change, its entry, and nothing where refused."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accompany.access import sealing, trail
from accompany.access.models import Entry, Key
from accompany.access.terms import Ref, Role
from accompany.base import codes
from accompany.base.refusal import Refused
from accompany.custody.actions import ask_about
from accompany.custody.terms import Custodian
from accompany.people import actions as people
from accompany.people.models import Name, Person
from accompany.people.terms import PersonFact
from accompany.sources import actions, queries
from accompany.sources.models import Answer, FilePiece, Question, ReceivedList, ReceivedRow, Telling
from accompany.sources.terms import Certainty, Event, How, Outcome
from tests.cast import DAUGHTER, FAULTY_LIST, LIST
from tests.world import LEARNED, changes_nothing, newest_entry, refs, refused


def told_by(world, **more):
    """Somebody tells of a person; the source as it is read back."""
    person = world.person()
    fact = PersonFact(id=person, names=(DAUGHTER,))
    people.describe_persons([fact], told=world.told(**more), by=world.admin)
    telling = Name.objects.get(recorded_in=newest_entry().number).source_id
    return queries.tellings([telling])[telling]


# --- who told -----------------------------------------------------------------------------------


def test_an_organisation_tells(world):
    source = told_by(world, organisation=world.agency("orr"), how=How.PORTAL)
    assert (source.teller, source.who, source.how) == ("organisation", "ORR", "portal")


def test_a_person_on_record_tells(world):
    mother = world.person()
    source = told_by(world, person=mother)
    assert (source.teller, source.person, source.who) == ("person", mother, None)


def test_a_document_tells_and_which_it_was_is_sealed(world):
    words = "Acta de nacimiento, folio 118, Chiantla"
    source = told_by(world, document="birth-record", how=How.SEEN, words=words)
    assert (source.teller, source.document, source.words) == ("document", "birth-record", words)
    sealed = Telling.objects.exclude(words=None).get()
    assert b"Chiantla" not in bytes(sealed.words)


def test_the_day_it_was_told_is_kept_beside_the_day_it_was_learned(world):
    source = told_by(world, told_on=date(2026, 2, 27))
    assert source.told_on == date(2026, 2, 27)
    assert Name.objects.latest("recorded_in").learned_on == LEARNED


def test_a_telling_knows_who_received_it(world):
    told_by(world)
    assert Telling.objects.latest("recorded_in").received_by == world.admin.user


def test_a_telling_without_a_teller_is_not_stored(world):
    with pytest.raises(IntegrityError, match="telling_has_its_teller"), transaction.atomic():
        Telling.objects.create(teller="person", how="phone", recorded_in=1)


@pytest.mark.parametrize("certainty", Certainty)
def test_a_statement_is_as_sure_as_its_telling(world, certainty):
    told_by(world, certainty=certainty)
    assert Name.objects.latest("recorded_in").certainty == certainty


# --- codes --------------------------------------------------------------------------------------


def test_no_code_is_given_twice(world):
    given = [code for _ in range(20) for code in actions.take_codes(50)]
    assert len(set(given)) == 1_000


def test_persons_and_lists_draw_from_one_counter(world):
    world.receive()
    listed = ReceivedList.objects.values_list("code", flat=True)
    assert set(listed).isdisjoint(Person.objects.values_list("code", flat=True))
    assert all(codes.understood(code) == code for code in listed)


# --- lists --------------------------------------------------------------------------------------


def test_a_list_is_had_back_byte_for_byte(world):
    received = world.receive()
    assert b"".join(queries.file_of(received, seen_by=world.admin)) == LIST.encode()


def test_having_a_file_leaves_an_entry(world):
    received = world.receive()
    b"".join(queries.file_of(received, seen_by=world.admin))
    assert newest_entry().event == Event.FILE_FETCHED
    assert refs(newest_entry()) == [Ref("list", received.pk)]


def test_who_may_not_fetch_files_gets_none(world):
    received, by = world.receive(), world.actor(Role.ANALYST)
    with changes_nothing(PermissionDenied):
        queries.file_of(received, seen_by=by)


def test_what_is_sealed_of_a_list_is_opened_again(world):
    names = queries.names_of(world.receive())
    assert names.file_name == "lista.csv"
    assert names.heading[:2] == ("family_name", "given_name")


def test_every_row_has_a_key_of_its_own(world):
    received = world.receive()
    rows = ReceivedRow.objects.filter(of=received)
    assert Key.objects.filter(record__in=rows.values("pk"), kind="row").count() == rows.count() == 3


def test_opening_a_row_leaves_an_entry(world):
    received = world.receive()
    row = queries.row(received, 2)
    assert "Génesis Abril" in queries.open_row(row, seen_by=world.admin).decode()
    assert newest_entry().event == Event.ROW_OPENED
    assert refs(newest_entry()) == [Ref("list", received.pk), Ref("row", row.pk)]


def test_an_erased_row_is_not_opened(world):
    row = queries.row(world.receive(), 2)
    sealing.destroy([row.pk])
    assert queries.open_row(row, seen_by=world.admin) is None


def test_a_list_received_is_one_entry(world):
    before = Entry.objects.count()
    received = world.receive()
    assert Entry.objects.count() == before + 1
    assert newest_entry().number == received.recorded_in
    assert newest_entry().event == Event.LIST_RECORDED
    assert refs(newest_entry()) == [Ref("list", received.pk)]


def test_a_file_is_received_once(world):
    world.receive()
    with refused("exchange.received-before"):
        world.receive()


def test_the_database_keeps_one_standing_list_of_a_file(world):
    received = world.receive()
    received.pk, received.code = None, "another"
    with pytest.raises(IntegrityError), transaction.atomic():
        received.save(force_insert=True)


def test_another_organisation_may_have_received_the_same_file(world):
    world.receive()
    theirs = world.actor(Role.CASEWORKER, world.elsewhere)
    world.receive(by=theirs)
    assert queries.lists(seen_by=theirs).count() == queries.lists(seen_by=world.admin).count() == 1


def test_another_organisation_s_list_does_not_exist(world):
    received = world.receive()
    theirs = world.actor(Role.CASEWORKER, world.elsewhere)
    assert queries.received_list(received.code, seen_by=theirs) is None


def test_a_file_whose_rows_do_not_give_it_back_is_kept_in_pieces(world):
    received = world.receive()
    pieces = [b"one, ", b"two, ", b"three"]
    with trail.change(Event.LIST_RECORDED, by=world.admin) as change:
        actions.keep_pieces(pieces, of=received.pk, change=change)
    assert b"".join(queries.file_of(received, seen_by=world.admin)) == b"".join(pieces)
    assert not any(b"two" in bytes(piece.content) for piece in FilePiece.objects.all())


def test_a_row_that_names_no_kept_row_is_a_bug(world):
    received = world.receive()
    row = ReceivedRow.objects.filter(of=received).first()
    fact = PersonFact(id=world.person(), names=(DAUGHTER,), row=row.pk)
    with changes_nothing(AssertionError):
        people.describe_persons([fact], told=world.told(), by=world.admin)


# --- questions and answers ----------------------------------------------------------------------


@pytest.fixture
def gap(world):
    """A child of whom nobody says who had them for some weeks."""
    child = world.person()
    world.stay(child, Custodian.CBP, "2026-01-05", "2026-01-08")
    world.stay(child, Custodian.ORR, "2026-02-01")
    return child


def question_about(world, person):
    return queries.open_questions(seen_by=world.admin).filter(person=person).first()


def answer(world, question, by=None, outcome=Outcome.EXPLAINED, **more):
    actions.answer_question(
        question,
        outcome=outcome,
        words=more.pop("words", "Estuvo en el hospital de Laredo."),
        told=world.told(**more),
        by=by or world.admin,
    )


def test_an_answered_question_is_no_longer_open(world, gap):
    answer(world, question_about(world, gap))
    assert question_about(world, gap) is None


@pytest.mark.parametrize("outcome", [Outcome.NOT_A_REPEAT, Outcome.AS_TOLD])
def test_what_is_no_answer_to_the_question_is_refused(world, gap, outcome):
    question = question_about(world, gap)
    with refused("sources.outcome-does-not-answer"):
        answer(world, question, outcome=outcome)


def test_an_answer_leaves_its_entry_about_the_person(world, gap):
    answer(world, question_about(world, gap))
    assert newest_entry().event == Event.QUESTION_ANSWERED
    assert refs(newest_entry()) == [Ref("person", gap)]


def test_the_words_of_an_answer_are_sealed(world, gap):
    answer(world, question_about(world, gap))
    assert b"Laredo" not in bytes(Answer.objects.get().words)


def test_an_answered_question_stays_answered_when_rules_ask_again(world, gap):
    answer(world, question_about(world, gap))
    world.stay(gap, Custodian.SPONSOR, "2026-03-01")
    assert Question.objects.filter(person=gap).exists()
    assert question_about(world, gap) is None


def test_an_answered_question_stays_answered_though_it_was_forgotten(world, gap):
    answer(world, question_about(world, gap))
    Question.objects.all().delete()
    ask_about([gap])
    assert Question.objects.filter(person=gap).exists()
    assert question_about(world, gap) is None


def test_another_question_of_the_same_line_stays_open(world, gap):
    answer(world, question_about(world, gap))
    world.stay(gap, Custodian.UNKNOWN, "2026-04-01")
    assert question_about(world, gap).kind == "stays.unknown-custodian"


def test_a_question_of_a_row_is_answered_about_its_person(world):
    world.receive(FAULTY_LIST)
    question = queries.open_questions(seen_by=world.admin).get(kind="row.repeats")
    answer(world, question, words="")
    assert not queries.open_questions(seen_by=world.admin).filter(kind="row.repeats").exists()
    assert refs(newest_entry()) == [Ref("person", question.person)]


def test_another_organisation_has_its_own_questions(world, gap):
    theirs = world.actor(Role.CASEWORKER, world.elsewhere)
    assert not queries.open_questions(seen_by=theirs).exists()
    assert queries.question(question_about(world, gap).pk, seen_by=theirs) is None


def test_who_may_not_answer_answers_nothing(world, gap):
    question, by = question_about(world, gap), world.actor(Role.ANALYST)
    with changes_nothing(PermissionDenied):
        answer(world, question, by=by)


# --- withdrawals --------------------------------------------------------------------------------


def test_only_a_statement_is_withdrawn(world):
    row = ReceivedRow.objects.filter(of=world.receive()).first()
    with (
        refused("sources.already-withdrawn"),
        actions.correcting(
            "sources.receivedrow",
            row.pk,
            about=Ref("row", row.pk),
            reason="Se leyó mal.",
            by=world.admin,
        ),
    ):
        pass


def test_a_withdrawal_of_more_than_one_request_holds(world):
    persons = world.persons(1_100)
    with trail.change(Event.STATEMENT_WITHDRAWN, by=world.admin) as change:
        assert actions.withdraw(Name.objects.filter(person__in=persons), change) == 1_100
    assert not Name.objects.now().filter(person__in=persons).exists()


def test_fewer_than_expected_are_not_withdrawn(world):
    person = world.person()
    with pytest.raises(Refused), trail.change(Event.STATEMENT_WITHDRAWN, by=world.admin) as change:
        actions.withdraw(Name.objects.filter(person=person), change, expected=2)
    assert Name.objects.now().filter(person=person).exists()
