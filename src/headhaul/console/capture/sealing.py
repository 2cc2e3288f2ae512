"""The secrets from which a phone makes the keys of what it keeps.

A phone at a fair holds names and numbers for hours without a network. It seals them with a key made from a secret of
the server's that only the signed-in owner is given. The secret hangs on the person and on the server's own key, on
nothing that a new password or another sign-in would change: what was sealed yesterday opens today. After the server's
key was changed, the former secrets are given along, so that nothing is lost on the way.

With each secret goes a pair of keys made from it. A phone seals with the open half, which it may keep for as long as it
likes; what it sealed opens only with the other one.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256


@dataclass(frozen=True, slots=True)
class DeviceSecret:
    """A secret, and the name that sealed things call it by."""

    id: str
    secret: str
    pair: dict[str, str]  # a JWK of the curve below, both halves


def secrets_of(user_id: int) -> list[DeviceSecret]:
    """The secret of a person by each key the server knows, the present one first."""
    return [_secret(key, user_id) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def _secret(key: str, user_id: int) -> DeviceSecret:
    secret = _derived(key.encode(), b"headhaul.console.capture.device:%d" % user_id, 32)
    name = hashlib.sha256(b"id:" + secret).hexdigest()[:16]
    return DeviceSecret(id=name, secret=base64.b64encode(secret).decode(), pair=_pair(secret))


def _pair(secret: bytes) -> dict[str, str]:
    """The same for the same secret. More bytes than the order has make every number of it as likely as any other."""
    many = int.from_bytes(_derived(secret, b"headhaul.console.capture.pair", 48))
    half = ec.derive_private_key(many % (_ORDER - 1) + 1, ec.SECP256R1())
    open_half = half.public_key().public_numbers()
    numbers = {"x": open_half.x, "y": open_half.y, "d": half.private_numbers().private_value}
    return {"kty": "EC", "crv": "P-256"} | {name: _word(number) for name, number in numbers.items()}


def _word(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes(32)).rstrip(b"=").decode()


def _derived(key: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(key)
