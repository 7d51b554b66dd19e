"""What is sealed opens in its own place under its own key, and nowhere else."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accompany.access import keyring, sealing
from accompany.access.models import Key
from accompany.access.sealing import FORMAT, Sealer
from accompany.base.ids import uuid7
from accompany.base.refusal import Refused

ROW, OTHER_ROW = UUID(int=1), UUID(int=2)
PLACE = {"field": "people_name.parts", "row": ROW}
sealer = Sealer(bytes(32))


@pytest.fixture
def another_wrapping_key(tmp_path, settings):
    """The installation's key file with another wrapping key in place of the first."""
    text = keyring.path().read_text()
    old = keyring.key("wrap-1").hex()
    (tmp_path / "key").write_text(text.replace(old, "cd" * 32))
    settings.ACCOMPANY_KEY_FILE = tmp_path / "key"
    keyring.keys.cache_clear()
    sealing._wrapper.cache_clear()
    yield
    keyring.keys.cache_clear()
    sealing._wrapper.cache_clear()


@given(st.text(st.characters(codec="utf-8")))
def test_what_was_sealed_is_opened(text):
    assert sealer.open_text(sealer.seal(text, **PLACE), **PLACE) == text


@given(st.binary(max_size=2_000))
def test_bytes_are_opened_to_the_last_one(content):
    assert sealer.open(sealer.seal(content, **PLACE), **PLACE) == content


def test_nothing_of_the_text_shows():
    assert b"Tziquin" not in sealer.seal("Rosaura Inés Tziquin Balam", **PLACE)


def test_one_text_sealed_twice_does_not_look_the_same():
    assert sealer.seal("Tziquin", **PLACE) != sealer.seal("Tziquin", **PLACE)


@given(st.text("abcñ", max_size=14), st.text("abcñ", max_size=14))
def test_names_of_any_usual_length_look_equally_long(one, other):
    assert len(sealer.seal(one, **PLACE)) == len(sealer.seal(other, **PLACE))


def test_what_is_sealed_begins_with_its_format():
    assert sealer.seal("Tziquin", **PLACE).startswith(FORMAT)


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"field": "people_name.parts", "row": OTHER_ROW},
        {"field": "people_name.kind", "row": ROW},
        {"field": "people_birth.parts", "row": ROW},
        {"field": "people_name.part", "row": ROW},
    ],
)
def test_a_sealed_value_that_was_moved_is_refused(elsewhere):
    with pytest.raises(Refused, match="access.seal-not-opened"):
        sealer.open(sealer.seal("Tziquin", **PLACE), **elsewhere)


@pytest.mark.parametrize("place", [0, 1, 12, 13, 30, -1])
def test_a_sealed_value_with_one_byte_changed_is_refused(place):
    spoilt = bytearray(sealer.seal("Tziquin", **PLACE))
    spoilt[place] ^= 1
    with pytest.raises(Refused, match="access.seal-not-opened"):
        sealer.open(bytes(spoilt), **PLACE)


@pytest.mark.parametrize("length", [0, 1, 5, 13, 20])
def test_a_sealed_value_cut_short_is_refused(length):
    with pytest.raises(Refused, match="access.seal-not-opened"):
        sealer.open(sealer.seal("Tziquin", **PLACE)[:length], **PLACE)


def test_the_key_of_another_record_does_not_open_it():
    with pytest.raises(Refused, match="access.seal-not-opened"):
        Sealer(bytes([1] * 32)).open(sealer.seal("Tziquin", **PLACE), **PLACE)


def test_a_sealer_says_nothing_of_itself():
    assert repr(sealer) == "sealer"


def test_a_record_s_key_opens_what_it_sealed(db):
    record = uuid7()
    sealed = sealing.new_sealers("person", [record])[record].seal("Tziquin", **PLACE)
    assert sealing.sealers([record])[record].open_text(sealed, **PLACE) == "Tziquin"


def test_keys_are_kept_wrapped_with_their_epoch(db, monkeypatch):
    data_key = bytes(range(32))
    monkeypatch.setattr(sealing.os, "urandom", lambda length: data_key[:length])
    record = uuid7()
    sealing.new_sealers("person", [record])
    key = Key.objects.get(pk=record)
    assert key.epoch == keyring.epoch()
    assert data_key not in bytes(key.wrapped)


@pytest.mark.parametrize("change", [{"kind": "row"}, {"epoch": 7}, {"record": UUID(int=9)}])
def test_a_wrapped_key_that_was_moved_is_refused(db, change):
    record = uuid7()
    sealing.new_sealers("person", [record])
    Key.objects.filter(pk=record).update(**change)
    with pytest.raises(Refused, match="access.seal-not-opened"):
        sealing.sealers([change.get("record", record)])


def test_with_another_installation_s_key_file_no_record_opens(db, request):
    record = uuid7()
    sealing.new_sealers("person", [record])
    request.getfixturevalue("another_wrapping_key")
    with pytest.raises(Refused, match="access.seal-not-opened"):
        sealing.sealers([record])


def test_a_destroyed_key_is_gone(db):
    record = uuid7()
    sealing.new_sealers("person", [record])
    sealing.destroy([record])
    assert sealing.sealers([record]) == {}


def test_a_record_has_one_key(db):
    record = uuid7()
    sealing.new_sealers("person", [record])
    sealing.sealers_for("person", [record])
    assert Key.objects.filter(record=record).count() == 1


def test_a_record_without_a_key_is_given_one(db):
    record = uuid7()
    assert sealing.sealers_for("person", [record, record]).keys() == {record}


def test_keys_of_many_records_are_found_at_once(db):
    records = [uuid7() for _ in range(1_200)]
    sealing.new_sealers("person", records)
    assert sealing.sealers(records).keys() == set(records)


def test_a_digest_is_keyed(monkeypatch):
    before = sealing.digest_of("identifier.a-number", "099871345")
    monkeypatch.setattr(keyring, "key", lambda name: bytes(32))
    assert sealing.digest_of("identifier.a-number", "099871345") != before


def test_a_digest_is_of_its_kind():
    one, other = (sealing.digest_of(kind, "099871345") for kind in ("identifier.a", "identifier.b"))
    assert one != other


def test_kind_and_value_do_not_run_together():
    assert sealing.digest_of("ab", "c") != sealing.digest_of("a", "bc")


def test_a_digest_fed_by_pieces_is_the_digest_of_the_whole():
    hasher = sealing.hasher("file")
    hasher.update(b"one, ")
    hasher.update(b"two")
    assert hasher.digest() == sealing.digest_of("file", b"one, two")
