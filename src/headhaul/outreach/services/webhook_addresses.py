"""Where providers tell us things. An address names its sender, or one attempt, and cannot be guessed."""

from __future__ import annotations

import hmac
import re
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

_SHAPE = re.compile(r"(\d{1,18})-([0-9a-f]{32})")
_ATTEMPT = re.compile(r"([0-9a-f]{32})-([0-9a-f]{32})")


def events_url(*, sender_id: int) -> str:
    """Where the sender's e-mail service is to tell what became of mails."""
    return f"{_base()}/webhooks/email/{token_of(sender_id)}/events"


def inbound_email_url(*, sender_id: int) -> str:
    """Where the sender's e-mail service hands over what comes in. Mailgun sends it whole to what ends in `mime`."""
    return f"{_base()}/webhooks/email/{token_of(sender_id)}/inbound/mime"


def inbound_text_url(*, sender_id: int) -> str:
    """Where Twilio is to hand over texts that come in."""
    return f"{_base()}/webhooks/twilio/{token_of(sender_id)}/inbound"


def status_url(*, sender_id: int, attempt_id: UUID) -> str:
    """Where Twilio is to tell how an attempt goes; "" where it could not reach us."""
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    if host in ("localhost", "127.0.0.1", "::1") and settings.TWILIO_URL.endswith("twilio.com"):
        return ""  # Twilio refuses a message whose callback leads nowhere
    return f"{_base()}/webhooks/twilio/{token_of(sender_id)}/attempts/{attempt_token(attempt_id)}"


def token_of(sender_id: int) -> str:
    """A sender's part of an address."""
    return f"{sender_id}-{_signed('sender', str(sender_id), settings.SECRET_KEY)}"


def attempt_token(attempt_id: UUID) -> str:
    """An attempt's part of an address."""
    return f"{attempt_id.hex}-{_signed('attempt', attempt_id.hex, settings.SECRET_KEY)}"


def sender_of(token: str) -> int | None:
    """Whose address it is; None for one that we never made."""
    found = _SHAPE.fullmatch(token)
    return int(found[1]) if found and _is_ours("sender", found[1], found[2]) else None


def attempt_of(token: str) -> UUID | None:
    """Which attempt it is about; None for one that we never made."""
    found = _ATTEMPT.fullmatch(token)
    return UUID(hex=found[1]) if found and _is_ours("attempt", found[1], found[2]) else None


def _base() -> str:
    return str(settings.PUBLIC_URL).rstrip("/")


def _is_ours(kind: str, value: str, signature: str) -> bool:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(hmac.compare_digest(_signed(kind, value, key), signature) for key in keys)


def _signed(kind: str, value: str, key: str) -> str:
    return salted_hmac(f"headhaul.outreach.webhook.{kind}", value, secret=key, algorithm="sha256").hexdigest()[:32]
