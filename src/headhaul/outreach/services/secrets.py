"""Passwords and keys of mailboxes and numbers, at rest: AES-GCM under a key made from HEADHAUL_SECRET_KEY.

Each is bound to its place, so that a row cannot be given another's. Older keys still open, and never close.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from headhaul.kernel import AppError

_VERSION = b"\x01"
_MARK, _NONCE = 4, 12


class SecretLost(AppError):
    """The key that closed it is not known any more."""

    code, status = "secret_lost", 409


def seal(text: str, *, place: str) -> bytes:
    """What is stored; `place` names the row and column."""
    key = next(_keys())
    nonce = os.urandom(_NONCE)
    return _VERSION + _mark(key) + nonce + AESGCM(key).encrypt(nonce, text.encode(), place.encode())


def reveal(sealed: bytes | memoryview, *, place: str) -> str:
    """The text again. Raises SecretLost."""
    given = bytes(sealed)
    mark, nonce, closed = given[1 : 1 + _MARK], given[1 + _MARK : 1 + _MARK + _NONCE], given[1 + _MARK + _NONCE :]
    for key in _keys():
        if _mark(key) == mark and given[:1] == _VERSION:
            try:
                return AESGCM(key).decrypt(nonce, closed, place.encode()).decode()
            except InvalidTag:
                break
    raise SecretLost("The password cannot be read: HEADHAUL_SECRET_KEY has changed since. Enter it again.")


def is_current(sealed: bytes | memoryview) -> bool:
    """Whether it is closed by the key in use."""
    return bytes(sealed)[1 : 1 + _MARK] == _mark(next(_keys()))


def _keys() -> Iterator[bytes]:
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield _derived(secret)


@lru_cache(maxsize=16)
def _derived(secret: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"headhaul.outreach.secrets").derive(secret.encode())


def _mark(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()[:_MARK]
