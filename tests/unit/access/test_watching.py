"""What is tried in vain is counted, by account and hour, for those who watch; and nothing else."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accompany.access import entering, queries, trail, watching
from accompany.access.models import InVain, User
from accompany.access.terms import NOBODY, Event, Role, Vain
from accompany.base import clock
from tests.world import later


def days_later(monkeypatch, days):
    moment = later(days)
    monkeypatch.setattr(clock, "now", lambda: moment)


def tried(*kinds, by=None, account=None):
    watching.begin()
    for kind in kinds:
        watching.note(kind, account=account)
    watching.keep(by=by)


def told(world):
    return {(one.account, one.kind): one.times for one in watching.counted(seen_by=world.admin)}


def test_one_row_counts_an_account_a_kind_and_an_hour(world):
    for _ in range(3):
        tried(Vain.PROOF, by=world.admin.user)
    tried(Vain.PROOF, Vain.UPLOAD)
    assert told(world) == {
        (world.admin.user, Vain.PROOF): 3,
        (None, Vain.PROOF): 1,
        (None, Vain.UPLOAD): 1,
    }
    assert InVain.objects.count() == 3


def test_a_count_keeps_its_account_its_kind_its_hour_and_nothing_else():
    names = {field.name for field in InVain._meta.concrete_fields}
    assert names == {"id", "hour", "account", "kind", "times"}


def test_an_hour_says_not_when_within_it(world):
    tried(Vain.UPLOAD)
    hour = InVain.objects.get().hour
    assert (hour.minute, hour.second, hour.microsecond) == (0, 0, 0)


def test_a_name_that_was_typed_is_counted_of_its_account_and_else_of_nobody(world):
    watching.begin()
    watching.note_by_name(Vain.SIGN_IN, "ines")
    watching.note_by_name(Vain.SIGN_IN, "mi contraseña larga")
    watching.keep(by=None)
    accounts = set(InVain.objects.values_list("account", flat=True))
    assert accounts == {User.objects.get(username="ines").pk, NOBODY}


def test_whoever_watches_one_organisation_is_not_told_of_another_s_accounts(world):
    colleague, other = world.colleague(Role.TRACER), world.actor(Role.TRACER, world.elsewhere)
    tried(Vain.NOT_THERE, by=colleague.user)
    tried(Vain.NOT_THERE, by=other.user)
    assert set(told(world)) == {(colleague.user, Vain.NOT_THERE)}


def test_who_does_not_read_the_trail_is_told_nothing(world):
    with pytest.raises(PermissionDenied):
        watching.counted(seen_by=world.actor(Role.CASEWORKER))


def test_after_ninety_days_a_count_is_forgotten(world, monkeypatch):
    tried(Vain.PROOF)
    days_later(monkeypatch, 90)
    tried(Vain.UPLOAD)
    assert list(InVain.objects.values_list("kind", flat=True)) == [Vain.UPLOAD]


def test_outside_a_request_nothing_is_noted(world):
    watching.note(Vain.SEAL)
    watching.keep(by=None)
    assert not InVain.objects.exists()


# --- how fast one reads ---------------------------------------------------------------------------


@pytest.fixture
def reads(world, settings):
    """Somebody who may read five pages in an hour before a proof; `reads(5)` reads them."""
    settings.ACCOMPANY_READS_AN_HOUR = 5
    actor = world.colleague(Role.CASEWORKER)

    def reading(pages):
        for _ in range(pages):
            trail.look(Event.TRAIL_READ, by=actor, about=[])
        return watching.reads_too_fast(actor.user)

    reading.actor = actor
    return reading


def test_up_to_the_bound_one_reads_on(reads):
    assert not reads(4)
    assert reads(1)


def test_after_a_proof_one_reads_on(reads):
    assert reads(5)
    user = User.objects.get(pk=reads.actor.user)
    entering.proved_again(user=user, by=queries.actor_of(user))
    assert not reads(4)
    assert reads(1)


def test_what_was_read_more_than_an_hour_ago_does_not_count(reads, monkeypatch):
    assert reads(5)
    days_later(monkeypatch, 1 / 24)
    assert not reads(4)


def test_what_another_reads_does_not_count(reads, world):
    assert reads(5)
    assert not watching.reads_too_fast(world.admin.user)


def test_those_who_read_so_much_are_told_of_for_a_day(world, monkeypatch):
    tried(Vain.READ_MUCH, by=world.admin.user)
    assert watching.read_much([world.admin.user]) == {world.admin.user}
    days_later(monkeypatch, 1)
    assert watching.read_much([world.admin.user]) == set()
    assert watching.within_a_day() == {}
    assert clock.now() - InVain.objects.get().hour >= timedelta(days=1)
