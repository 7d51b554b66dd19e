"""The key file: made once, for its owner's eyes only, and refused when it is not as it was made."""

import stat

import pytest

from accompany.access import keyring
from accompany.access.key_source import as_text
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


# --- where the keys come from --------------------------------------------------------------------


@pytest.fixture
def text(elsewhere):
    """The keys as text, and no file that holds them."""
    keyring.make()
    text = elsewhere.read_text()
    elsewhere.unlink()
    keyring.forget_read()
    return text


@pytest.mark.parametrize("parted", [";", "\n", " ; "])
def test_keys_come_from_a_value(text, settings, parted):
    settings.ACCOMPANY_KEY = text.replace("\n", parted)
    keyring.forget_read()
    assert as_text(keyring.keys()) == text


def test_keys_come_from_a_command(text, settings, tmp_path):
    (tmp_path / "kept elsewhere").write_text(text)
    settings.ACCOMPANY_KEY_COMMAND = f"cat '{tmp_path}/kept elsewhere'"
    keyring.forget_read()
    assert as_text(keyring.keys()) == text


def test_the_command_goes_through_no_shell(text, settings, tmp_path):
    settings.ACCOMPANY_KEY_COMMAND = f"echo $(touch {tmp_path}/touched)"
    keyring.forget_read()
    with pytest.raises(Refused, match="access.key-unreadable"):
        keyring.keys()
    assert not (tmp_path / "touched").exists()


@pytest.mark.parametrize("command", ["false", "no-such-command", "'", "printf '\\377'"])
def test_a_command_that_gives_no_keys_is_told(text, settings, command):
    settings.ACCOMPANY_KEY_COMMAND = command
    keyring.forget_read()
    with pytest.raises(Refused, match="access.key-not-printed"):
        keyring.keys()


def test_two_places_for_the_keys_are_refused(text, settings):
    settings.ACCOMPANY_KEY, settings.ACCOMPANY_KEY_COMMAND = text, "true"
    keyring.forget_read()
    with pytest.raises(Refused, match="access.key-twice"):
        keyring.keys()


def test_keys_from_elsewhere_are_never_written_to_a_file(text, elsewhere, settings):
    settings.ACCOMPANY_KEY = text
    keyring.forget_read()
    for write in (keyring.keep_first, keyring.replace):
        with pytest.raises(Refused, match="access.keys-are-elsewhere"):
            write(keyring.keys())
    assert not elsewhere.exists()


def test_no_value_of_a_key_is_in_what_is_said_of_the_source(text, settings):
    settings.ACCOMPANY_KEY = text
    assert not [key for key in text.split() if len(key) == 64 and key in repr(keyring.source())]


def test_a_file_written_anew_takes_the_place_of_the_old_whole(elsewhere):
    keyring.make()
    kept = {**keyring.keys(), "wrap-2": bytes(32)}
    with elsewhere.open("rb") as old:
        keyring.replace(kept)
        assert set(old.read()) == {0}  # what was there is written over
    assert keyring.keys() == kept
    assert [path.name for path in elsewhere.parent.iterdir()] == ["key"]


def test_a_lost_digest_key_is_told_apart_from_lost_keys(elsewhere):
    keyring.make()
    keyring.replace({name: key for name, key in keyring.keys().items() if name != "digest"})
    assert keyring.key("trail")
    with pytest.raises(Refused, match="access.digest-key-lost"):
        keyring.refuse_without_digests()
