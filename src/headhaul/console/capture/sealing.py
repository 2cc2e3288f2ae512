"""The secrets from which a phone makes the keys of what it keeps.

A phone at a fair holds names and numbers for hours without a network. It seals them with a key made from a secret of
the server's that only the signed-in owner is given. The secret hangs on the person and on the server's own key, on
nothing that a new password or another sign-in would change: what was sealed yesterday opens today. After the server's
key was changed, the former secrets are given along, so that nothing is lost on the way.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


@dataclass(frozen=True, slots=True)
class DeviceSecret:
    """A secret, and the name that sealed things call it by."""

    id: str
    secret: str


def secrets_of(user_id: int) -> list[DeviceSecret]:
    """The secret of a person by each key the server knows, the present one first."""
    return [_secret(key, user_id) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def _secret(key: str, user_id: int) -> DeviceSecret:
    info = b"headhaul.console.capture.device:%d" % user_id
    secret = HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(key.encode())
    return DeviceSecret(id=hashlib.sha256(b"id:" + secret).hexdigest()[:16], secret=base64.b64encode(secret).decode())
