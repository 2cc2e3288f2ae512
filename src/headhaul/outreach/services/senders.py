"""Mailboxes and numbers: which one a message goes from, and how they are set up, switched and taken away."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, Q, QuerySet

from headhaul.kernel import Conflict, InvalidData, NotFound, StaleVersion
from headhaul.outreach.choices import Channel, GatewayKind
from headhaul.outreach.gateways.base import SenderOptions
from headhaul.outreach.models import Message, Sender
from headhaul.outreach.services import secrets
from headhaul.outreach.services.sender_readiness import blocking_of

SAID = (
    "channel", "address", "name", "user_id", "gateway", "options", "inbox", "reply_domain", "daily_cap",
    "warm_up_from", "spacing_seconds", "is_default",
)  # fmt: skip
_SANDBOX = {Channel.EMAIL: "outreach@sandbox.invalid", Channel.SMS: "+15005550006", Channel.CALL: "+15005550006"}
_CHECKED_ANEW = {"address", "gateway", "options"}


class StaleSender(StaleVersion):
    """Somebody changed the mailbox or number since it was read."""

    code = "stale_sender"


class SenderTaken(Conflict):
    """The address or number is set up already."""

    code = "sender_taken"


class SenderInUse(Conflict):
    """Messages wait to go from it."""

    code = "sender_in_use"


class NoneSends(Conflict):
    """There are mailboxes or numbers, and none of them is for this user and active."""

    code = "no_sender"


def for_message(*, user_id: int | None, channel: str, at: datetime) -> Sender:
    """The one that a message of theirs goes from; where none is set up at all, a sandbox that keeps everything here.

    Raises NoneSends where there are some: a sandbox would swallow what was to leave while they are paused.
    """
    if (found := usable(user_id=user_id, channel=channel)) is not None:
        return found
    if _real(channel).exists():
        what = "mailbox" if channel == Channel.EMAIL else "number"
        raise NoneSends(
            f"No {what} that this could go from is active. Set one up for them or for everybody, or let one go on.",
            fields={"senderId": "see listSenders"},
        )
    return _sandbox(Channel(channel), at=at)


def usable(*, user_id: int | None, channel: str) -> Sender | None:
    """The user's own, else the default, else one of everybody's; of everybody's, a sandbox only where nothing else is
    set up, paused or not.
    """
    whose = Q(user=None) if user_id is None else Q(user=None) | Q(user=user_id)
    is_sandbox = Q(gateway=GatewayKind.SANDBOX)
    found = (
        Sender.objects.filter(whose, channel=channel, is_active=True)
        .filter(Q(user__isnull=False) | ~is_sandbox | ~Exists(_real(channel)))
        .order_by(F("user").asc(nulls_last=True), "-is_default", "pk")
    )
    return found.first()


def _real(channel: str) -> QuerySet[Sender]:
    return Sender.objects.filter(channel=channel).exclude(gateway=GatewayKind.SANDBOX)


def options_of(sender: Sender) -> SenderOptions:
    """What a gateway has to know of it, its secret opened."""
    return SenderOptions(
        channel=Channel(sender.channel),
        address=sender.address,
        name=sender.name,
        gateway=GatewayKind(sender.gateway),
        id=sender.pk,
        options={**sender.options, "reply_domain": sender.reply_domain},
        secret=reveal_secret(sender).get("secret", ""),
    )


def reveal_secret(sender: Sender) -> dict[str, str]:
    """`secret` (password, key or token) and `webhook_key` of a sender, as far as they were given."""
    if not sender.secret:
        return {}
    opened: dict[str, str] = json.loads(secrets.reveal(sender.secret, place=_place(sender, "secret")))
    return opened


def reveal_inbox_secret(sender: Sender) -> str:
    """The password of the inbox; the mailbox's own when it has none of its own."""
    if sender.inbox_secret:
        return secrets.reveal(sender.inbox_secret, place=_place(sender, "inbox_secret"))
    return reveal_secret(sender).get("secret", "")


def kept_secrets(sender: Sender) -> set[str]:
    """Which of its secrets are there; none when they cannot be opened any more."""
    try:
        return set(reveal_secret(sender))
    except secrets.SecretLost:
        return set()


def create(*, values: Mapping[str, Any], given: Mapping[str, str], at: datetime) -> Sender:
    """Set one up. `given` are its secrets: `secret`, `webhook_key`, `inbox_secret`."""
    return _write(Sender(created_at=at, health={}), values, given, at=at)


