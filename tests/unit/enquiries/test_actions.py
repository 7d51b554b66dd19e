"""Asking across organisations: whom it reaches, and what whoever asks can learn."""

import pytest
from django.core.exceptions import PermissionDenied
from django_tasks_db.models import DBTaskResult

from accompany.access import actions as access
from accompany.access.models import Key, Lent
from accompany.access.rules import LONGEST_SLOT
from accompany.access.terms import Ref, Role
from accompany.base import clock
from accompany.enquiries import actions, queries, rules
from accompany.enquiries.models import Enquiry, EnquiryAnswer, EnquiryMatch
from accompany.enquiries.terms import AnswerKind, Decision, Event, QuestionFact
from accompany.people import actions as people
from accompany.people.models import Person
from accompany.people.terms import BirthFact, IdentifierFact, IdentifierKind, Issuer
from tests.walls import shape_of
from tests.world import DAUGHTER, MOTHER, changes_nothing, later, newest_entry, refs, refused

HER = QuestionFact("Génesis Abril", "Pineda", "Tziquin", 2014, None, "La busca su tía.")
NOBODY = QuestionFact("Wilmer Antonio", "Ixtabalán", "", None, None, "Lo busca su hija.")
BY_NUMBER = QuestionFact("", "", "", None, "099871345", "La busca su tía.")


@pytest.fixture
def theirs(world):
    """Génesis, whom another organisation holds, with her A-number and year of birth."""
    number = IdentifierFact(IdentifierKind.A_NUMBER, Issuer.DHS, "099871345")
    return world.person(
        DAUGHTER,
        by=world.actor(Role.TRACER, world.elsewhere),
        identifiers=(number,),
        birth=BirthFact(told="2014-05-06", year=2014),
    )


@pytest.fixture
def holder(world):
    """Somebody of the other organisation who decides on questions."""
    return world.actor(Role.TRACER, world.elsewhere)


def asked(world, question=HER, *, matched=True):
    """A question of the home organisation; the job that follows it is done."""
    enquiry = actions.ask(question, by=world.actor())
    if matched:
        actions.match.call(enquiry.pk.hex)
    return enquiry


@pytest.mark.parametrize(
    ("question", "is_meant"),
    [
        (HER, True),
        (BY_NUMBER, True),
        (NOBODY, False),
        (QuestionFact("Jénesis", "Pineda", "Tsiquin", None, None, "Su tía."), True),
        (QuestionFact("Génesis", "Pineda", "Tziquin", 1988, None, "Su tía."), False),
        (QuestionFact("Génesis", "Pineda", "Tziquin", 2016, None, "Su tía."), True),
    ],
    ids=["name", "number", "nobody", "sounds alike", "another year", "two years apart"],
)
def test_a_question_finds_whom_it_may_mean(world, theirs, holder, question, is_meant):
    enquiry = asked(world, question)
    meant = [one.pk for one in queries.records_meant(enquiry.pk, seen_by=holder)]
    assert meant == ([theirs] if is_meant else [])


def test_nobody_is_told_of_their_own_records(world):
    world.person(DAUGHTER)
    asked(world)
    assert not EnquiryMatch.objects.exists()


def test_asking_takes_the_same_questions_to_the_database_whoever_holds_what(world, theirs):
    by = world.actor()
    shapes = [shape_of(lambda: actions.ask(question, by=by)) for question in (HER, NOBODY)]  # noqa: B023
    assert shapes[0] == shapes[1]


def test_asking_finds_nobody_by_itself(world, theirs):
    asked(world, matched=False)
    assert not EnquiryMatch.objects.exists()
    assert DBTaskResult.objects.filter(task_path__endswith="actions.match").count() == 1


def test_whom_a_question_may_mean_is_found_once(world, theirs):
    enquiry = asked(world)
    actions.match.call(enquiry.pk.hex)
    assert EnquiryMatch.objects.count() == 1


def test_asking_leaves_an_entry_without_a_name(world):
    enquiry = asked(world, matched=False)
    assert newest_entry().event == Event.ASKED
    assert refs(newest_entry()) == [Ref("enquiry", enquiry.pk)]


def test_a_question_is_sealed(world):
    enquiry = asked(world, matched=False)
    assert b"Pineda" not in bytes(enquiry.question)
    assert queries.questions_in([enquiry], seen_by=world.actor()) == {enquiry.pk: HER}


