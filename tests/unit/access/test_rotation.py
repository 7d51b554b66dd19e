"""The wrapping key is changed and the old one destroyed; broken off anywhere, it goes on."""

import os

import pytest
from django.core.exceptions import PermissionDenied

from accompany.access import keyring, rotation, sealing, trail
from accompany.access.actors import Actor
from accompany.access.models import Digest, Entry, Key, SignInAttempt, Wrapping
from accompany.base import clock
from accompany.base.ids import uuid7
from accompany.base.refusal import Refused
from accompany.people import actions as people
from accompany.people import queries as people_queries
from accompany.people.terms import IdentifierFact, IdentifierKind, Issuer
from tests.cast import MOTHER
from tests.world import later

pytestmark = pytest.mark.django_db


def tell(*_):
    """Nobody is told."""


@pytest.fixture(autouse=True)
def kept_keys():
    """The key file as it was, afterwards."""
    before = keyring.path().read_bytes()
    yield
    keyring.path().write_bytes(before)
    keyring.forget_read()
    sealing.forget_wrappers()


@pytest.fixture
def by(world):
    return world.admin


@pytest.fixture
def sealed(world):
    """Some records with keys, and what they sealed."""
    records = [uuid7() for _ in range(5)]
    sealers = sealing.new_sealers("person", records)
    return {one: sealers[one].seal("Lucía", field="a.b", row=one) for one in records}


def opened(sealed):
    sealers = sealing.sealers(sealed)
    return {sealers[one].open_text(text, field="a.b", row=one) for one, text in sealed.items()}


def elsewhere(settings, text):
    """The keys come from the environment."""
    settings.ACCOMPANY_KEY = text.replace("\n", ";")
    keyring.forget_read()


# --- the keys in a file --------------------------------------------------------------------------


def test_after_a_rotation_everything_is_opened_under_the_new_key_alone(by, sealed):
    rotation.rotate(by=by, tell=tell)
    assert set(Key.objects.values_list("epoch", flat=True)) == {2}
    assert keyring.wrapping(keyring.keys()) == [2]
    assert opened(sealed) == {"Lucía"}


def test_the_old_key_is_in_no_file(by, sealed):
    old = keyring.key("wrap-1").hex()
    rotation.rotate(by=by, tell=tell)
    lying = [path for path in keyring.path().parent.iterdir() if path.is_file()]
    assert [path for path in lying if old.encode() in path.read_bytes()] == []


def test_the_new_key_file_is_for_its_owner_alone(by):
    os.umask(0o022)
    rotation.rotate(by=by, tell=tell)
    assert keyring.path().stat().st_mode & 0o777 == 0o600


def test_an_old_copy_of_the_vault_is_not_opened_any_more(by, sealed):
    old = {key.record: bytes(key.wrapped) for key in Key.objects.all()}
    rotation.rotate(by=by, tell=tell)
    (record, *_) = sealed
    Key.objects.filter(record=record).update(epoch=1, wrapped=old[record])
    with pytest.raises(Refused, match="access.seal-not-opened"):
        sealing.sealers([record])


def test_a_rotation_leaves_its_entries_and_the_trail_is_sound(by, sealed):
    rotation.rotate(by=by, tell=tell)
    events = list(Entry.objects.order_by("-number").values_list("event", flat=True)[:3])
    assert events == [
        "access.wrapping-key-destroyed",
        "access.keys-wrapped-anew",
        "access.wrapping-key-begun",
    ]
    assert list(trail.verify()) == []


def test_who_may_not_operate_changes_no_key(by, world):
    nobody = Actor(by.user, by.organisation, frozenset())
    with pytest.raises(PermissionDenied):
        rotation.rotate(by=nobody, tell=tell)
    assert keyring.epoch() == 1


class Broken(Exception):
    """Somebody pulled the plug."""


