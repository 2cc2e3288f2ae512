"""What providers post: believed only when it is surely theirs, kept as it came, and made something of later."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from headhaul.kernel import AppError, NotFound
from headhaul.outreach.choices import Channel, GatewayKind
from headhaul.outreach.gateways.webhooks import esp_events, signatures, sns, twilio_events
from headhaul.outreach.models import ProviderEvent, SendAttempt, Sender
from headhaul.outreach.schemas.posted import Forged, Posted, Told
from headhaul.outreach.services import provider_events, senders, webhook_addresses

ONCE = "mailgun.token"
MOST_EVENTS = 5_000


class NotBelieved(AppError):
    """The post is not the provider's, or not of now. What is wrong with it stands in our log, not in the answer."""

    code, status = "not_believed", 401


def take_email_events(token: str, posted: Posted, *, at: datetime) -> int:
    """What an e-mail service tells of mails; how many events were new."""
    sender = sender_behind(token, Channel.EMAIL)
    key = senders.reveal_secret(sender).get("webhook_key", "")
    try:
        if sender.gateway == GatewayKind.SMTP:
            return _keep("ses", _of_ses(posted, key, at=at), sender, at=at)
        service = service_of(sender)
        once = signatures.verify(service, posted, key=key, at=at)
        events = esp_events.events_of(service, posted)
        with transaction.atomic():
            if once and not is_first_time(once, posted, at=at):
                return 0
            return _keep(service, events, sender, at=at)
    except Forged as why:
        raise NotBelieved(f"Not believed: {why}.") from why


def take_twilio_status(token: str, attempt: str, posted: Posted, *, at: datetime) -> int:
    """How a text or a call goes; 1 when that was new."""
    sender = sender_behind(token, Channel.SMS, Channel.CALL)
    attempt_id = webhook_addresses.attempt_of(attempt)
    if attempt_id is None:
        raise NotFound("There is nothing here.")
    check_twilio(sender, posted)
    try:
        event = twilio_events.event_of(posted, attempt_id=attempt_id)
    except Forged as why:
        raise NotBelieved(f"Not believed: {why}.") from why
    return _keep("twilio", [event], sender, at=at)


def forget_tokens(*, at: datetime) -> int:
    """Remove tokens that are too old to be used again anyway; how many."""
    old = ProviderEvent.objects.filter(provider=ONCE, received_at__lt=at - timedelta(days=1))
    return old.delete()[0]


def sender_behind(token: str, *channels: Channel) -> Sender:
    """Whose address it is. Raises NotFound for one that we never made."""
    key = webhook_addresses.sender_of(token)
    sender = Sender.objects.filter(pk=key).first() if key is not None else None
    if sender is None or sender.channel not in channels:
        raise NotFound("There is nothing here.")
    return sender


def service_of(sender: Sender) -> str:
    """Its e-mail service. Raises NotFound when it has none."""
    if sender.gateway != GatewayKind.ESP:
        raise NotFound("There is nothing here.")
    return str(sender.options["esp"])


def check_twilio(sender: Sender, posted: Posted) -> None:
    """Raise NotBelieved unless Twilio signed it."""
    account = str(sender.options.get("account_sid", ""))
    try:
        twilio_events.verify(posted, token=senders.reveal_secret(sender).get("secret", ""), account=account)
    except Forged as why:
        raise NotBelieved(f"Not believed: {why}.") from why


def _of_ses(posted: Posted, topics: str, *, at: datetime) -> list[Told]:
    notice = sns.verified(posted, topics=topics, at=at)
    if notice["Type"] == "SubscriptionConfirmation":
        sns.confirm(notice)
        return []
    return sns.events_of(notice) if notice["Type"] == "Notification" else []


def is_first_time(once: str, posted: Posted, *, at: datetime) -> bool:
    """A token counts once. With the same body it was repeated, with another one somebody swapped it."""
    body = hashlib.sha256(posted.body).hexdigest()
    if provider_events.store(provider=ONCE, event_id=once, kind="", raw={"body": body}, at=at):
        return True
    if ProviderEvent.objects.filter(provider=ONCE, event_id=once, raw__body=body).exists():
        return False
    raise NotBelieved("Not believed: its token was used before, for something else.")


def _keep(provider: str, events: Sequence[Told], sender: Sender, *, at: datetime) -> int:
    """Keep the events of this sender's own attempts; of another's it may know nothing.

    Whose an event is that names only the provider's id is looked up when it is applied: it may come before the answer.
    """
    if len(events) > MOST_EVENTS:
        raise NotBelieved("Not believed: more events than anybody sends at once.")
    named = {event.attempt_id for event in events if event.attempt_id is not None}
    strange = set(SendAttempt.objects.filter(pk__in=named).exclude(sender_id=sender.pk).values_list("pk", flat=True))
    kept = 0
    with transaction.atomic():
        for event in events:
            if event.attempt_id in strange:
                continue
            kept += provider_events.store(
                provider=provider,
                event_id=event.event_id,
                sender_id=sender.pk,
                kind=event.kind,
                attempt_id=event.attempt_id,
                provider_id=event.provider_id,
                recipient=event.recipient,
                occurred_at=event.occurred_at,
                raw=event.raw,
                at=at,
            )
    return kept
