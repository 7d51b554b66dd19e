"""
An authenticator without a device: makes passkeys, and signs with them, as a browser would send it.

What a browser and its authenticator do between them is done here in one place, so that a test can
also do it wrongly.
"""

import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode

PRESENT, VERIFIED, WITH_CREDENTIAL = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """One passkey on one device; it counts its signatures, unless told not to."""

    origin: str = "http://localhost"
    counts: bool = True
    flags: int = PRESENT | VERIFIED
    counter: int = 0
    credential: bytes = field(default_factory=lambda: os.urandom(16))
    _key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def made(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The answer to a request to make a passkey."""
        public = cbor.encode(dict(ES256.from_cryptography_key(self._key.public_key())))
        about = bytes(16) + len(self.credential).to_bytes(2) + self.credential + public
        data = self._data(asked["rp"]["id"], self.flags | WITH_CREDENTIAL) + about
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer("webauthn.create", asked, attestationObject=attestation)

    def signed(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The answer to a request to sign."""
        data = self._data(asked["rpId"], self.flags)
        client = self._client("webauthn.get", asked)
        signature = self._key.sign(
            data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256())
        )
        return self._answer("webauthn.get", asked, authenticatorData=data, signature=signature)

    def _data(self, host: str, flags: int) -> bytes:
        self.counter += self.counts
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4)

    def _client(self, kind: str, asked: dict[str, Any]) -> bytes:
        challenge = asked["challenge"]
        assert websafe_decode(challenge)
        said = {"type": kind, "challenge": challenge, "origin": self.origin}
        return json.dumps(said).encode()

    def _answer(self, kind: str, asked: dict[str, Any], **parts: bytes) -> dict[str, Any]:
        name = websafe_encode(self.credential)
        response = {"clientDataJSON": self._client(kind, asked), **parts}
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "response": {part: websafe_encode(value) for part, value in response.items()},
            "clientExtensionResults": {},
        }