@pytest.mark.parametrize(
    "where",
    [
        (keyring, "replace"),
        (sealing, "proof"),
        (rotation, "_put_back"),
        (rotation, "_note_done"),
        (rotation, "_destroy_older"),
        (sealing, "forget_wrappers"),
        (rotation, "_note_destroyed"),
    ],
    ids=lambda where: where[1],
)
def test_broken_off_anywhere_everything_is_opened_and_the_next_run_goes_on(
    by, sealed, monkeypatch, where
):
    def broken(*_args, **_named):
        raise Broken

    with monkeypatch.context() as patch:
        patch.setattr(*where, broken)
        with pytest.raises(Broken):
            rotation.rotate(by=by, tell=tell)
    keyring.forget_read()
    sealing.forget_wrappers()
    assert opened(sealed) == {"Lucía"}

    rotation.rotate(by=by, tell=tell)
    assert opened(sealed) == {"Lucía"}
    assert len(keyring.wrapping(keyring.keys())) == 1
    assert not rotation.is_under_way()


def test_broken_off_between_two_chunks_it_goes_on(by, sealed, monkeypatch):
    monkeypatch.setattr(rotation, "_CHUNK", 2)

    def once(_phase, _done, _of):
        raise Broken

    with pytest.raises(Broken):
        rotation.rotate(by=by, tell=once)
    assert set(Key.objects.values_list("epoch", flat=True)) == {1, 2}
    assert opened(sealed) == {"Lucía"}
    rotation.rotate(by=by, tell=tell)
    assert set(Key.objects.values_list("epoch", flat=True)) == {2}
    assert opened(sealed) == {"Lucía"}


def test_keys_made_ready_by_a_process_that_let_the_old_key_go_are_refused(by):
    _sealers, rows = sealing.made("person", [uuid7()])
    rotation.rotate(by=by, tell=tell)
    plain = [(one.bytes, kind, epoch, wrapped) for one, kind, epoch, wrapped in rows]
    with pytest.raises(Refused, match="access.keys-changed"):
        sealing.wrapped_as_now(plain)


def test_keys_made_ready_before_a_rotation_are_stored_under_the_new_key(by, monkeypatch):
    record = uuid7()
    sealers, rows = sealing.made("person", [record])
    sealed = {record: sealers[record].seal("Lucía", field="a.b", row=record)}
    before = keyring.keys()
    with monkeypatch.context() as patch:
        patch.setattr(sealing, "forget_wrappers", lambda: None)
        rotation.rotate(by=by, tell=tell)
    assert before != keyring.keys()

    plain = [(one.bytes, kind, epoch, wrapped) for one, kind, epoch, wrapped in rows]
    sealing.record_plain(Key, sealing.KEY_COLUMNS, sealing.wrapped_as_now(plain))
    assert Key.objects.get(record=record).epoch == 2
    assert opened(sealed) == {"Lucía"}


def test_a_key_destroyed_meanwhile_stays_destroyed(by, sealed, monkeypatch):
    record, put_back = next(iter(sealed)), rotation._put_back

    def after_an_erasure(epoch, rows):
        sealing.destroy([record])
        put_back(epoch, rows)

    monkeypatch.setattr(rotation, "_put_back", after_an_erasure)
    rotation.rotate(by=by, tell=tell)
    assert not Key.objects.filter(record=record).exists()


@pytest.mark.parametrize(("days", "due"), [(5, False), (6.5, True)])
def test_the_worker_rotates_every_week(by, days, due):
    Wrapping.objects.update(begun_at=later(days=-days))
    assert rotation.is_due_by_itself() is due


def test_a_rotation_that_was_broken_off_is_due(by):
    Wrapping.objects.update(done_at=None)
    assert rotation.is_due_by_itself()


# --- the keys elsewhere --------------------------------------------------------------------------


def test_keys_from_elsewhere_are_changed_in_two_steps(by, sealed, settings):
    text = keyring.path().read_text()
    elsewhere(settings, text)
    name, value = rotation.next_key()
    with pytest.raises(Refused, match="access.key-not-placed"):
        rotation.rotate(by=by, tell=tell)
    elsewhere(settings, f"{text}{name} = {value.hex()}\n")
    rotation.rotate(by=by, tell=tell)
    assert rotation.is_under_way()
    with pytest.raises(Refused, match="access.key-still-there"):
        rotation.forget(by=by)

    first, rest = text.split("\n", 1)
    assert first.startswith("wrap-1")
    elsewhere(settings, f"{rest}{name} = {value.hex()}\n")
    assert rotation.forget(by=by) == [1]
    assert not rotation.is_under_way()
    assert opened(sealed) == {"Lucía"}


