"""A passkey proves what it is asked, here and now, by its holder; anything else proves nothing."""

import pytest

from accompany.access import passkeys
from accompany.access.passkeys import NotThisPasskey, Site
from tests.authenticator import PRESENT, Authenticator

HERE = Site("localhost", "http://localhost")


def make(device, site=HERE, **more):
    asked, state = passkeys.to_make(site, handle=b"x" * 32, username="ines", known=[], **more)
    return passkeys.made(site, state, device.made(asked))


def test_a_passkey_that_was_made_signs():
    device = Authenticator()
    kept = make(device)
    asked, state = passkeys.to_sign(HERE, [kept.credential])
    found = passkeys.signed(HERE, state, [kept.credential], device.signed(asked))
    assert found.credential == kept.credential
    assert found.counter > kept.counter


def test_its_holder_is_to_be_checked_by_the_device():
    asked, _state = passkeys.to_make(HERE, handle=b"x", username="ines", known=[])
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    kept = make(Authenticator())
    assert passkeys.to_sign(HERE, [kept.credential])[0]["userVerification"] == "required"


def of_another_challenge(device, asked, _credential):
    other, _state = passkeys.to_sign(HERE, [])
    return device.signed(asked | {"challenge": other["challenge"]})


def of_another_site(device, asked, _credential):
    device.origin = "http://localhost.example"
    return device.signed(asked)


def of_another_host(device, asked, _credential):
    return device.signed(asked | {"rpId": "elsewhere.example"})


def of_another_key(device, asked, credential):
    return Authenticator(credential=device.credential).signed(asked)


def of_another_passkey(_device, asked, _credential):
    return Authenticator().signed(asked)


def of_nobody_checked(device, asked, _credential):
    device.flags = PRESENT
    return device.signed(asked)


def of_nobody_there(device, asked, _credential):
    device.flags = 0
    return device.signed(asked)


def of_no_shape(_device, _asked, _credential):
    return {"id": 7, "response": []}


def empty(_device, _asked, _credential):
    return {}


@pytest.mark.parametrize(
    "answer",
    [
        of_another_challenge,
        of_another_site,
        of_another_host,
        of_another_key,
        of_another_passkey,
        of_nobody_checked,
        of_nobody_there,
        of_no_shape,
        empty,
    ],
)
def test_what_is_not_the_passkey_here_and_now_proves_nothing(answer):
    device = Authenticator()
    kept = make(device)
    asked, state = passkeys.to_sign(HERE, [kept.credential])
    said = answer(device, asked, kept.credential)
    with pytest.raises(NotThisPasskey):
        passkeys.signed(HERE, state, [kept.credential], said)


def test_a_passkey_made_for_another_site_is_not_kept():
    with pytest.raises(NotThisPasskey):
        make(Authenticator(origin="https://elsewhere.example"))


@pytest.mark.parametrize(
    ("host", "origin", "takes"),
    [
        ("localhost", "http://localhost:8000", True),
        ("record.example", "https://record.example", True),
        ("record.example", "http://record.example", False),
        ("127.0.0.1", "http://127.0.0.1:8000", False),
        ("[::1]", "http://[::1]:8000", False),
    ],
)
def test_passkeys_are_offered_where_browsers_make_them(host, origin, takes):
    assert Site(host, origin).takes_passkeys is takes
