"""Addresses in one spelling, and by their hash: how a denial outlives the name it was about."""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache

from django.conf import settings

from headhaul.kernel.addresses import email_key, phone_key

_SALT = b"headhaul.compliance.address"


def normal(address: str) -> str:
    """The address as everything here is kept by: an e-mail in lower case, a number in E.164."""
    return (email_key(address) if "@" in address else phone_key(address)) or address.strip().lower()


def hash_of(address: str) -> str:
    """HMAC-SHA-256 of the address in its one spelling, by the key of this installation."""
    return _hashed(normal(address), settings.SECRET_KEY)


def hashes_of(address: str) -> list[str]:
    """By this key and those it replaced, since what was kept under an old key still counts."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [_hashed(normal(address), key) for key in keys]


@lru_cache(maxsize=4_096)
def _hashed(address: str, key: str) -> str:
    return hmac.new(hashlib.sha256(_SALT + key.encode()).digest(), address.encode(), hashlib.sha256).hexdigest()


def key_prints() -> list[str]:
    """By what the keys are known again without being told: their hashes of nobody, that of the newest first."""
    return [_hashed("", key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
