"""Addresses and links that lead back to one message. Each purpose signs with a key of its own, so that a token of one
purpose says nothing to another.
"""

from __future__ import annotations

import hmac
import re
import uuid
from collections.abc import Iterator

from django.conf import settings
from django.utils.crypto import salted_hmac

REPLY, BOUNCE = "reply", "bounce"
_SIGNED = 20  # hex digits of the signature: the part before the @ may have 64 characters
_SHAPE = re.compile(rf"^(reply|bounce)\+([0-9a-f]{{32}})([0-9a-f]{{{_SIGNED}}})@", re.IGNORECASE)


def reply_address(*, message_id: uuid.UUID, domain: str) -> str:
    """Where an answer to this message is to go, so that it is known again whatever the subject says."""
    return f"{REPLY}+{message_id.hex}{_sign(REPLY, message_id.hex)}@{domain}"


def bounce_address(*, message_id: uuid.UUID, domain: str) -> str:
    """The envelope sender of this message: what cannot be delivered comes back to it."""
    return f"{BOUNCE}+{message_id.hex}{_sign(BOUNCE, message_id.hex)}@{domain}"


def message_of(address: str, *, purpose: str) -> uuid.UUID | None:
    """The message that an address of ours speaks of; None when it is none of ours, or forged."""
    found = _SHAPE.match(address.strip())
    if not found or found[1].lower() != purpose:
        return None
    name, signature = found[2].lower(), found[3].lower()
    if any(hmac.compare_digest(signature, known) for known in _signatures(purpose, name)):
        return uuid.UUID(hex=name)
    return None


def _sign(purpose: str, value: str) -> str:
    return next(_signatures(purpose, value))


def _signatures(purpose: str, value: str) -> Iterator[str]:
    """By the key in use, then by those before it: an answer may come after the key was changed."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        signed = salted_hmac(f"headhaul.outreach.{purpose}", value, secret=key, algorithm="sha256")
        yield signed.hexdigest()[:_SIGNED]
