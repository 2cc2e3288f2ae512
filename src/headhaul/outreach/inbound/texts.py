"""Texts as Twilio posts them. Whoever calls this has verified that they are Twilio's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from headhaul.kernel.addresses import phone_key
from headhaul.outreach.choices import Channel
from headhaul.outreach.inbound.incoming import Incoming
from headhaul.outreach.inbound.mime import clean


def read_text(form: Mapping[str, str], *, received_at: datetime, sender_id: int | None = None) -> Incoming:
    """One text. Its MessageSid is its key: the same text posted twice is one."""
    body = clean(form.get("Body", ""))[:4_000]
    count = int(form["NumMedia"]) if form.get("NumMedia", "").isdigit() else 0
    media = tuple(clean(form.get(f"MediaContentType{number}", "a file"))[:100] for number in range(min(count, 10)))
    return Incoming(
        channel=Channel.SMS,
        source="webhook:twilio",
        key=clean(form.get("MessageSid") or form.get("SmsSid", ""))[:64],
        from_address=phone_key(form.get("From", "")),
        received_at=received_at,
        to_address=phone_key(form.get("To", "")),
        text=body,
        fresh=body,
        attachments=media,
        sender_id=sender_id,
    )
