"""Reading the mailboxes of our senders: each mail once, and the place kept after each, so that a killed run goes on.

A mail that the database could not take just now is read again by the next run. One that nothing could be made
of is passed by, and tried again every hour for as long as it lies in the mailbox: it may say that somebody wants out.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError

from headhaul.outreach.choices import Channel
from headhaul.outreach.gateways import imap
from headhaul.outreach.gateways.imap import CannotRead, Mailbox, Place
from headhaul.outreach.inbound.mime import read_mail
from headhaul.outreach.models import Sender
from headhaul.outreach.services import senders
from headhaul.outreach.services.receiving import receive

log = logging.getLogger(__name__)
AGAIN_AFTER = timedelta(hours=1)
MOST_STOPS = 10
"""So often one mail may stop the reading of its mailbox, until it is passed by like others that cannot be taken in."""
LOST = "It was larger than 30 MB, and was left in the mailbox."


def poll_all(*, at: datetime, limit: int = 200) -> dict[str, int]:
    """Read every mailbox that is set up; how many mails came in, and how many mailboxes could not be read."""
    counts = {"mails": 0, "unread": 0}
    for sender in Sender.objects.filter(channel=Channel.EMAIL, is_active=True).exclude(inbox={}).order_by("pk"):
        try:
            counts["mails"] += poll(sender=sender, at=at, limit=limit)
        except Exception as fault:
            if not isinstance(fault, CannotRead):
                log.exception("the mailbox of sender %s could not be read", sender.pk)
            counts["unread"] += 1
            _remember(sender, {"error": str(fault)[:300] or type(fault).__name__, "error_at": at.isoformat()})
    return counts


def poll(*, sender: Sender, at: datetime, limit: int = 200) -> int:
    """Take in what is new, and what was passed by and is to be tried again."""
    count = _take_passed_by(sender, at=at)
    seen = sender.inbox_seen or {}
    since = Place(int(seen.get("uidvalidity", 0)), int(seen.get("uid", 0)))
    for found in imap.read_new(mailbox_of(sender), since=since, today=at.date(), limit=limit):
        key = f"{found.place.uidvalidity}:{found.place.uid}"
        if found.raw:
            count += _take(found.raw, key, sender, at=at)
        else:
            log.warning("mail %s of sender %s: %s", key, sender.pk, LOST)
        _remember(sender, {"stopped_by": {}, "uidvalidity": found.place.uidvalidity, "uid": found.place.uid})
    _remember(sender, {"read_at": at.isoformat(), "error": ""})
    return count


def is_sent(*, sender: Sender, rfc_id: str) -> bool | None:
    """Whether a message of ours lies in the mailbox's Sent folder; None when nobody can tell."""
    return imap.is_sent(mailbox_of(sender), rfc_id=rfc_id) if sender.inbox and rfc_id else None


def mailbox_of(sender: Sender) -> Mailbox:
    """Where its answers are read."""
    inbox = sender.inbox
    return Mailbox(
        host=inbox["host"],
        port=int(inbox.get("port", 993)),
        security=str(inbox.get("security", "ssl")),
        username=inbox.get("username") or sender.address,
        password=senders.reveal_inbox_secret(sender),
        folder=inbox.get("folder") or "INBOX",
    )


def _take(raw: bytes, key: str, sender: Sender, *, at: datetime) -> bool:
    """Whether it was taken in. Raises what the database says when it may go well a moment later."""
    try:
        receive(read_mail(raw, source=f"imap:{sender.pk}", key=key, received_at=at, sender_id=sender.pk), at=at)
        return True
    except (OperationalError, InterfaceError):
        stops = int((sender.inbox_seen or {}).get("stopped_by", {}).get(key, 0)) + 1
        _remember(sender, {"stopped_by": {key: stops}})
        if stops < MOST_STOPS:
            raise
        _pass_by(sender, key, at=at)
    except Exception:
        _pass_by(sender, key, at=at)
    return False


def _pass_by(sender: Sender, key: str, *, at: datetime) -> None:
    log.exception("mail %s of sender %s could not be taken in; it is tried again later", key, sender.pk)
    _remember(sender, {"passed_by": _passed_by(sender) | {key: at.isoformat()}})


def _take_passed_by(sender: Sender, *, at: datetime) -> int:
    """How many of those that were passed by could be taken in now."""
    due = [key for key, tried in _passed_by(sender).items() if at - datetime.fromisoformat(tried) >= AGAIN_AFTER]
    count = 0
    for found in imap.read_again(mailbox_of(sender), [Place(*map(int, key.split(":"))) for key in due]) if due else ():
        key = f"{found.place.uidvalidity}:{found.place.uid}"
        is_taken = bool(found.raw) and _take(found.raw, key, sender, at=at)
        if is_taken or not found.raw:  # nobody can read what is not there any more
            _remember(sender, {"passed_by": {other: on for other, on in _passed_by(sender).items() if other != key}})
        count += is_taken
    return count


def _passed_by(sender: Sender) -> dict[str, str]:
    """When each was last tried."""
    return dict((sender.inbox_seen or {}).get("passed_by", {}))


def _remember(sender: Sender, what: dict[str, Any]) -> None:
    sender.inbox_seen = (sender.inbox_seen or {}) | what
    sender.save(update_fields=["inbox_seen"])
