"""Mailboxes and numbers, a page at a time."""

from __future__ import annotations

from typing import Any

from headhaul.accounts.selectors.pages import Conditions, Sort, page
from headhaul.kernel import Actor, NotFound, Role
from headhaul.outreach.gateways.webhooks.esp_inbound import TAKES
from headhaul.outreach.models import Sender
from headhaul.outreach.schemas.senders import (
    CheckFinding,
    ListSenders,
    SendersPage,
    SenderView,
    WebhookAddresses,
)
from headhaul.outreach.services import senders
from headhaul.outreach.services import webhook_addresses as addresses
from headhaul.outreach.services.sender_options import as_given

_ORDER = Sort("channel", ("s.channel", "s.id"), (str, int), lambda row: [row["channel"], row["id"]], descending=False)
_SOURCE = "outreach_sender s left join security_user u on u.id = s.user_id"
_SHOWN = (
    "id", "version", "channel", "address", "name", "user_id", "gateway", "reply_domain", "daily_cap", "warm_up_from",
    "spacing_seconds", "is_default", "is_active", "checked_at",
)  # fmt: skip


def senders_page(*, asked: ListSenders, by: Actor) -> SendersPage:
    """A rep sees their own and everybody's; managers all."""
    narrowed = Conditions()
    if asked.channel is not None:
        narrowed.add("s.channel = %s", str(asked.channel))
    if asked.sender_id is not None:
        narrowed.add("s.id = %s", asked.sender_id)
    if by.role not in (Role.MANAGER, Role.ADMIN):
        narrowed.add("(s.user_id is null or s.user_id = %s)", by.user_id)
    found = page(
        columns="s.id, s.channel",
        source=_SOURCE,
        counted_in=_SOURCE,
        conditions=narrowed,
        sort=_ORDER,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    rows = Sender.objects.select_related("user").in_bulk([row["id"] for row in found.rows])
    return SendersPage(
        items=[view_of(rows[row["id"]], by=by) for row in found.rows],
        next_cursor=found.next_cursor,
        total=found.total,
        total_is_exact=found.total_is_exact,
    )


def sender(sender_id: int, *, by: Actor) -> SenderView:
    """One that this person sees. Raises NotFound."""
    found = senders_page(asked=ListSenders(sender_id=sender_id, limit=1), by=by).items
    if not found:
        raise NotFound(f"There is no mailbox or number {sender_id}.")
    return found[0]


def view_of(row: Sender, *, by: Actor) -> SenderView:
    """A row as it is shown, without what is secret."""
    kept = senders.kept_secrets(row)
    blocking = list(row.health.get("blocking", ()))
    shown: dict[str, Any] = {name: getattr(row, name) for name in _SHOWN} | as_given(row)
    return SenderView(
        **shown,
        user_name=(row.user.name or row.user.email) if row.user is not None else "",
        has_secret="secret" in kept,
        has_webhook_key="webhook_key" in kept,
        has_inbox_secret=bool(row.inbox_secret),
        is_ready=row.is_active and not blocking,
        blocking=blocking,
        findings=[CheckFinding.model_validate(each) for each in row.health.get("findings", ())],
        worst=row.health.get("worst", ""),
        webhooks=_webhooks(row) if by.role is Role.ADMIN else None,
    )


def _webhooks(row: Sender) -> WebhookAddresses | None:
    if row.gateway == "esp":
        takes = row.options.get("esp") in TAKES
        inbound = addresses.inbound_email_url(sender_id=row.pk) if takes else ""
        return WebhookAddresses(events=addresses.events_url(sender_id=row.pk), inbound=inbound)
    if row.gateway == "twilio" and row.channel == "sms":
        return WebhookAddresses(inbound=addresses.inbound_text_url(sender_id=row.pk))
    if row.gateway == "smtp":
        return WebhookAddresses(events=addresses.events_url(sender_id=row.pk))
    return None
