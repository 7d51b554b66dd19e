"""What a browser is remembered by: kept so that no copy lets anybody in, and ended in time."""

from datetime import timedelta

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError

from accompany.access import sessions
from accompany.access.models import Session, User
from accompany.access.sessions import SessionStore
from accompany.access.terms import Role
from accompany.base import clock
from tests.world import refused


@pytest.fixture
def ines(world):
    return User.objects.get(pk=world.admin.user)


def opened(user, **more):
    store = SessionStore()
    store.update({SESSION_KEY: str(user.pk), **more})
    store.save()
    return store


def half_opened(user):
    store = SessionStore()
    store[sessions.HALF_OPEN] = {"user": str(user.pk)}
    store.save()
    return store


def there(store):
    """What is remembered under the key of this session now."""
    return dict(SessionStore(store.session_key).items())


def later_by(monkeypatch, **span):
    later = clock.now() + timedelta(**span)
    monkeypatch.setattr(clock, "now", lambda: later)


def test_what_is_remembered_is_remembered(ines):
    store = opened(ines, kept="x")
    assert there(store)["kept"] == "x"
    store["kept"] = "y"
    store.save()
    assert there(store)["kept"] == "y"


def test_neither_the_key_nor_what_is_remembered_lies_in_the_table(ines):
    store = opened(ines, kept="Xochiquetzalli")
    row = Session.objects.get()
    assert store.session_key.encode() not in bytes(row.key)
    assert b"Xochi" not in bytes(row.content)
    assert len(bytes(row.key)) == 32


def test_nobody_comes_in_by_what_lies_in_the_table(ines):
    opened(ines)
    row = Session.objects.get()
    for copied in (bytes(row.key).hex(), bytes(row.key).hex()[:40], str(row.pk)):
        assert there(SessionStore(copied)) == {}


def test_what_is_remembered_cannot_be_moved_to_another_session(ines, world):
    mine = opened(ines)
    theirs = opened(User.objects.get(pk=world.actor(Role.TRACER).user))
    content = Session.objects.get(pk=theirs.row_id).content
    Session.objects.filter(pk=mine.row_id).update(content=content)
    assert there(mine) == {}


def test_an_account_is_open_in_one_place(ines):
    first, second = opened(ines), opened(ines)
    assert there(first) == {}
    assert there(second) != {}


def test_the_database_keeps_a_second_open_session_out(ines):
    opened(ines)
    row = Session.objects.get()
    row.pk, row.key = None, b"y"
    row.id = Session._meta.pk.get_default()
    with pytest.raises(Exception, match="(?i)unique"):
        row.save(force_insert=True)


def test_a_half_open_session_ends_no_other(ines):
    first = opened(ines)
    half_opened(ines)
    assert there(first) != {}


def test_sessions_of_others_stay(ines, world):
    first = opened(ines)
    opened(User.objects.get(pk=world.actor(Role.TRACER).user))
    assert there(first) != {}


@pytest.mark.parametrize("idle_minutes", [30, 5])
def test_a_session_ends_when_nobody_clicks(ines, monkeypatch, settings, idle_minutes):
    settings.ACCOMPANY_IDLE_MINUTES = idle_minutes
    store = opened(ines)
    later_by(monkeypatch, minutes=idle_minutes, seconds=-1)
    assert there(store) != {}
    later_by(monkeypatch, seconds=1)
    assert there(store) == {}


def test_a_session_lasts_while_somebody_clicks_and_twelve_hours_at_most(ines, monkeypatch):
    store = opened(ines)
    for _ in range(12 * 3 - 1):
        later_by(monkeypatch, minutes=20)
        again = SessionStore(store.session_key)
        assert again.get(SESSION_KEY)
        again.seen()
    later_by(monkeypatch, minutes=20)
    assert there(store) == {}


def test_a_new_key_gives_no_new_time(ines, monkeypatch):
    store = opened(ines)
    ends = Session.objects.get().until
    later_by(monkeypatch, minutes=10)
    store.cycle_key()
    assert Session.objects.get().until == ends


def test_that_somebody_clicked_is_written_once_a_minute(
    ines, monkeypatch, django_assert_num_queries
):
    store = opened(ines)
    later_by(monkeypatch, seconds=59)
    with django_assert_num_queries(0):
        store.seen()
    later_by(monkeypatch, seconds=1)
    with django_assert_num_queries(1):
        store.seen()
        store.seen()


def test_a_half_open_session_lasts_ten_minutes(ines, monkeypatch):
    store = half_opened(ines)
    later_by(monkeypatch, minutes=10, seconds=-1)
    assert there(store) != {}
    later_by(monkeypatch, seconds=1)
    assert there(store) == {}


def test_a_session_that_was_ended_is_not_brought_back_by_a_page_under_way(ines):
    store = opened(ines)
    under_way = SessionStore(store.session_key)
    under_way["kept"] = "x"
    sessions.end(ines.pk)
    with pytest.raises(UpdateError):
        under_way.save()
    assert not Session.objects.exists()


@pytest.mark.parametrize("change", [{"is_active": False}, {"locked_at": clock.now()}])
def test_nobody_is_signed_in_to_an_account_that_is_locked_or_not_active(ines, change):
    User.objects.filter(pk=ines.pk).update(**change)
    with refused("access.not-let-in"):
        opened(ines)
    assert not Session.objects.exists()


def test_what_is_over_is_forgotten(ines, monkeypatch):
    opened(ines)
    half_opened(ines)
    later_by(monkeypatch, hours=13)
    SessionStore.clear_expired()
    assert not Session.objects.exists()


def test_whoever_signs_in_clears_away_what_is_over(ines, world, monkeypatch):
    opened(User.objects.get(pk=world.actor(Role.TRACER).user))
    later_by(monkeypatch, hours=13)
    store = SessionStore()
    store[SESSION_KEY] = str(ines.pk)
    sessions.open_now(store)
    assert Session.objects.get().user == ines


def test_ending_all_ends_half_open_ones_and_spares_the_one_in_use(ines):
    store = opened(ines)
    half_opened(ines)
    sessions.end(ines.pk, besides=store.row_id)
    assert Session.objects.get().pk == store.row_id


def test_with_other_keys_a_session_is_none(ines, monkeypatch):
    store = opened(ines)
    monkeypatch.setattr("accompany.access.keyring.key", lambda _name: b"z" * 32)
    assert there(store) == {}