@pytest.mark.parametrize(
    ("question", "codes"),
    [
        (QuestionFact("Génesis", "", "", 2014, None, "Su tía."), ["enquiries.nobody-meant"]),
        (QuestionFact("Génesis", "Pineda", "", None, None, " "), ["enquiries.not-said-why"]),
        (
            QuestionFact("", " ", "", None, None, ""),
            ["enquiries.nobody-meant", "enquiries.not-said-why"],
        ),
    ],
    ids=["no family name", "no reason", "nothing"],
)
def test_a_question_names_somebody_and_says_why(world, question, codes):
    by = world.actor()
    with refused(*codes):
        actions.ask(question, by=by)


@pytest.mark.parametrize("role", [Role.ANALYST, Role.AUDITOR, Role.COMPANION])
def test_only_who_works_with_persons_asks(world, role):
    by = world.actor(role)
    with changes_nothing(Exception):
        actions.ask(HER, by=by)


# What whoever asks can learn


def test_a_question_waits_where_it_may_mean_somebody_and_nowhere_else(world, theirs, holder):
    enquiry = asked(world)
    assert [one.pk for one in queries.waiting(seen_by=holder)] == [enquiry.pk]
    assert not queries.waiting(seen_by=world.admin).exists()


@pytest.mark.parametrize("decide", ["nobody", "left"])
def test_a_question_that_is_left_looks_like_one_that_nobody_could_answer(
    world, theirs, holder, decide
):
    one, other = asked(world, HER), asked(world, NOBODY)
    if decide == "left":
        actions.leave(enquiry=one.pk, by=holder)
    by = world.actor()
    for enquiry in (one, other):
        assert queries.asked(seen_by=by).filter(pk=enquiry.pk).exists()
        assert queries.answers_to([enquiry], seen_by=by) == {}


def test_behind_a_wall_a_question_reaches_only_who_sees_the_record(world, theirs, holder):
    there = world.actor(Role.ADMINISTRATOR, world.elsewhere)
    team = access.make_team(name="Nadie", members=[], by=there)
    people.keep_to_team(person=theirs, team=team.pk, by=there)
    asked(world)
    assert not queries.waiting(seen_by=holder).exists()


# Deciding


def test_an_answer_in_words_says_nothing_of_who_gave_it(world, theirs, holder):
    enquiry = asked(world)
    actions.answer(enquiry=enquiry.pk, kind=AnswerKind.WORDS, words="Está bien.", by=holder)
    ((answer,),) = queries.answers_to([enquiry], seen_by=world.actor()).values()
    assert (answer.words, answer.who, answer.code) == ("Está bien.", None, None)


def test_who_introduces_themselves_is_named(world, theirs, holder):
    enquiry = asked(world)
    actions.answer(enquiry=enquiry.pk, kind=AnswerKind.INTRODUCE, words="Llamen.", by=holder)
    ((answer,),) = queries.answers_to([enquiry], seen_by=world.actor()).values()
    assert answer.who == "Casa Vecina"


def test_a_record_is_lent_as_an_answer_for_hours(world, theirs):
    enquiry = asked(world)
    actions.answer(
        enquiry=enquiry.pk,
        kind=AnswerKind.LEND,
        words="",
        record=theirs,
        by=world.actor(Role.ADMINISTRATOR, world.elsewhere),
    )
    assert Person.objects.seen_by(world.actor()).filter(pk=theirs).exists()
    assert Lent.objects.get().until - clock.now() <= LONGEST_SLOT
    ((answer,),) = queries.answers_to([enquiry], seen_by=world.actor()).values()
    assert answer.code == world.code(theirs)


def test_a_record_that_the_question_does_not_mean_is_not_lent_with_it(world, theirs):
    there = world.actor(Role.ADMINISTRATOR, world.elsewhere)
    other, enquiry = world.person(MOTHER, by=there), asked(world)
    with changes_nothing(Person.DoesNotExist):
        actions.answer(enquiry=enquiry.pk, kind=AnswerKind.LEND, words="", record=other, by=there)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (AnswerKind.WORDS, "enquiries.no-words"),
        (AnswerKind.INTRODUCE, "enquiries.no-words"),
        (AnswerKind.LEND, "enquiries.not-one-record"),
    ],
)
def test_an_answer_says_something(world, theirs, holder, kind, code):
    enquiry = asked(world)
    with refused(code):
        actions.answer(enquiry=enquiry.pk, kind=kind, words=" ", by=holder)


