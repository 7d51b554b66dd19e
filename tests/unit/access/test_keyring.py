"""The key file: made once, for its owner's eyes only, and refused when it is not as it was made."""

import stat

import pytest

from accompany.access import keyring
from accompany.base.refusal import Refused


@pytest.fixture
def elsewhere(tmp_path, settings):
    """The path of a key file in an empty folder."""
    settings.ACCOMPANY_KEY_FILE = tmp_path / "key"
    keyring.keys.cache_clear()
    yield tmp_path / "key"
    keyring.keys.cache_clear()


def test_the_key_file_is_for_its_owner_alone(elsewhere):
    assert stat.S_IMODE(keyring.make().stat().st_mode) == 0o600


def test_every_key_is_there_and_none_is_another(elsewhere):
    keyring.make()
    assert len({keyring.key(name) for name in keyring.NAMES}) == len(keyring.NAMES)


def test_two_installations_share_no_key(elsewhere):
    keyring.make()
    one = set(keyring.keys().values())
    elsewhere.unlink()
    keyring.make()
    assert one.isdisjoint(keyring.keys().values())


def test_a_key_file_is_never_overwritten(elsewhere):
    keyring.make()
    before = elsewhere.read_bytes()
    with pytest.raises(Refused, match="access.key-exists"):
        keyring.make()
    assert elsewhere.read_bytes() == before


def test_without_the_key_file_nothing_is_read(elsewhere):
    with pytest.raises(Refused, match="access.key-missing"):
        keyring.key("trail")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "",
        lambda text: text.replace("trail = ", "trial = "),
        lambda text: text[:-3] + "\n",
        lambda text: text.replace("codes = ", "codes = zz"),
        lambda text: text + "more = 00\n",
        lambda text: "\N{LATIN SMALL LETTER E WITH ACUTE}" + text,
    ],
)
def test_a_spoilt_key_file_is_refused(elsewhere, spoil):
    keyring.make()
    elsewhere.write_text(spoil(elsewhere.read_text()), encoding="utf-8")
    keyring.keys.cache_clear()
    with pytest.raises(Refused, match="access.key-unreadable"):
        keyring.keys()


def test_the_newest_wrapping_key_is_the_one_in_use(elsewhere):
    keyring.make()
    with elsewhere.open("a", encoding="ascii") as file:
        file.write(f"wrap-2 = {'ab' * 32}\n")
    keyring.keys.cache_clear()
    assert keyring.epoch() == 2
