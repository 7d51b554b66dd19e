"""
Is this the passkey that the account knows? The only module that knows WebAuthn.

A passkey is asked to check its holder (a finger, a PIN), so that it proves by itself who they are.
What it signs names our host and a challenge that serves once. Nothing is asked of its maker.
"""

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

VERIFIED = UserVerificationRequirement.REQUIRED
LONGEST = 20_000  # characters of an answer; a real one has about a thousand

State = dict[str, Any]
"""What must be remembered between asking and the answer: in the session, and for one answer."""


class NotThisPasskey(Exception):
    """What a browser answered proves nothing."""


@dataclass(frozen=True, slots=True)
class Site:
    """The host a passkey is for, without port, and the origin its pages come from."""

    host: str
    origin: str

    @property
    def takes_passkeys(self) -> bool:
        """Whether browsers make passkeys for it: for a name, over HTTPS or on this machine."""
        try:
            ipaddress.ip_address(self.host.strip("[]"))
        except ValueError:
            return self.origin.startswith("https:") or self.host == "localhost"
        return False


@dataclass(frozen=True, slots=True)
class Passkey:
    """The public half of a passkey, and how often it says that it has signed."""

    credential: bytes
    counter: int


def to_make(
    site: Site, *, handle: bytes, username: str, known: Sequence[bytes]
) -> tuple[dict[str, Any], State]:
    """What a browser is asked in order to make a passkey, as JSON, and what must be remembered."""
    options, state = _server(site).register_begin(
        PublicKeyCredentialUserEntity(id=handle, name=username, display_name=username),
        [AttestedCredentialData(one) for one in known],
        # After a password none need be found by its own: on a security key nothing is left behind.
        resident_key_requirement=ResidentKeyRequirement.DISCOURAGED,
        user_verification=VERIFIED,
    )
    return dict(options.public_key), state


def made(site: Site, state: State, answer: Mapping[str, Any]) -> Passkey:
    """The passkey that a browser made. Raises NotThisPasskey."""
    try:
        data = _server(site).register_complete(state, answer)
        assert data.credential_data is not None  # noqa: S101 - the library looked
        return Passkey(bytes(data.credential_data), data.counter)
    except Exception as error:  # whatever is wrong with what a browser sent, it proves nothing
        raise NotThisPasskey from error


def to_sign(site: Site, known: Sequence[bytes]) -> tuple[dict[str, Any], State]:
    """What a browser is asked in order to prove one of these, and what must be remembered."""
    options, state = _server(site).authenticate_begin(
        [AttestedCredentialData(one) for one in known], user_verification=VERIFIED
    )
    return dict(options.public_key), state


def signed(site: Site, state: State, known: Sequence[bytes], answer: Mapping[str, Any]) -> Passkey:
    """Which of these proved itself, and its new counter. Raises NotThisPasskey."""
    try:
        credentials = [AttestedCredentialData(one) for one in known]
        found = _server(site).authenticate_complete(state, credentials, answer)
        response = AuthenticationResponse.from_dict(answer).response
        return Passkey(bytes(found), response.authenticator_data.counter)
    except Exception as error:  # likewise
        raise NotThisPasskey from error


def _server(site: Site) -> Fido2Server:
    return Fido2Server(
        PublicKeyCredentialRpEntity(id=site.host, name="Accompany"),
        verify_origin=lambda origin: origin == site.origin,
    )
