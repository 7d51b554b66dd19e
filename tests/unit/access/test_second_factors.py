"""What somebody has beside the password proves them once, and is kept where nobody can read it."""

import math
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accompany.access import passkeys, queries, second_factors
from accompany.access.models import SecondFactor, User
from accompany.access.passkeys import Site
from accompany.access.second_factors import STEP
from accompany.access.terms import Event, FactorKind, Ref, Role
from accompany.base import clock
from accompany.base.ids import uuid7
from tests.authenticator import Authenticator
from tests.factors import SECRET, add_app, code_at, make_codes
from tests.world import changes_nothing, newest_entry, refs, refused

HERE = Site("localhost", "http://localhost")


@pytest.fixture
def ines(world):
    return User.objects.get(pk=world.admin.user)


@pytest.fixture
def ana(world):
    """An analyst, who needs no second factor."""
    return User.objects.get(pk=world.actor(Role.ANALYST).user)


def proven(user, typed):
    return second_factors.is_proven_by_code(user=user.pk, typed=typed)


def in_seconds(monkeypatch, seconds):
    later = clock.now() + timedelta(seconds=seconds)
    monkeypatch.setattr(clock, "now", lambda: later)


# --- an app that shows codes --------------------------------------------------------------------


def test_the_code_of_now_proves_and_proves_once(ines):
    add_app(ines)
    code = code_at()
    assert proven(ines, code)
    assert not proven(ines, code)


def test_a_code_may_be_typed_in_two_halves(ines):
    add_app(ines)
    code = code_at()
    assert proven(ines, f" {code[:3]} {code[3:]} ")


@pytest.mark.parametrize(
    ("seconds", "proves"), [(-2 * STEP, False), (STEP, True), (2 * STEP, False), (3_600, False)]
)
def test_a_clock_may_be_wrong_by_half_a_minute(ines, seconds, proves):
    add_app(ines)
    assert proven(ines, code_at(seconds)) is proves


def test_after_a_later_code_an_earlier_one_serves_no_more(ines):
    add_app(ines)
    assert proven(ines, code_at(STEP))
    assert not proven(ines, code_at())


def test_the_code_that_set_it_up_does_not_sign_in(ines):
    actor, code = queries.actor_of(ines), code_at()
    second_factors.add_app(user=ines, secret=SECRET, code=code, name="", by=actor)
    assert not proven(ines, code)


@pytest.mark.parametrize(
    "typed", ["", "000000", "12345", "1234567", "abcdef", "１２３４５６", "0" * 60]
)
def test_what_is_no_code_of_now_proves_nothing(ines, typed):
    add_app(ines)
    assert (typed == "000000" and code_at() == typed) or not proven(ines, typed)


def test_an_app_with_the_wrong_code_is_not_kept(ines):
    wrong = f"{(int(code_at()) + 1) % 1_000_000:06}"
    with refused("access.code-not-right"):
        second_factors.add_app(
            user=ines, secret=SECRET, code=wrong, name="", by=queries.actor_of(ines)
        )


def test_a_code_of_somebody_else_proves_nothing(ines, ana):
    add_app(ines)
    assert not proven(ana, code_at())


def test_an_app_is_kept_sealed_and_leaves_its_entry(ines):
    add_app(ines, "el rojo")
    row = SecondFactor.objects.get()
    assert newest_entry().event == Event.SECOND_FACTOR_ADDED
    assert refs(newest_entry()) == [Ref("user", ines.pk), Ref("second-factor", row.pk)]
    for kept in (bytes(row.sealed_secret), bytes(row.sealed_name)):
        assert SECRET.encode() not in kept
        assert b"rojo" not in kept
    assert second_factors.of(ines.pk)[0].name == "el rojo"


def test_what_an_app_is_told_names_nothing_of_ours(ines):
    address = second_factors.address_of(SECRET, username="ines")
    assert address.startswith("otpauth://totp/ines?")
    assert "ccompany" not in address


# --- recovery codes -----------------------------------------------------------------------------


def test_a_recovery_code_proves_once_however_it_is_typed(ines):
    add_app(ines)
    code, *_others = make_codes(ines)
    assert proven(ines, code.upper().replace("-", " "))
    assert not proven(ines, code)
    assert second_factors.codes_left(ines.pk) == second_factors.CODES - 1


def test_a_recovery_code_has_more_than_128_random_bits(ines):
    letters = [code.replace("-", "") for code in make_codes(ines)]
    assert len(set(letters)) == len(letters)
    drawn_from = set(second_factors._ALPHABET)
    assert all(set(code) <= drawn_from for code in letters)
    assert min(map(len, letters)) * math.log2(len(drawn_from)) >= 128


def test_new_recovery_codes_make_the_old_ones_useless(ines):
    old, new = make_codes(ines)[0], make_codes(ines)[0]
    assert not proven(ines, old)
    assert proven(ines, new)


