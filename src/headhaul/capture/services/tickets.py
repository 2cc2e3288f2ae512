"""The ticket of a form's page: signed, so that it tells when the page was opened and for which event."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from django.core.signing import BadSignature, Signer
from django.utils.crypto import constant_time_compare, salted_hmac

_SALT = "headhaul.capture.form"


@dataclass(frozen=True, slots=True)
class Ticket:
    """A page that was opened."""

    event_id: int
    opened_at: datetime
    nonce: str


def issue(*, event_id: int, at: datetime) -> str:
    """A new one."""
    signed: str = Signer(salt=_SALT).sign_object(
        {"e": event_id, "t": int(at.timestamp() * 1000), "n": secrets.token_hex(8)}
    )
    return signed


def code_of_rep(user_id: int) -> str:
    """What a rep's own QR code carries beside the event's key: short, and not to be guessed for another rep."""
    return f"{user_id}-{salted_hmac(_SALT, str(user_id)).hexdigest()[:10]}"


def rep_of(code: str) -> int | None:
    """Whose code it is; None for one that is nobody's."""
    number = code.partition("-")[0]
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        return None
    return int(number) if constant_time_compare(code, code_of_rep(int(number))) else None


def read(text: str) -> Ticket | None:
    """What it says; None for one that is none of ours."""
    try:
        found = Signer(salt=_SALT).unsign_object(text)
        return Ticket(int(found["e"]), datetime.fromtimestamp(found["t"] / 1000, UTC), str(found["n"]))
    except (BadSignature, ValueError, KeyError, TypeError, OverflowError, OSError):
        return None
