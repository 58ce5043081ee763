"""Who is let in, and with which permission: the decision of the gate, without any network.

A device shows its code as user name and its key as password; the register holds only the key's SHA-256
digest. Keys are random, so a plain digest compared in constant time is enough and costs microseconds: a storm
of reconnections is answered in a second, which no password hash would do.
"""

from __future__ import annotations

import base64
import hmac
import json
import re
import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import nkeys

from anwei.monitoring.stream.register import BrokenRegister, Register

CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")  # nothing that means something in a topic or a subject
CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")  # nothing that could forge a line of the broker's log
LIFETIME = 24 * 3600  # s: a permission ends by itself after half to all of this
_UNKNOWN = bytes(32)  # compared with when the code is unknown, so that an answer takes equally long


@dataclass(frozen=True)
class Credential:
    """What the register says about one device."""

    digest: bytes  # SHA-256 of its key
    revoked: bool
    is_gateway: bool

    @property
    def mark(self) -> str:
        """Tells one key of a device from the next; travels in its permission and says nothing of the key."""
        return "key:" + sha256(self.digest).hexdigest()[:16]


class Refused(Exception):
    """A device is not let in; the text is for the log, the device learns only that it is refused."""


class Keyring:
    """The credentials of one register snapshot."""

    def __init__(self, register: Register) -> None:
        devices = register.devices
        gateways = {row for row in devices.gateway if row >= 0}
        rows = enumerate(zip(devices.code, devices.key, devices.revoked, strict=True))
        try:
            self._credentials = {
                code: Credential(bytes.fromhex(digest), revoked, row in gateways)
                for row, (code, digest, revoked) in rows
                if CODE.fullmatch(code)
            }
        except ValueError as error:
            raise BrokenRegister(f"a key's digest is not hexadecimal: {error}") from error

    def admit(self, code: str, key: str, client_id: str) -> Credential:
        """Return the credential of the device that shows this key, or raise Refused."""
        credential = self._credentials.get(code)
        expected = credential.digest if credential else _UNKNOWN
        matches = hmac.compare_digest(sha256(key.encode()).digest(), expected)
        if credential is None:
            raise Refused("unknown device")
        if not matches:
            raise Refused("wrong key")
        if credential.revoked:
            raise Refused("revoked")
        if not self._may_use(client_id, code, credential):
            raise Refused("client id is neither the device's code nor, for a gateway, code-suffix")
        return credential

    def still_admits(self, code: str, mark: str, client_id: str) -> bool:
        """Return whether a connection let in earlier with the key of `mark` may stay."""
        credential = self._credentials.get(code)
        return (
            credential is not None
            and not credential.revoked
            and credential.mark == mark
            and self._may_use(client_id, code, credential)
        )

    def device_of(self, client_id: str) -> str:
        """Return the code of the device that an admitted client id belongs to."""
        if client_id in self._credentials:
            return client_id
        parts = client_id.split("-")
        prefixes = ("-".join(parts[:length]) for length in range(len(parts) - 1, 0, -1))
        return next((prefix for prefix in prefixes if prefix in self._credentials), client_id[:64])

    def _may_use(self, client_id: str, code: str, credential: Credential) -> bool:
        """A client id names an MQTT session: whoever uses another's takes its connection over."""
        if client_id == code:
            return True
        return (
            credential.is_gateway
            and CLIENT_ID.fullmatch(client_id) is not None
            and self.device_of(client_id) == code
        )


def permission(user_key: str, code: str, credential: Credential, *, now: int, signer: nkeys.KeyPair) -> str:
    """Return the signed permission: publish to the device's own topic over MQTT, subscribe to nothing.

    `user_key` is the public key the broker made for this connection, `now` in seconds.
    """
    issuer = signer.public_key.decode()
    claims = {
        **_claims(issuer, user_key, now),
        "aud": "APP",
        "name": f"{code} {credential.mark}",  # the broker lists connections under this name
        "exp": now + LIFETIME // 2 + secrets.randbelow(LIFETIME // 2),
        "nats": {
            "type": "user",
            "version": 2,
            "pub": {"allow": [f"telemetry.{code}"]},
            "sub": {"deny": [">"]},
            "subs": -1,
            "data": -1,
            "payload": -1,  # the broker reads this limit from a client's own token only: the decoder sets it
            "allowed_connection_types": ["MQTT"],
        },
    }
    return _signed(claims, signer)


def answer(request: Request, *, now: int, signer: nkeys.KeyPair, jwt: str | None) -> bytes:
    """Return the reply to an auth callout: the permission `jwt`, or a refusal when it is None."""
    issuer = signer.public_key.decode()
    body = {"jwt": jwt} if jwt else {"error": "refused"}
    claims = {
        **_claims(issuer, request.user_key, now),
        "aud": request.server_id,
        "nats": {"type": "authorization_response", "version": 2, **body},
    }
    return _signed(claims, signer).encode()


@dataclass(frozen=True)
class Request:
    """What the broker asks about one connection."""

    server_id: str
    user_key: str
    protocol: str  # "mqtt" for devices
    code: str
    key: str
    client_id: str
    address: str

    @classmethod
    def parse(cls, data: bytes) -> Request:
        """Return the request in the broker's token (unverified: only the broker reaches account AUTH)."""
        token = data.split(b".")[1]
        claims = json.loads(base64.urlsafe_b64decode(token + b"=" * (-len(token) % 4)))["nats"]
        client, shown = claims["client_info"], claims["connect_opts"]
        return cls(
            server_id=claims["server_id"]["id"],
            user_key=claims["user_nkey"],
            protocol=client.get("type", ""),
            code=shown.get("user", ""),
            key=shown.get("pass", ""),
            client_id=client.get("mqtt_id", ""),
            address=client.get("host", ""),
        )


def _claims(issuer: str, subject: str, now: int) -> dict[str, Any]:
    return {"iss": issuer, "sub": subject, "iat": now, "jti": secrets.token_hex(8)}


def _signed(claims: dict[str, Any], signer: nkeys.KeyPair) -> str:
    """Return the claims as a token of NATS' own kind of JWT."""
    head = _encoded(b'{"typ":"JWT","alg":"ed25519-nkey"}')
    text = f"{head}.{_encoded(json.dumps(claims).encode())}"
    return f"{text}.{_encoded(signer.sign(text.encode()))}"


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
