"""Mail and texts that providers hand over. A STOP counts before the answer goes out; what fails comes again."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction

from headhaul.outreach.choices import Channel
from headhaul.outreach.gateways.webhooks import esp_inbound, signatures
from headhaul.outreach.inbound.mime import read_mail
from headhaul.outreach.inbound.texts import read_text
from headhaul.outreach.schemas.posted import Forged, Posted
from headhaul.outreach.services import receiving, senders, webhooks


def take_email(token: str, posted: Posted, *, at: datetime) -> int:
    """Mail that an e-mail service hands over; how many."""
    sender = webhooks.sender_behind(token, Channel.EMAIL)
    key = senders.reveal_secret(sender).get("webhook_key", "")
    service = webhooks.service_of(sender)
    try:
        once = signatures.verify(service, posted, key=key, at=at)
        mails = esp_inbound.mails_of(service, posted)
    except Forged as why:
        raise webhooks.NotBelieved(f"Not believed: {why}.") from why
    with transaction.atomic():  # a token is used up only together with what it brought
        if once and not webhooks.is_first_time(once, posted, at=at):
            return 0
        for raw in mails:
            known = hashlib.sha256(raw).hexdigest()
            read = read_mail(raw, source=f"webhook:{service}", key=known, received_at=at, sender_id=sender.pk)
            receiving.receive(read, at=at)
    return len(mails)


def take_text(token: str, posted: Posted, *, at: datetime) -> None:
    """A text that somebody sends to one of our numbers. A STOP counts before this returns."""
    sender = webhooks.sender_behind(token, Channel.SMS)
    webhooks.check_twilio(sender, posted)
    incoming = read_text(posted.form, received_at=at, sender_id=sender.pk)
    if not incoming.key or not incoming.from_address:
        raise webhooks.NotBelieved("Not believed: it is no text.")
    receiving.receive(incoming, at=at)