def test_keys_from_elsewhere_are_not_changed_by_the_worker(by, settings):
    Wrapping.objects.update(begun_at=later(days=-30))
    elsewhere(settings, keyring.path().read_text())
    assert rotation.is_due()
    assert not rotation.is_due_by_itself()


# --- keys that do not fit ------------------------------------------------------------------------


def test_keys_of_another_record_are_refused(by):
    keyring.path().unlink()
    keyring.make()
    sealing.forget_wrappers()
    with pytest.raises(Refused, match="access.keys-of-another"):
        rotation.refuse_other_keys()


def test_an_old_copy_of_the_keys_is_refused(by):
    copy = keyring.path().read_bytes()
    rotation.rotate(by=by, tell=tell)
    keyring.path().write_bytes(copy)
    keyring.forget_read()
    with pytest.raises(Refused, match="access.keys-too-old"):
        rotation.refuse_other_keys()


# --- digests -------------------------------------------------------------------------------------


@pytest.fixture
def lucia(world):
    number = IdentifierFact(IdentifierKind.A_NUMBER, Issuer.DHS, "200000001")
    return world.person(MOTHER, identifiers=(number,))


def found():
    found = people_queries.bearers_of(IdentifierKind.A_NUMBER, "200000001")
    return list(found.values_list("pk", flat=True))


def lose_the_digest_key():
    keyring.replace({name: value for name, value in keyring.keys().items() if name != "digest"})


def test_a_lost_digest_key_is_replaced_and_everybody_is_found_again(by, lucia):
    lose_the_digest_key()
    with pytest.raises(Refused, match="access.digest-key-lost"):
        found()
    people.renew_digests(by=by, tell=tell)
    assert found() == [lucia]
    keyring.refuse_without_digests()


def test_a_known_digest_key_is_of_no_use_any_more(by, lucia):
    before = bytes(Digest.objects.get().digest)
    people.renew_digests(by=by, tell=tell)
    assert bytes(Digest.objects.get().digest) != before
    assert Entry.objects.latest("number").event == "access.digests-renewed"


def test_files_and_questions_are_recognised_under_a_key_that_stays(by):
    before = [sealing.digest_of(kind, b"x") for kind in ("file", "question")]
    people.renew_digests(by=by, tell=tell)
    assert [sealing.digest_of(kind, b"x") for kind in ("file", "question")] == before


def test_a_renewal_that_was_broken_off_is_told_and_goes_on(by, lucia, monkeypatch):
    def broken():
        raise Broken

    with monkeypatch.context() as patch:
        patch.setattr(rotation, "take_next_digest_key", broken)
        with pytest.raises(Broken):
            people.renew_digests(by=by, tell=tell)
    with pytest.raises(Refused, match="access.digests-under-way"):
        keyring.refuse_without_digests()
    people.renew_digests(by=by, tell=tell)
    assert found() == [lucia]


def test_digests_made_ready_before_a_renewal_are_refused(by, lucia):
    old = keyring.keys()
    people.renew_digests(by=by, tell=tell)
    keyring.keys.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keyring, "keys", _first(old, keyring.keys))
        with pytest.raises(Refused, match="access.keys-changed"):
            sealing.refuse_stale_digests()


def _first(once, function):
    """A function that answers once as it was before."""
    answers = [once]

    def ask():
        return answers.pop() if answers else function()

    ask.cache_clear = function.cache_clear
    return ask


def test_failed_sign_ins_by_the_old_key_count_no_more(by):
    SignInAttempt.objects.create(id=uuid7(), tried=b"x", origin=b"y", at=clock.now())
    people.renew_digests(by=by, tell=tell)
    assert not SignInAttempt.objects.exists()
