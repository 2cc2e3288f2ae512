"""What the address of a report says, and sentences about what it found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest

from headhaul.console.ui.words import number, plural

FILTERS = ("from", "to", "by", "owner", "channel", "campaign", "sequenceId", "stepKey", "version")
NONE = "(none)"  # in an address: what belongs to no campaign, or to no step
BY = {"": "By day sent", "enrolled": "By day enrolled"}
CHANNELS = {"": "All channels", "email": "E-mail", "sms": "Text messages", "call": "Calls"}
MEASURES = {
    "planned": "Planned", "waiting": "Waiting", "not_sent": "Not sent", "sent": "Sent", "delivered": "Delivered",
    "confirmed": "Delivery confirmed", "tracked": "Delivered with a tracked link",
    "bounced": "Bounced", "failed": "Failed", "unknown": "Fate unknown",
    "opened": "Opened, unverified", "clicked_human": "Clicked by a person",
    "clicked_unknown": "Clicked, unclear by whom",
    "clicked_machine": "Clicked by a machine", "replied": "Replied", "auto_replied": "Automatic replies",
    "complained": "Complaints", "unsubscribed": "Unsubscribed",
}  # fmt: skip


OF_CALLS = {
    "made": "Calls made", "conversations": "Conversations", "gatekeeper": "Gatekeeper", "not_reached": "Not reached",
    "open": "Calls without an outcome", "meetings": "Calls that led to a meeting",
}  # fmt: skip


def asked(request: HttpRequest) -> dict[str, str]:
    """The filters that are set, as actions take them."""
    given = {name: str(request.GET[name]) for name in FILTERS if request.GET.get(name)}
    return given | {name: "" for name in ("campaign", "stepKey") if given.get(name) == NONE}


def kept(request: HttpRequest) -> dict[str, str]:
    """The same as addresses carry it."""
    return {name: str(request.GET[name]) for name in FILTERS if request.GET.get(name)}


def chosen(request: HttpRequest) -> dict[str, str]:
    """The same for the form, with blanks."""
    return {name: request.GET.get(name, "") for name in FILTERS}


def finding(line: Any, calls: Any) -> str:
    """The one sentence about a line, or where only calls were made about these."""
    counts, reply = line.counts, line.rates.reply
    if not counts.sent and calls.made:
        return f"{plural(calls.made, 'call')} made, {plural(calls.conversations, 'conversation')}; no message was sent."
    if not counts.sent:
        return "Nothing was sent in these days."
    replied = f"{number(reply.part)} of {number(reply.n)} delivered messages were answered"
    if not reply.is_enough:
        return f"{replied}: too few to say how well that works."
    return f"{replied}, {reply.percent:.1f} % (the true rate lies between {reply.low:.1f} and {reply.high:.1f} %)."


def trend_chart(days: Iterable[Any]) -> dict[str, Any]:
    """What was sent and answered, by day or week."""
    shown = list(days)
    return {
        "days": [f"{each.starts_on:%-d %b}" for each in shown],
        "series": [
            {"name": "Sent", "values": [each.sent for each in shown]},
            {"name": "Replied", "values": [each.replied for each in shown]},
        ],
    }