def test_a_question_is_decided_on_once(world, theirs, holder):
    enquiry = asked(world)
    actions.leave(enquiry=enquiry.pk, by=holder)
    with refused("enquiries.decided-already"):
        actions.answer(enquiry=enquiry.pk, kind=AnswerKind.WORDS, words="Sí.", by=holder)
    assert EnquiryMatch.objects.get().decision == Decision.LEFT
    assert not EnquiryAnswer.objects.exists()


def test_a_decision_leaves_its_entry_about_question_and_records(world, theirs, holder):
    enquiry = asked(world)
    actions.leave(enquiry=enquiry.pk, by=holder)
    assert newest_entry().event == Event.DECIDED
    assert refs(newest_entry()) == [Ref("enquiry", enquiry.pk), Ref("person", theirs)]


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.ANALYST, Role.COMPANION])
def test_only_who_may_answer_decides(world, theirs, role):
    enquiry, by = asked(world), world.actor(role, world.elsewhere)
    with changes_nothing(Exception):
        actions.leave(enquiry=enquiry.pk, by=by)


def test_nobody_decides_on_a_question_that_does_not_reach_them(world, theirs):
    enquiry, by = asked(world), world.admin
    with refused("enquiries.decided-already"):
        actions.leave(enquiry=enquiry.pk, by=by)
    assert Enquiry.objects.filter(pk=enquiry.pk).exists()


@pytest.mark.parametrize(
    ("asked_for", "told", "goes"),
    [(None, [2014], True), (2014, [], True), (2014, [2016], True), (2014, [2017, 1990], False)],
)
def test_a_year_goes_with_one_that_is_at_most_two_apart(asked_for, told, goes):
    assert rules.may_be_born(asked_for, told) is goes


# --- questions that nobody answers --------------------------------------------------------------


def long_ago(enquiry, days=rules.LASTS.days):
    """The question as if it had been asked so many days ago."""
    Enquiry.objects.filter(pk=enquiry.pk).update(at=later(-days))


def test_a_question_that_nobody_answers_ends_and_its_words_are_destroyed(world, theirs, holder):
    enquiry = asked(world)
    long_ago(enquiry)
    assert actions.end_unanswered(by=world.admin) == 1
    enquiry.refresh_from_db()
    assert enquiry.question is None
    assert enquiry.ended_at is not None
    assert not Key.objects.filter(record=enquiry.pk).exists()
    assert not EnquiryMatch.objects.exists()
    assert not queries.waiting(seen_by=holder).exists()
    assert (newest_entry().event, refs(newest_entry())) == (
        Event.ENDED,
        [Ref("enquiry", enquiry.pk)],
    )


def test_it_waits_until_its_time_is_over_and_ends_once(world, theirs, holder):
    enquiry = asked(world)
    long_ago(enquiry, rules.LASTS.days - 1)
    assert actions.end_unanswered(by=world.admin) == 0
    assert queries.waiting(seen_by=holder).exists()
    long_ago(enquiry)
    assert [actions.end_unanswered(by=world.admin) for _ in range(2)] == [1, 0]


def test_one_that_was_not_to_be_answered_ends_like_one_that_nobody_could(world, theirs, holder):
    left, nobody = asked(world), asked(world, NOBODY)
    actions.leave(enquiry=left.pk, by=holder)
    for one in (left, nobody):
        long_ago(one)
    assert actions.end_unanswered(by=world.admin) == 2


def test_one_that_was_answered_stays(world, theirs, holder):
    enquiry = asked(world)
    actions.answer(enquiry=enquiry.pk, kind=AnswerKind.WORDS, words="Está bien.", by=holder)
    long_ago(enquiry)
    assert actions.end_unanswered(by=world.admin) == 0
    assert queries.questions_in([enquiry], seen_by=world.actor()) == {enquiry.pk: HER}


def test_what_has_ended_is_not_answered(world, theirs, holder):
    enquiry = asked(world)
    long_ago(enquiry)
    actions.end_unanswered(by=world.admin)
    with refused("enquiries.decided-already"):
        actions.answer(enquiry=enquiry.pk, kind=AnswerKind.WORDS, words="Está bien.", by=holder)


def test_a_job_that_comes_after_its_end_finds_nobody(world, theirs):
    enquiry = asked(world, matched=False)
    long_ago(enquiry)
    actions.end_unanswered(by=world.admin)
    actions.match.call(enquiry.pk.hex)
    assert not EnquiryMatch.objects.exists()


def test_only_who_runs_the_installation_ends_questions(world):
    actor = world.actor(Role.TRACER)
    with changes_nothing(PermissionDenied):
        actions.end_unanswered(by=actor)
