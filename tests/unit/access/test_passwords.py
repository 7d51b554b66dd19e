"""Passwords that others use are refused, and words of the place; long ones of one's own are not."""

import hashlib

import pytest
from django.contrib.auth.password_validation import CommonPasswordValidator, validate_password
from django.core.exceptions import ValidationError
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from accompany.access import passwords
from accompany.access.models import User

# Such as stand in every list of what was stolen elsewhere, in both languages.
USED_BY_OTHERS = [
    "password1234",
    "passwordpassword",
    "qwertyuiop123",
    "1qaz2wsx3edc",
    "123456789012",
    "iloveyouforever",
    "P@ssw0rd1234",
    "barcelona2019",
    "tequieromucho",
    "teamoconlocura",
    "lavidaesbella",
    "contraseña1234",
    "contrasena1234",
    "Lá Vida És Bella",
]
OF_ONE_S_OWN = [
    "correct horse battery staple",
    "cuatro-palabras-sin-rumbo",
    "puente queso lluvia tren",
    "kerze lampe wolke stein",
    "840917362517",
    "xk3#9qLm2$vR",
    "tanto llovió aquel jueves que el sapo tocó el violín",
    "一二三四五六七八九十百千",
    "x" + "puente queso lluvia tren " * 19,
]


def refused(password, user=None):
    try:
        validate_password(password, user)
    except ValidationError as error:
        return {found.code for found in error.error_list}
    return set()


@pytest.mark.parametrize("password", USED_BY_OTHERS)
def test_a_password_that_others_use_is_refused(world, password):
    assert "password_others_use" in refused(password)


@pytest.mark.parametrize("password", OF_ONE_S_OWN)
def test_a_password_of_one_s_own_is_taken_whatever_letters_it_has(world, password):
    assert refused(password) == set()


def test_no_known_password_of_twelve_and_more_that_the_libraries_list_is_taken(world):
    listed = {*CommonPasswordValidator().passwords, *FREQUENCY_LISTS["passwords"]}
    long = sorted(password for password in listed if len(password) >= 12)
    assert len(long) > 350
    assert [password for password in long if not refused(password)] == []


@pytest.mark.parametrize(
    "password",
    ["accompany2026!", "Casa Común 2026", "casacomun-casacomun", "ines-casa-comun", "Inés T. 1984"],
)
def test_words_of_the_place_are_refused(world, password):
    assert "password_others_use" in refused(password, User.objects.get(username="ines"))


def test_what_leans_on_words_of_the_place_alone_is_taken_elsewhere(world):
    own = "quilvorantex7"
    assert refused(own) == set()
    colleague = User.objects.get(username="ines")
    colleague.username = "quilvorantex"
    assert "password_others_use" in refused(own, colleague)


def test_a_refusal_repeats_nothing_of_the_password(world):
    with pytest.raises(ValidationError) as caught:
        validate_password("lavidaesbella")
    assert "bella" not in str(caught.value)


@pytest.fixture
def known(tmp_path, settings):
    """The operator's list of known passwords: `known(lines)`."""

    def written(lines):
        path = tmp_path / "known"
        path.write_bytes(b"".join(line + b"\r\n" for line in lines))
        settings.ACCOMPANY_PASSWORD_LIST = str(path)

    return written


def sha1(password):
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()


def test_a_password_of_the_operator_s_list_is_refused(world, known):
    known([b"otra cosa", b"puente queso lluvia tren"])
    assert refused("puente queso lluvia tren") == {"password_listed"}
    assert refused("puente queso lluvia barco") == set()


@pytest.mark.parametrize("place", range(7))
def test_of_a_list_of_digests_every_one_is_found_and_no_other(world, known, place):
    listed = [f"puente queso lluvia {number}" for number in ("uno", "dos", "tres", "cuatro")]
    listed += [f"tren nube zapato {number}" for number in ("uno", "dos", "tres")]
    known(sorted(sha1(password) + b":%d" % (10**place) for password in listed))
    assert passwords.is_listed(listed[place])
    assert not passwords.is_listed(listed[place] + ".")


def test_without_its_file_no_password_is_taken(world, settings, tmp_path):
    settings.ACCOMPANY_PASSWORD_LIST = str(tmp_path / "nowhere")
    with pytest.raises(Exception, match="ACCOMPANY_PASSWORD_LIST"):
        validate_password("puente queso lluvia tren")
