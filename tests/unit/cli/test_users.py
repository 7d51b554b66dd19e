"""Accounts and organisations are looked after from a terminal."""

import pytest

from accompany.access import entering, second_factors
from accompany.access.models import Organisation, User
from accompany.access.terms import Role
from accompany.cli import ending
from tests.factors import add_app

INVITED = ("users", "invite", "tomas", "--name", "Tomás R.", "--role", "caseworker")


def password_in(ended):
    return ended.out.split()[-1]


def test_accounts_are_listed_without_a_command_of_its_own(typed, world):
    assert "ines" in typed("users").out
    assert typed("users", "list", "--format", "json").json == [
        {"user": "ines", "role": "administrator", "state": "active"}
    ]


def test_who_is_invited_is_given_a_password_for_one_sign_in(typed, world):
    ended = typed(*INVITED)
    user = User.objects.get(username="tomas")
    assert (ended.code, user.role, user.must_choose_password) == (ending.DONE, "caseworker", True)
    assert user.check_password(password_in(ended))


def test_the_name_of_a_colleague_is_not_said(typed, world):
    ended = typed(*INVITED)
    assert "Tomás" not in ended.out + ended.err


def test_a_user_name_is_given_once(typed, world):
    typed(*INVITED)
    ended = typed(*INVITED)
    assert ended.code == ending.REFUSED
    assert "access.user-name-taken" in ended.err


def test_access_ends_and_is_given_back(typed, world):
    typed(*INVITED)
    typed("users", "deactivate", "tomas")
    assert not User.objects.get(username="tomas").is_active
    typed("users", "reactivate", "tomas")
    assert User.objects.get(username="tomas").is_active


def test_the_last_administrator_stays(typed, world):
    ended = typed("users", "deactivate", "ines")
    assert ended.code == ending.REFUSED
    assert "access.last-administrator" in ended.err


def test_a_new_password_is_given(typed, world):
    before = password_in(typed(*INVITED))
    after = password_in(typed("users", "reset", "tomas"))
    user = User.objects.get(username="tomas")
    assert (user.check_password(before), user.check_password(after)) == (False, True)


def test_an_account_is_locked_and_a_reset_unlocks_it(typed, world):
    typed(*INVITED)
    assert typed("users", "lock", "tomas").code == ending.DONE
    assert "locked" in typed("users").out
    password = password_in(typed("users", "reset", "tomas"))
    user = User.objects.get(username="tomas")
    assert (user.locked_at, user.check_password(password)) == (None, True)


@pytest.mark.parametrize(("words", "left"), [((), True), (("--second-factor",), False)])
def test_a_reset_removes_second_factors_when_asked(typed, world, words, left):
    typed(*INVITED)
    user = User.objects.get(username="tomas")
    add_app(user)
    typed("users", "reset", "tomas", *words)
    assert second_factors.has_any(user.pk) is left


def test_a_one_time_way_in_is_an_address_that_lets_in_once(typed, world):
    typed(*INVITED)
    address = typed("enter", "tomas", "--at", "https://record.example/").out.strip()
    site, _path, secret = address.rpartition("/enter/")
    assert site == "https://record.example"
    assert entering.by_way_in(secret).username == "tomas"
    assert entering.by_way_in(secret) is None


def test_no_way_in_is_made_for_an_account_that_is_locked(typed, world):
    typed(*INVITED)
    typed("users", "lock", "tomas")
    ended = typed("enter", "tomas")
    assert ended.code == ending.REFUSED
    assert "access.account-locked" in ended.err


@pytest.mark.parametrize("what", ["deactivate", "reactivate", "reset", "lock"])
def test_an_account_that_is_not_there_is_refused(typed, world, what):
    assert typed("users", what, "nadie").code == ending.REFUSED


def test_only_administrators_let_people_in(typed, world):
    ana = User.objects.get(pk=world.actor(Role.ANALYST).user).username
    assert typed("--as", ana, *INVITED).code == ending.REFUSED


def test_organisations_are_listed_with_their_codes(typed, world):
    told = typed("organisations", "list", "--format", "json").json
    assert {"orr", "ice", "own"} <= {one["code"] for one in told}


def test_an_organisation_is_added_once(typed, world):
    words = ("organisations", "add", "acogida", "Red de Acogida")
    assert typed(*words).code == ending.DONE
    assert Organisation.objects.get(code="acogida").kind == "other"
    ended = typed(*words)
    assert ended.code == ending.REFUSED
    assert "access.organisation-there" in ended.err
