"""The trail: first in every change, bound to what it brought, and found out when it is touched."""

from datetime import date, datetime, timedelta
from threading import Event as Signal
from threading import Thread
from uuid import UUID

import pytest
from django.db import connection, transaction

from accompany.access import keyring, trail
from accompany.access import queries as access
from accompany.access.models import About, Batch, Brought, Entry, Key, Waiting
from accompany.access.terms import Event, Ref
from accompany.access.trail import Finding
from accompany.base import clock, guards
from accompany.base.ids import uuid7
from accompany.people.models import Name, Person, SamePerson
from accompany.sources import verification
from accompany.sources.models import ReceivedRow, Telling
from tests.world import count_rows, later, newest_entry, refs

ANA, BEN = UUID(int=1), UUID(int=2)
SEEN = "people.person-opened"


class Stop(Exception):
    """Ends what is under way."""


def looked(world, *about):
    """A look at records, and its entry."""
    number = trail.look(SEEN, by=world.admin, about=[Ref("person", one) for one in about])
    return Entry.objects.get(number=number)


def findings():
    """Everything that `accompany verify` finds."""
    return [*trail.verify(), *verification.verify_contents()]


def kinds():
    return {finding.kind for finding in findings()}


def batches():
    """The numbers of the entries in each batch, in the order of batches."""
    return [trail.numbers_in(batch) for batch in Batch.objects.order_by("number")]


# --- entries ---------------------------------------------------------------------------------


def test_an_entry_says_who_did_what_when_to_whom(world):
    before = clock.now()
    entry = looked(world, ANA, BEN)
    assert (entry.actor, entry.at_terminal, entry.event) == (world.admin.user, True, SEEN)
    assert before <= entry.at <= clock.now()
    assert refs(entry) == [Ref("person", ANA), Ref("person", BEN)]


def test_the_entry_is_there_before_what_it_is_about(world):
    with trail.change(SEEN, by=world.admin) as change:
        assert Entry.objects.filter(number=change.number).exists()


def test_of_a_change_that_fails_nothing_is_left(world):
    before = count_rows()
    with pytest.raises(Stop), trail.change(SEEN, by=world.admin, about=[Ref("person", ANA)]):
        world.person()
        raise Stop
    assert count_rows() == before


def test_a_change_within_a_change_leaves_no_entry_of_its_own(world):
    before = Entry.objects.count()
    inside = trail.change(SEEN, by=world.admin)
    with inside as outer, trail.change(SEEN, by=world.admin, within=outer) as inner:
        pass
    assert inner is outer
    assert Entry.objects.count() == before + 1


def test_numbers_only_ever_grow(world):
    numbers = [looked(world).number for _ in range(5)]
    assert numbers == sorted(set(numbers))


def test_counts_are_kept_as_they_were_given(world):
    number = trail.look(SEEN, by=world.admin, about=[], counts={"rows": 3, "found": 1})
    assert access.entries([number])[number].counts == {"rows": 3, "found": 1}


def test_a_reason_is_sealed_and_opened_again(world):
    person = world.person()
    with trail.change(SEEN, by=world.admin, about=[Ref("person", person)], reason="Lo dijo."):
        pass
    entry = newest_entry()
    assert b"Lo dijo" not in bytes(entry.reason)
    assert trail.reason_of(entry) == "Lo dijo."


def test_a_reason_goes_with_the_key_of_its_person(world):
    person = world.person()
    with trail.change(SEEN, by=world.admin, about=[Ref("person", person)], reason="Lo dijo."):
        pass
    Key.objects.filter(record=person).delete()
    assert trail.reason_of(newest_entry()) is None


@pytest.mark.django_db(transaction=True)
def test_a_look_is_committed_before_anything_else_happens(world):
    committed = []
    looked(world, ANA)
    with pytest.raises(Stop), transaction.atomic():
        committed.append(Entry.objects.filter(event=SEEN).count())
        raise Stop
    assert committed == [1]
    assert Entry.objects.filter(event=SEEN).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_change_undone_from_outside_leaves_nothing(world):
    before = count_rows()
    with pytest.raises(Stop), transaction.atomic():
        world.person()
        raise Stop
    assert count_rows() == before


# --- sealing ---------------------------------------------------------------------------------


