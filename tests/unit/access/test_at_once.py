"""What serves once serves once, also when many come at the same moment. SQLite has one writer."""

import pytest
from django.contrib.auth import SESSION_KEY
from django.db import connection

from accompany.access import entering, second_factors, throttling
from accompany.access.models import Session, User
from accompany.access.sessions import SessionStore
from tests.at_once import AT_ONCE, at_once
from tests.factors import add_app, code_at, make_codes

pytestmark = [
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def ines(world):
    user = User.objects.get(pk=world.admin.user)
    add_app(user)
    return user


def test_a_code_of_an_app_lets_one_in(ines):
    code = code_at()
    found = at_once(lambda: second_factors.is_proven_by_code(user=ines.pk, typed=code))
    assert sorted(found) == [False] * (AT_ONCE - 1) + [True]


def test_a_recovery_code_lets_one_in(ines):
    code = make_codes(ines)[0]
    found = at_once(lambda: second_factors.is_proven_by_code(user=ines.pk, typed=code))
    assert sorted(found) == [False] * (AT_ONCE - 1) + [True]


def test_a_way_in_lets_one_in(ines, world):
    way = entering.make_way_in(username="ines", by=world.admin)
    found = at_once(lambda: entering.by_way_in(way))
    assert [one for one in found if one is not None] == [ines]


def test_no_more_tries_are_made_than_there_are(world):
    what = throttling.password_of("ines")
    for _ in range(throttling.TRIES - 3):
        throttling.take(what, origin="10.0.0.1")
    found = at_once(lambda: throttling.take(what, origin="10.0.0.1"))
    assert len([one for one in found if one is not None]) <= 3


def test_one_session_is_left_of_many_sign_ins(ines):
    def sign_in():
        store = SessionStore()
        store[SESSION_KEY] = str(ines.pk)
        store.save()

    at_once(sign_in)
    assert Session.objects.filter(user=ines, is_open=True).count() == 1


def test_nobody_who_comes_as_it_is_locked_stays_in(ines, world):
    turns = iter(range(AT_ONCE))

    def sign_in_or_lock():
        if next(turns) == AT_ONCE // 2:
            return entering.lock(username="ines", by=world.admin)
        store = SessionStore()
        store[SESSION_KEY] = str(ines.pk)
        return store.save()

    at_once(sign_in_or_lock)
    assert not Session.objects.exists()