def change(
    *, sender_id: int, version: int | None, values: Mapping[str, Any], given: Mapping[str, str], at: datetime
) -> tuple[Sender, dict[str, Any]]:
    """Change what is given; what is not stays, secrets too. Returns it with what it was before."""
    sender = lock(sender_id, version=version)
    before = {name: getattr(sender, name) for name in SAID}
    sender.version += 1
    if any(name in _CHECKED_ANEW and values[name] != before[name] for name in values):
        sender.health, sender.checked_at = {}, None
    return _write(sender, values, given, at=at), before


def set_active(*, sender_id: int, version: int | None, is_active: bool, at: datetime) -> tuple[Sender, bool]:
    """Let it send or not; what waits for it waits on. Returns what it was before."""
    sender = lock(sender_id, version=version)
    before = sender.is_active
    if before != is_active:
        sender.is_active, sender.version, sender.updated_at = is_active, sender.version + 1, at
        sender.save(update_fields=["is_active", "version", "updated_at"])
    return sender, before


def remove(*, sender_id: int, version: int | None) -> Sender:
    """Take it away with its secrets. What was sent from it stays in the outbox."""
    sender = lock(sender_id, version=version)
    waits = Message.objects.filter(sender_id=sender_id, state__in=["queued", "claimed", "dispatching"]).count()
    if waits:
        raise SenderInUse(f"{waits:,} messages wait to go from {sender.address}. Cancel them first, or pause it.")
    removed = Sender(**{field.attname: getattr(sender, field.attname) for field in Sender._meta.concrete_fields})
    sender.delete()
    return removed


def lock(sender_id: int, *, version: int | None = None) -> Sender:
    """The row, locked. Raises NotFound or StaleSender."""
    sender = Sender.objects.select_for_update().filter(pk=sender_id).first()
    if sender is None:
        raise NotFound(f"There is no mailbox or number {sender_id}.")
    if version is not None and version != sender.version:
        raise StaleSender("Somebody changed it since you read it.", current=sender.version)
    return sender


def find(sender_id: int) -> Sender:
    """The row as it is now, not locked."""
    sender = Sender.objects.filter(pk=sender_id).first()
    if sender is None:
        raise NotFound(f"There is no mailbox or number {sender_id}.")
    return sender


def seal_anew(*, at: datetime) -> int:
    """Close all secrets by the key in use, after it was changed; how many. Older keys may then be dropped."""
    done = 0
    for sender in Sender.objects.select_for_update().exclude(secret=None, inbox_secret=None):
        for column in ("secret", "inbox_secret"):
            closed = getattr(sender, column)
            if closed and not secrets.is_current(closed):
                place = _place(sender, column)
                setattr(sender, column, secrets.seal(secrets.reveal(closed, place=place), place=place))
                done += 1
        sender.save(update_fields=["secret", "inbox_secret"])
    return done


def _write(sender: Sender, values: Mapping[str, Any], given: Mapping[str, str], *, at: datetime) -> Sender:
    for name, value in values.items():
        setattr(sender, name, value)
    sender.updated_at = at
    if sender.is_default and sender.user_id is not None:
        raise InvalidData("A default is everybody's: it cannot be one user's own.", fields={"isDefault": "or no user"})
    try:
        with transaction.atomic():
            if sender.is_default:
                others = Sender.objects.filter(channel=sender.channel, is_default=True).exclude(pk=sender.pk)
                others.update(is_default=False)
            sender.save()
            _seal(sender, given)
            sender.health = sender.health | {"blocking": blocking_of(sender)}
            sender.save(update_fields=["secret", "inbox_secret", "health"])
    except IntegrityError as clash:
        raise SenderTaken(f"{sender.address} is set up already.", fields={"address": "taken"}) from clash
    return sender


def _seal(sender: Sender, given: Mapping[str, str]) -> None:
    """Secrets are bound to their row, which has its number by now."""
    kept = {name: given[name] for name in ("secret", "webhook_key") if given.get(name)}
    if kept:
        opened = json.dumps(reveal_secret(sender) | kept)
        sender.secret = secrets.seal(opened, place=_place(sender, "secret"))
    if given.get("inbox_secret"):
        sender.inbox_secret = secrets.seal(given["inbox_secret"], place=_place(sender, "inbox_secret"))


def _place(sender: Sender, column: str) -> str:
    return f"outreach_sender:{sender.pk}:{column}"


def _sandbox(channel: Channel, *, at: datetime) -> Sender:
    made, _ = Sender.objects.get_or_create(
        channel=channel,
        address=_SANDBOX[channel],
        defaults={"gateway": GatewayKind.SANDBOX, "spacing_seconds": 0, "created_at": at, "updated_at": at},
    )
    return made