def test_every_entry_is_sealed_exactly_once(world):
    for _ in range(4):
        looked(world)
        trail.seal()
    world.person()
    trail.seal()
    trail.seal()
    sealed = [number for batch in batches() for number in batch]
    assert sorted(sealed) == list(Entry.objects.order_by("number").values_list("number", flat=True))


def test_nothing_waits_after_sealing(world):
    looked(world)
    trail.seal()
    assert not Waiting.objects.exists()


def test_moments_of_sealing_grow_though_the_clock_is_set_back(world, monkeypatch):
    looked(world)
    trail.seal()
    long_ago = clock.now() - timedelta(days=400)
    monkeypatch.setattr(clock, "now", lambda: long_ago)
    for _ in range(3):
        looked(world)
        trail.seal()
    moments = list(Batch.objects.order_by("number").values_list("sealed_at", flat=True))
    assert moments == sorted(set(moments))


# --- what verify finds ------------------------------------------------------------------------


@pytest.fixture
def record(world):
    """Some changes and looks, by hand and by list, all sealed."""
    world.join(world.person(), world.person())
    world.receive()
    looked(world, ANA, BEN)
    looked(world, BEN)
    trail.seal()
    looked(world, ANA)
    trail.seal()
    assert findings() == []
    return world


def tamper(model, change):
    """Change the table as somebody could who has the database and not the key."""
    with guards.off(connection):
        change(model.objects)