def test_a_recovery_code_can_be_read_nowhere(ines):
    codes = make_codes(ines)
    secrets = second_factors._secrets(ines.pk, FactorKind.RECOVERY)
    assert {len(secret) for _row, secret in secrets} == {32}
    assert not any(code.encode() in secret for code in codes for _row, secret in secrets)


def test_recovery_codes_alone_are_no_second_factor(ines):
    make_codes(ines)
    assert not second_factors.has_any(ines.pk)


# --- passkeys -----------------------------------------------------------------------------------


def add_passkey(user, device):
    asked, state = second_factors.asking_to_make(HERE, user=user)
    second_factors.add_passkey(
        user=user, site=HERE, state=state, answer=device.made(asked), name="llave",
        by=queries.actor_of(user),
    )  # fmt: skip


def signs(user, device):
    asked, state = second_factors.asking_to_sign(HERE, user=user.pk)
    return second_factors.is_proven_by_passkey(
        user=user.pk, site=HERE, state=state, answer=device.signed(asked)
    )


def test_a_passkey_proves_again_and_again(ines):
    device = Authenticator()
    add_passkey(ines, device)
    assert signs(ines, device)
    assert signs(ines, device)


def test_a_passkey_that_does_not_count_proves_too(ines):
    device = Authenticator(counts=False)
    add_passkey(ines, device)
    assert signs(ines, device)
    assert signs(ines, device)


def test_a_copy_of_a_passkey_is_found_by_its_count(ines):
    device = Authenticator()
    add_passkey(ines, device)
    behind = device.counter
    assert signs(ines, device)
    device.counter = behind
    assert not signs(ines, device)


def test_a_passkey_is_not_asked_to_be_made_twice(ines):
    device = Authenticator()
    add_passkey(ines, device)
    asked, _state = second_factors.asking_to_make(HERE, user=ines)
    assert len(asked["excludeCredentials"]) == 1


def test_a_passkey_is_not_asked_where_no_browser_has_one(ines):
    add_passkey(ines, Authenticator())
    site = Site("127.0.0.1", "http://127.0.0.1:8000")
    assert second_factors.asking_to_sign(site, user=ines.pk) is None


def test_a_passkey_that_was_not_asked_for_is_not_kept(ines):
    asked, _state = second_factors.asking_to_make(HERE, user=ines)
    _asked, state = passkeys.to_make(HERE, handle=b"x", username="ines", known=[])
    with refused("access.passkey-not-right"):
        second_factors.add_passkey(
            user=ines, site=HERE, state=state, answer=Authenticator().made(asked), name="",
            by=queries.actor_of(ines),
        )  # fmt: skip


# --- looking after them -------------------------------------------------------------------------


def remove(user):
    factor = second_factors.of(user.pk)[0]
    second_factors.remove(user=user, factor=factor.id, by=queries.actor_of(user))


def test_the_last_one_of_who_sees_persons_stays(ines):
    add_app(ines)
    make_codes(ines)
    with refused("access.last-second-factor"):
        remove(ines)


def test_one_of_two_goes(ines):
    add_app(ines)
    add_passkey(ines, Authenticator())
    remove(ines)
    assert newest_entry().event == Event.SECOND_FACTOR_REMOVED
    assert [one.kind for one in second_factors.of(ines.pk)] == [FactorKind.PASSKEY]


def test_who_needs_none_may_remove_the_last_and_the_recovery_codes_go_with_it(ana):
    add_app(ana)
    make_codes(ana)
    remove(ana)
    assert not SecondFactor.objects.exists()


def test_it_is_called_as_its_owner_likes(ines):
    add_app(ines)
    factor = second_factors.of(ines.pk)[0]
    second_factors.rename(user=ines, factor=factor.id, name="azul", by=queries.actor_of(ines))
    assert second_factors.of(ines.pk)[0].name == "azul"
    assert newest_entry().event == Event.SECOND_FACTOR_NAMED


@pytest.mark.parametrize("what", ["rename", "remove"])
def test_nobody_touches_what_is_another_s(ines, ana, what):
    add_app(ana)
    factor = second_factors.of(ana.pk)[0]
    more = {"name": "x"} if what == "rename" else {}
    with refused("access.second-factor-unknown"):
        getattr(second_factors, what)(
            user=ines, factor=factor.id, by=queries.actor_of(ines), **more
        )
    with changes_nothing(PermissionDenied):
        getattr(second_factors, what)(user=ana, factor=factor.id, by=queries.actor_of(ines), **more)


def test_one_that_is_not_there_is_refused(ines):
    with refused("access.second-factor-unknown"):
        second_factors.remove(user=ines, factor=uuid7(), by=queries.actor_of(ines))
