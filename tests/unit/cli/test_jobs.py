"""Jobs that wait are done, once a worker is there; those whose worker died are taken up again."""

import threading

import pytest
from django.db import transaction
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from accompany.cli import jobs
from accompany.enquiries import actions as enquiries
from accompany.enquiries.models import Enquiry
from accompany.enquiries.terms import QuestionFact
from tests.world import later

SECRET = "Rosaura Inés"
done: list[str] = []


@task()
def do(word: str) -> None:
    """A job that can be told apart."""
    done.append(word)


@task()
def break_off() -> None:
    """A job that breaks, and whose error quotes a record."""
    raise ValueError(SECRET)


@pytest.fixture(autouse=True)
def fresh():
    done.clear()


@pytest.fixture
def work(db):
    """Does whatever waits."""
    return lambda: jobs.work(threading.Event(), until_done=True)


def test_jobs_are_done_in_the_order_they_were_asked_for(work):
    for word in ("uno", "dos", "tres"):
        do.enqueue(word)
    work()
    assert done == ["uno", "dos", "tres"]


def test_a_job_asked_for_in_a_change_that_was_undone_is_not_done(work):
    with transaction.atomic():
        do.enqueue("uno")
        transaction.set_rollback(True)
    work()
    assert not done


def test_jobs_done_long_ago_are_let_go(work):
    for word in ("uno", "dos"):
        do.enqueue(word)
    work()
    DBTaskResult.objects.filter(pk=DBTaskResult.objects.first().pk).update(finished_at=later(-8))
    do.enqueue("tres")
    jobs.forget_done()
    assert DBTaskResult.objects.count() == 2
    assert DBTaskResult.objects.ready().count() == 1


def test_a_job_whose_worker_died_is_done_after_all(work):
    do.enqueue("uno")
    DBTaskResult.objects.update(status=TaskResultStatus.RUNNING)
    work()
    assert done == ["uno"]


def test_a_job_that_breaks_holds_up_no_other(work):
    break_off.enqueue()
    do.enqueue("dos")
    work()
    assert done == ["dos"]


def test_of_a_job_that_broke_the_kind_of_error_alone_is_kept(work):
    break_off.enqueue()
    work()
    (result,) = DBTaskResult.objects.all()
    assert result.status == TaskResultStatus.FAILED
    assert "ValueError" in result.traceback
    assert SECRET not in result.traceback


def test_what_waits_is_known_by_when_it_was_asked_for(work):
    assert jobs.waiting_since() is None
    do.enqueue("uno")
    assert jobs.waiting_since() is not None
    work()
    assert jobs.waiting_since() is None


def test_only_one_worker_works(db):
    with jobs._try_lock() as first, jobs._try_lock() as second:
        assert first()
        assert not second()


def test_the_lock_goes_with_its_holder(db):
    with jobs._try_lock() as first:
        assert first()
    with jobs._try_lock() as second:
        assert second()


def test_a_worker_that_is_stopped_does_nothing_more(db):
    stopped = threading.Event()
    stopped.set()
    do.enqueue("uno")
    jobs.work(stopped)
    assert not done


def test_questions_that_nobody_answered_end_by_themselves(world, work):
    fact = QuestionFact("Génesis", "Pineda", "", None, None, "La busca su tía.")
    enquiry = enquiries.ask(fact, by=world.admin)
    Enquiry.objects.update(at=later(-90))
    work()
    enquiry.refresh_from_db()
    assert enquiry.question is None
