"""Guessing is slowed, and nobody can keep another out by it."""

import pytest

from accompany.access import throttling
from accompany.access.models import SignInAttempt
from accompany.base import clock

pytestmark = pytest.mark.django_db
INES = throttling.password_of("ines")


def fail(times, what=INES, origin="10.0.0.1", **more):
    for _ in range(times):
        assert throttling.take(what, origin=origin, **more) is not None


def is_shut(what=INES, origin="10.0.0.1", **more):
    attempt = throttling.take(what, origin=origin, **more)
    if attempt is not None:
        throttling.give_back(attempt)
    return attempt is None


def later_by(monkeypatch, span):
    later = clock.now() + span
    monkeypatch.setattr(clock, "now", lambda: later)


def test_ten_failures_shut_the_door(world):
    fail(throttling.TRIES - 1)
    assert not is_shut()
    fail(1)
    assert is_shut(throttling.password_of("Ines"))


def test_a_try_counts_before_it_is_made(world):
    tries = [throttling.take(INES, origin="10.0.0.1") for _ in range(throttling.TRIES + 90)]
    assert len([one for one in tries if one is not None]) == throttling.TRIES


def test_a_try_that_was_right_does_not_count(world):
    for _ in range(throttling.TRIES * 2):
        assert not is_shut()


def test_failures_from_elsewhere_do_not_shut_out_whose_name_it_is(world):
    fail(throttling.TRIES)
    assert not is_shut(origin="10.0.0.2")


def test_many_names_tried_from_one_place_shut_that_place_out(world):
    for number in range(throttling.TRIES_OF_AN_ORIGIN):
        fail(1, throttling.password_of(f"nombre-{number}"))
    assert is_shut()


def test_after_a_quarter_of_an_hour_the_door_opens_again(world, monkeypatch):
    fail(throttling.TRIES)
    later_by(monkeypatch, throttling.WINDOW)
    assert not is_shut()


def test_who_goes_on_trying_does_not_keep_the_door_shut(world, monkeypatch):
    fail(throttling.TRIES)
    later_by(monkeypatch, throttling.WINDOW / 2)
    assert is_shut()
    later_by(monkeypatch, throttling.WINDOW / 2)
    assert not is_shut()


def test_failures_that_no_longer_count_are_not_kept(world, monkeypatch):
    fail(3)
    later_by(monkeypatch, throttling.DAY)
    fail(1)
    assert SignInAttempt.objects.count() == 1


def test_wrong_codes_have_a_ceiling_for_all_places_together(world):
    what = throttling.factor_of(world.admin.user, known=False)
    for number in range(5):
        fail(1, what, f"10.0.0.{number}", a_day=5)
    assert is_shut(what, "10.0.0.99", a_day=5)


def test_a_known_device_is_under_no_ceiling_of_others(world):
    for number in range(5):
        fail(1, throttling.factor_of(world.admin.user, known=False), f"10.0.0.{number}", a_day=5)
    assert not is_shut(throttling.factor_of(world.admin.user, known=True), "device 1")


def test_neither_name_nor_place_of_a_failure_is_kept(world):
    fail(1, throttling.password_of("nombre-muy-largo"))
    attempt = SignInAttempt.objects.get()
    assert len(bytes(attempt.tried)) == len(bytes(attempt.origin)) == 32
