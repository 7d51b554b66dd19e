"""A lock ends everything at once, and a way in lets one in once."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accompany.access import actions, entering, queries, second_factors, sessions
from accompany.access.models import Session, User, WayIn
from accompany.access.terms import Event, Ref, Role
from accompany.base import clock
from tests.factors import add_app
from tests.unit.access.test_sessions import half_opened, opened
from tests.world import PASSWORD, changes_nothing, newest_entry, refs, refused


@pytest.fixture
def tracer(world):
    return User.objects.get(pk=world.actor(Role.TRACER).user)


def as_is(user):
    return User.objects.get(pk=user.pk)


def at_a_page(user):
    return queries.actor_of(user)


# --- the lock -----------------------------------------------------------------------------------


def test_a_lock_ends_sessions_half_open_ones_and_ways_in(world, tracer):
    opened(tracer)
    half_opened(tracer)
    way = entering.make_way_in(username=tracer.username, by=world.admin)
    entering.lock(username=tracer.username, by=at_a_page(tracer))
    assert not Session.objects.exists()
    assert not WayIn.objects.exists()
    assert entering.by_way_in(way) is None
    assert newest_entry().event == Event.USER_LOCKED
    assert refs(newest_entry()) == [Ref("user", tracer.pk)]


def test_nobody_signs_in_to_a_locked_account_and_its_jobs_are_not_done(world):
    entering.lock(username="ines", by=world.admin)
    assert queries.user_with("ines", PASSWORD) is None
    assert queries.user_half_in(str(world.admin.user)) is None
    assert queries.actor_for(world.admin.user) is None


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_its_owner_and_administrators_lock_an_account(world, tracer, role):
    other = world.actor(role, world.elsewhere) if role is Role.TRACER else world.actor(role)
    with changes_nothing(PermissionDenied):
        entering.lock(username=tracer.username, by=other)


def test_an_administrator_of_another_organisation_finds_no_such_account(world, tracer):
    elsewhere = world.actor(Role.ADMINISTRATOR, world.elsewhere)
    with refused("access.user-unknown"):
        entering.lock(username=tracer.username, by=elsewhere)
    assert as_is(tracer).locked_at is None


def test_a_lock_is_told_until_an_administrator_has_seen_it(world, tracer):
    entering.lock(username=tracer.username, by=at_a_page(tracer))
    assert [user.pk for user in entering.locks_to_tell(seen_by=world.admin)] == [tracer.pk]
    assert entering.locks_to_tell(seen_by=world.actor(Role.CASEWORKER)) == []
    assert entering.locks_to_tell(seen_by=world.actor(Role.ADMINISTRATOR, world.elsewhere)) == []
    entering.lock_seen(username=tracer.username, by=world.admin)
    assert entering.locks_to_tell(seen_by=world.admin) == []
    assert as_is(tracer).locked_at is not None


def test_locking_again_keeps_who_locked_first(world, tracer):
    entering.lock(username=tracer.username, by=at_a_page(tracer))
    entering.lock(username=tracer.username, by=world.admin)
    assert as_is(tracer).locked_by == tracer.pk


def test_a_reset_unlocks_and_is_by_another(world, tracer):
    entering.lock(username=tracer.username, by=at_a_page(tracer))
    password = actions.reset_user(username=tracer.username, by=world.admin)
    assert queries.user_with(tracer.username, password) == tracer


def test_the_owner_does_not_unlock_their_own_account_but_at_the_terminal(world):
    page = at_a_page(User.objects.get(username="ines"))
    entering.lock(username="ines", by=page)
    with refused("access.unlocked-by-another"):
        actions.reset_user(username="ines", by=page)
    assert User.objects.get(username="ines").locked_at is not None
    actions.reset_user(username="ines", by=world.admin)
    assert User.objects.get(username="ines").locked_at is None


# --- what else ends sessions --------------------------------------------------------------------


def test_a_reset_and_a_deactivation_end_every_session(world, tracer):
    for action in (actions.reset_user, actions.deactivate_user):
        opened(tracer)
        half_opened(tracer)
        action(username=tracer.username, by=world.admin)
        assert not Session.objects.exists()


@pytest.mark.parametrize(("too", "left"), [(False, True), (True, False)])
def test_a_reset_removes_second_factors_only_when_asked(world, tracer, too, left):
    add_app(tracer)
    actions.reset_user(username=tracer.username, by=world.admin, second_factors_too=too)
    assert second_factors.has_any(tracer.pk) is left


def test_sessions_are_ended_by_an_administrator_and_it_leaves_its_entry(world, tracer):
    opened(tracer)
    entering.end_sessions(username=tracer.username, by=world.admin)
    assert sessions.of([tracer.pk]) == {}
    assert newest_entry().event == Event.SESSIONS_ENDED


def test_one_s_own_sessions_are_ended_one_by_one(tracer):
    store, half = opened(tracer), half_opened(tracer)
    entering.end_sessions(username=tracer.username, by=at_a_page(tracer), only=half.row_id)
    assert [one.pk for one in sessions.of([tracer.pk])[tracer.pk]] == [store.row_id]


def test_nobody_ends_the_sessions_of_a_colleague(world, tracer):
    opened(tracer)
    colleague = world.actor(Role.CASEWORKER)
    with changes_nothing(PermissionDenied):
        entering.end_sessions(username=tracer.username, by=colleague)


def test_no_session_of_another_account_is_ended_by_its_id(world, tracer):
    store = opened(tracer)
    entering.end_sessions(username="ines", by=world.admin, only=store.row_id)
    assert sessions.of([tracer.pk])[tracer.pk]


# --- a one-time way in --------------------------------------------------------------------------


def test_a_way_in_leads_in_once(world, tracer):
    way = entering.make_way_in(username=tracer.username, by=world.admin)
    assert newest_entry().event == Event.WAY_IN_MADE
    assert newest_entry().at_terminal
    assert entering.by_way_in(way) == tracer
    assert entering.by_way_in(way) is None


def test_a_way_in_lasts_ten_minutes(world, tracer, monkeypatch):
    way = entering.make_way_in(username=tracer.username, by=world.admin)
    later = clock.now() + timedelta(minutes=10)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert entering.by_way_in(way) is None


def test_a_way_in_is_made_at_the_terminal_alone(world, tracer):
    page = at_a_page(User.objects.get(username="ines"))
    with changes_nothing(PermissionDenied):
        entering.make_way_in(username=tracer.username, by=page)


def test_only_its_digest_is_kept(world, tracer):
    way = entering.make_way_in(username=tracer.username, by=world.admin)
    kept = bytes(WayIn.objects.get().digest)
    assert way.encode() not in kept
    assert len(kept) == 32


@pytest.mark.parametrize("secret", ["", "x", "ü" * 40])
def test_what_was_not_made_leads_nowhere(world, secret):
    assert entering.by_way_in(secret) is None


@pytest.mark.parametrize("ended", ["deactivated", "locked"])
def test_no_way_leads_into_an_account_that_is_locked_or_not_active(world, tracer, ended):
    code = "access.account-locked" if ended == "locked" else "access.account-not-active"
    if ended == "locked":
        entering.lock(username=tracer.username, by=world.admin)
    else:
        actions.deactivate_user(username=tracer.username, by=world.admin)
    with refused(code):
        entering.make_way_in(username=tracer.username, by=world.admin)
