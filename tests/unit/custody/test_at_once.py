"""Who record of one person at once ask nothing twice, and leave nothing unasked."""

from threading import Lock

import pytest
from django.db import connection, transaction

from accompany.custody import actions
from accompany.custody.terms import Custodian, StayFact
from accompany.sources.models import Question
from tests.at_once import AT_ONCE, at_once
from tests.world import day

pytestmark = [
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer"),
    pytest.mark.django_db(transaction=True),
]


def asked(person):
    return sorted(bytes(one.key) for one in Question.objects.filter(person=person))


def test_a_question_that_many_find_is_asked_once(world):
    person = world.person()
    world.stay(person, Custodian.CBP, "2026-01-05", "2026-01-08")
    world.stay(person, Custodian.ORR, "2026-02-01")
    before = asked(person)
    assert len(before) == 1
    Question.objects.all().delete()

    def ask():
        with transaction.atomic():
            actions.ask_about([person])

    at_once(ask)
    assert asked(person) == before


def test_what_many_record_at_once_is_asked_about_as_if_one_after_the_other(world):
    person, agency = world.person(), world.agency("orr")
    turns, one_by_one = iter(range(AT_ONCE)), Lock()

    def record():
        with one_by_one:
            turn = next(turns)
        told = world.told(organisation=agency if turn % 2 else world.home)
        custodian = Custodian.ORR if turn % 2 else Custodian.FAMILY
        fact = StayFact(person, custodian, day(f"2026-01-{turn + 1:02}"))
        actions.record_stays([fact], told=told, by=world.admin)

    at_once(record)
    found = asked(person)
    assert len(found) == AT_ONCE - 1
    with transaction.atomic():
        actions.ask_about([person])
    assert asked(person) == found