@pytest.mark.parametrize(
    "change",
    [
        {"event": "people.family-opened"},
        {"actor": ANA},
        {"actor": None},
        {"at_terminal": False},
        {"at": datetime(2026, 1, 1, tzinfo=clock.UTC)},
        {"counts": '{"rows": 3}'},
        {"brings": True},
        {"reason": b"\x01" + bytes(60)},
        {"reason_of": ANA},
        {"mac": bytes(32)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_entry_is_found(record, change):
    number = newest_entry().number
    tamper(Entry, lambda entries: entries.filter(number=number).update(**change))
    assert Finding("entry-changed", number) in findings()


@pytest.mark.parametrize(
    "change",
    [
        lambda about: about.filter(position=0).delete(),
        lambda about: about.filter(position=0).update(record=UUID(int=3)),
        lambda about: about.filter(position=0).update(kind="list"),
        lambda about: about.filter(position=0).update(position=5),
        lambda about: about.create(
            entry=about.first().entry, position=2, kind="person", record=BEN
        ),
    ],
    ids=["one taken out", "another record", "another kind", "another order", "one put in"],
)
def test_what_an_entry_is_about_cannot_be_changed(record, change):
    number = About.objects.filter(record=ANA).order_by("entry").first().entry
    with guards.off(connection):
        change(About.objects.filter(entry=number))
    assert findings() == [Finding("entry-changed", number)]


def test_a_missing_entry_is_found(record):
    number = newest_entry().number
    tamper(Entry, lambda entries: entries.filter(number=number).delete())
    tamper(About, lambda about: about.filter(entry=number).delete())
    assert Finding("entry-missing", number) in findings()


def test_an_entry_put_in_is_found(record):
    copy = newest_entry()
    copy.number += 1_000
    copy.save(force_insert=True)
    assert {"entry-changed", "entry-in-no-batch"} <= kinds()


def test_two_entries_that_changed_places_are_found(record):
    one, other = Entry.objects.order_by("-number")[:2]

    def swap(entries):
        entries.filter(number=one.number).update(number=one.number + 5_000)
        entries.filter(number=other.number).update(number=one.number)
        entries.filter(number=one.number + 5_000).update(number=other.number)

    tamper(Entry, swap)
    assert {"entry-changed", "batch-broken"} <= kinds()


@pytest.mark.parametrize(
    "change",
    [
        {"entries": bytes(8)},
        {"digest": bytes(32)},
        {"sealed_at": datetime(2026, 1, 1, tzinfo=clock.UTC)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_batch_is_found(record, change):
    number = Batch.objects.latest("number").number
    tamper(Batch, lambda found: found.filter(number=number).update(**change))
    assert Finding("batch-broken", number) in findings()


def test_a_batch_taken_out_is_found(record):
    first = Batch.objects.earliest("number")
    tamper(Batch, lambda found: found.filter(number=first.number).delete())
    assert Finding("entry-in-no-batch", trail.numbers_in(first)[0]) in findings()


def test_with_another_key_every_entry_is_found(record, monkeypatch):
    monkeypatch.setattr(keyring, "key", lambda name: bytes(32))
    assert "entry-changed" in {finding.kind for finding in trail.verify()}


def test_what_comes_while_verify_reads_is_no_finding(record):
    missing = newest_entry().number
    tamper(Entry, lambda entries: entries.filter(number=missing).delete())
    tamper(About, lambda about: about.filter(entry=missing).delete())
    found = trail.verify()
    first = next(found)
    looked(record, ANA)
    assert first == Finding("entry-missing", missing)
    assert "entry-in-no-batch" not in {finding.kind for finding in found}


def test_a_rolled_back_number_is_no_finding(record):
    with pytest.raises(Stop), trail.change(SEEN, by=record.admin):
        raise Stop
    looked(record, ANA)
    assert findings() == []


# --- what verify finds in what entries brought ---------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"certainty": "doubted"},
        {"learned_on": "2020-01-01"},
        {"kind": "alias"},
        {"parts": b"\x01"},
        {"recorded_in": 1},
    ],
    ids=lambda change: next(iter(change)),
)
@pytest.mark.parametrize("by_list", [False, True], ids=["by hand", "by list"])
def test_a_changed_statement_is_found(record, change, by_list):
    name = Name.objects.filter(row__isnull=not by_list).first()
    tamper(Name, lambda names: names.filter(pk=name.pk).update(**change))
    assert Finding("contents-changed", name.recorded_in) in findings()


@pytest.mark.parametrize("by_list", [False, True], ids=["by hand", "by list"])
def test_a_deleted_statement_is_found(record, by_list):
    name = Name.objects.filter(row__isnull=not by_list).first()
    tamper(Name, lambda names: names.filter(pk=name.pk).delete())
    assert findings() == [Finding("contents-changed", name.recorded_in)]


def test_a_statement_put_in_is_found(record):
    name = Name.objects.filter(row=None).first()
    name.pk = uuid7()
    name.save(force_insert=True)
    assert findings() == [Finding("contents-changed", name.recorded_in)]


@pytest.mark.parametrize("number", [1_000_000, 2])
def test_a_statement_of_an_entry_that_brought_none_is_found(record, number):
    name = Name.objects.first()
    Name.objects.create(
        person_id=name.person_id,
        source_id=name.source_id,
        certainty="said",
        learned_on=name.learned_on,
        kind="told",
        parts=b"\x01",
        recorded_in=number,
    )
    assert {finding.number for finding in findings()} == {number}


def test_a_statement_withdrawn_without_an_entry_is_found(record):
    name = Name.objects.filter(row=None).first()
    number = newest_entry().number  # of a look
    Name.objects.filter(pk=name.pk).update(withdrawn_in=number)
    assert findings() == [Finding("statement-of-no-entry", number)]


def test_a_withdrawal_that_was_undone_is_found(record):
    one, other = record.persons(2)
    record.join(one, other)
    record.part(one, other)
    number = newest_entry().number
    tamper(SamePerson, lambda links: links.filter(withdrawn_in=number).update(withdrawn_in=None))
    assert findings() == [Finding("contents-changed", number)]


@pytest.mark.parametrize(
    "change",
    [{"how": "letter"}, {"told_on": "2020-01-01"}, {"received_by": ANA}, {"document": "x"}],
)
def test_a_changed_telling_is_found(record, change):
    telling = Telling.objects.first()
    tamper(Telling, lambda tellings: tellings.filter(pk=telling.pk).update(**change))
    assert findings() == [Finding("contents-changed", telling.recorded_in)]


@pytest.mark.parametrize(
    "change", [{"place": 90}, {"sheet": 3}, {"kind": "not-a-record"}, {"raw": b"\x01"}],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_a_changed_row_is_found(record, change):
    row = ReceivedRow.objects.first()
    tamper(ReceivedRow, lambda rows: rows.filter(pk=row.pk).update(**change))
    assert findings() == [Finding("contents-changed", row.recorded_in)]


def test_two_rows_that_changed_places_are_found(record):
    one, other = ReceivedRow.objects.order_by("place")[1:3]

    def swap(rows):
        rows.filter(pk=one.pk).update(place=900)
        rows.filter(pk=other.pk).update(place=one.place)
        rows.filter(pk=one.pk).update(place=other.place)

    tamper(ReceivedRow, swap)
    assert findings() == [Finding("contents-changed", one.recorded_in)]


def test_a_deleted_row_is_found(record):
    row = ReceivedRow.objects.latest("place")
    tamper(ReceivedRow, lambda rows: rows.filter(pk=row.pk)._raw_delete(connection.alias))
    assert findings() == [Finding("contents-changed", row.recorded_in)]


def test_a_person_taken_out_with_all_that_bound_them_is_found(record):
    record.person()
    number = newest_entry().number
    with guards.off(connection):
        for model in (Name, Person, Telling):
            model.objects.filter(recorded_in=number).delete()
        Brought.objects.filter(entry=number).delete()
    assert findings() == [Finding("contents-missing", number)]


def test_a_row_whose_key_was_destroyed_is_verified_as_before(record):
    """A key alone can be taken by anybody: it excuses nothing that went with it."""
    row = ReceivedRow.objects.order_by("place")[1]
    Key.objects.filter(record=row.pk).delete()
    assert findings() == []
    tamper(Name, lambda names: names.filter(row=row.pk)._raw_delete(connection.alias))
    assert findings() == [Finding("contents-changed", row.recorded_in)]


def test_an_erased_person_leaves_the_others_verified(record):
    Key.objects.filter(kind="person").first().delete()
    assert findings() == []


def test_a_withdrawal_is_no_finding(record):
    one, other = record.persons(2)
    record.join(one, other)
    record.part(one, other)
    assert findings() == []


# --- positions ----------------------------------------------------------------------------------


def test_a_moment_resolves_to_the_last_position_sealed_by_then(world):
    looked(world)
    first = trail.known()
    looked(world)
    second = trail.known()
    assert first.moment < second.moment
    between = first.moment + (second.moment - first.moment) / 2
    assert [trail.known(moment) for moment in (first.moment, between, second.moment)] == [
        first, first, second,
    ]  # fmt: skip


def test_a_moment_to_come_is_answered_at_the_newest_position(world):
    looked(world)
    now = trail.known()
    assert trail.known(later(days=1)) == now


def test_before_everything_nothing_was_known(world):
    known = trail.known(later(days=-400))
    assert (known.upto, known.late) == (0, frozenset())


def test_what_is_known_now_holds_what_was_just_recorded(world):
    person = world.person()
    assert Person.objects.as_known_on(trail.known()).filter(pk=person).exists()


def test_what_was_known_does_not_hold_what_came_after(world):
    known = trail.known()
    person = world.person()
    assert not Person.objects.as_known_on(known).filter(pk=person).exists()


def test_an_entry_that_was_committed_late_is_late(world):
    """As on PostgreSQL, where a number is drawn before others and committed after them."""
    if connection.vendor == "postgresql":
        first, second = looked(world).number, looked(world).number
        Waiting.objects.filter(number=first).delete()
        trail.seal()
        known = trail.known()
        assert (known.upto, known.late) == (second, frozenset())
        Waiting.objects.create(number=first)
        assert trail.known(known.moment).late == {first}
        trail.seal()
        assert trail.known(known.moment).late == {first}
        assert trail.known().late == frozenset()


def test_the_day_of_the_installation_ends_at_its_midnight(settings):
    settings.TIME_ZONE = "America/New_York"
    assert clock.end_of_day(date(2026, 3, 8)).isoformat() == "2026-03-09T00:00:00-04:00"


def test_every_event_of_access_can_be_read(world):
    assert all(str(event.label) for event in Event)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer: nothing is late")
@pytest.mark.django_db(transaction=True)
def test_a_change_still_under_way_is_late_before_anybody_can_see_it(world):
    before = newest_entry().number
    going_on, ends = Signal(), Signal()

    def slowly():
        with transaction.atomic():
            trail.look(SEEN, by=world.admin, about=[Ref("person", ANA)])
            going_on.set()
            ends.wait(timeout=10)
        connection.close()

    thread = Thread(target=slowly)
    thread.start()
    assert going_on.wait(timeout=10)
    after = looked(world, BEN).number
    known = trail.known()
    ends.set()
    thread.join()

    under_way = set(range(before + 1, after))
    assert under_way
    assert under_way <= known.late
