"""What e-mail services tell of a mail, read by anymail and put into our words."""

from __future__ import annotations

import hashlib
import json
import re
import warnings
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib import import_module
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from headhaul.outreach.choices import EventKind
from headhaul.outreach.gateways.esps import ATTEMPT
from headhaul.outreach.schemas.posted import Forged, Posted, Told

_CLASSES = {
    "postmark": "PostmarkTrackingWebhookView",
    "mailgun": "MailgunTrackingWebhookView",
    "resend": "ResendTrackingWebhookView",
    "sendgrid": "SendGridTrackingWebhookView",
    "brevo": "BrevoTrackingWebhookView",
    "mailjet": "MailjetTrackingWebhookView",
    "sparkpost": "SparkPostTrackingWebhookView",
    "mailersend": "MailerSendTrackingWebhookView",
}
_KINDS = {
    "delivered": EventKind.DELIVERED,
    "deferred": EventKind.DEFERRED,
    "sent": EventKind.DEFERRED,  # they have it, and it is on its way
    "complained": EventKind.COMPLAINT,
    "unsubscribed": EventKind.UNSUBSCRIBED,
    "opened": EventKind.OPENED,
    "clicked": EventKind.CLICKED,
    "autoresponded": EventKind.AUTO_REPLIED,
    "rejected": EventKind.FAILED,
    "failed": EventKind.FAILED,
}
_NOBODY = re.compile(
    r"\b5\.1\.(1|2|3|6|10)\b|no such|unknown user|user unknown|does ?n[o']t exist|does not exist", re.I
)
_ATTEMPT = re.compile(r"attempt-([0-9a-f-]{36})")
_LONGEST_ID = 200


def events_of(service: str, posted: Posted) -> list[Told]:
    """All events of one post. Raises Forged for what the service would never send."""
    request = SimpleNamespace(
        body=posted.body, content_type="application/json", headers=_Headers(posted.headers), POST=posted.form
    )
    try:
        events = _reader(service).parse_events(request)
        return [_told(service, event, posted) for event in events]
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, AssertionError, RecursionError) as fault:
        raise Forged(f"it is no event of {service}: {type(fault).__name__}") from fault


class _Headers(dict[str, str]):
    def __getitem__(self, name: str) -> str:
        return super().__getitem__(name.lower())


@cache
def _reader(service: str) -> Any:
    module = import_module(f"anymail.webhooks.{service}")
    secrets = {"mailgun": {"webhook_signing_key": "-"}, "mailersend": {"signing_secret": "-"}}  # we have verified
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return getattr(module, _CLASSES[service])(**secrets.get(service, {}))


def _told(service: str, event: Any, posted: Posted) -> Told:
    raw = event.esp_event if isinstance(event.esp_event, Mapping) else dict(posted.form)
    return Told(
        event_id=_id_of(event, raw),
        kind=_kind(event, raw),
        provider_id=str(event.message_id or "")[:500],
        attempt_id=_attempt(event),
        recipient=str(event.recipient or "")[:320],
        occurred_at=event.timestamp if isinstance(event.timestamp, datetime) else None,
        raw={**raw, "description": event.description, "mta_response": event.mta_response},
    )


def _id_of(event: Any, raw: Mapping[str, Any]) -> str:
    """Theirs, or the event itself as a hash: the same post twice is the same event."""
    given = str(event.event_id or "")
    if given and len(given) <= _LONGEST_ID:
        return f"{given}:{event.event_type}"
    return hashlib.sha256(json.dumps(raw, sort_keys=True, default=str).encode()).hexdigest()


def _kind(event: Any, raw: Mapping[str, Any]) -> str:
    if event.event_type != "bounced":
        return str(_KINDS.get(event.event_type, event.event_type or ""))
    return EventKind.HARD_BOUNCE if _is_nobody(event, raw) else EventKind.SOFT_BOUNCE


def _is_nobody(event: Any, raw: Mapping[str, Any]) -> bool:
    """A full mailbox and a blocked sender bounce, too: only an address that nobody has is dead."""
    if event.reject_reason == "invalid" or raw.get("Type") in ("HardBounce", "BadEmailAddress"):
        return True
    data = raw.get("event-data") or raw.get("data") or raw
    if isinstance(data, Mapping):
        if str(data.get("event", "")) in ("hard_bounce", "invalid_email"):  # Brevo
            return True
        if data.get("hard_bounce") is True:  # Mailjet
            return True
        if str(raw.get("type", "")) == "activity.hard_bounced":  # MailerSend
            return True
    return bool(_NOBODY.search(f"{event.mta_response or ''} {event.description or ''}"))


def _attempt(event: Any) -> UUID | None:
    given = str((event.metadata or {}).get(ATTEMPT, ""))
    if not given:
        found = next((match for tag in event.tags or () if (match := _ATTEMPT.fullmatch(str(tag)))), None)
        given = found[1] if found else ""
    try:
        return UUID(given) if given else None
    except ValueError:
        return None
