"""Whether what comes under a client id is what came under it before: the same sender with the same data."""

from __future__ import annotations

import hmac

from django.conf import settings
from pydantic_core import to_json

from headhaul.capture.models import Lead
from headhaul.capture.schemas.leads import CaptureLead
from headhaul.kernel import Actor, Conflict

OF_THE_WAY = {"client_id", "device_now", "was_offline"}  # how it came, and not what was said


def digest(asked: CaptureLead, *, by: Actor) -> str:
    """Keyed, so that it does not help to guess what was said or by whom."""
    return _digest(asked, by, settings.SECRET_KEY)


def check(found: Lead, asked: CaptureLead, *, by: Actor) -> None:
    """Raise Conflict where it is another's lead or another lead. Nothing is told about the one that is there."""
    if found.sent_digest:
        keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        is_same = any(hmac.compare_digest(found.sent_digest, _digest(asked, by, key)) for key in keys)
    else:  # from before digests were kept, or its person was forgotten: the sender is all there is to compare
        is_same = found.captured_by_id == by.user_id
    if not is_same:
        raise Conflict(
            "This client id was used for another lead. Send this one under an id of its own.",
            fields={"clientId": "a new one"},
        )


def _digest(asked: CaptureLead, by: Actor, key: str) -> str:
    who = str(by.kind) if by.user_id is None else f"user:{by.user_id}"
    said = to_json(asked.model_dump(mode="json", exclude=OF_THE_WAY))
    return hmac.digest(key.encode(), f"{who}\n".encode() + said, "sha256").hex()
