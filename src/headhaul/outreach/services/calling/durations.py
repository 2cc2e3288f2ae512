"""How long a call took, as the provider that dialled it says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from headhaul.outreach.choices import Channel, MessageState
from headhaul.outreach.happening import Moved, moves
from headhaul.outreach.models import Call, ProviderEvent

ENDS = frozenset({MessageState.DELIVERED, MessageState.FAILED})
SAID_IN = ("DialCallDuration", "CallDuration", "Duration")


def listen() -> None:
    """From now on hear how calls ended that a provider dialled."""
    moves.listen(wants=lambda kind: kind in ENDS, hear=hear)


def hear(happened: Sequence[Moved]) -> None:
    """Note the duration at calls whose message has ended."""
    for call in Call.objects.filter(message_id__in=[one.message_id for one in happened], seconds=None):
        note(call)


def note(call: Call) -> None:
    """The longest that any event of its attempts says; a person's own word is never overwritten."""
    if call.message is None or call.message.channel != Channel.CALL:
        return
    attempts = call.message.attempts.values_list("pk", flat=True)
    told = [
        seconds
        for event in ProviderEvent.objects.filter(attempt_id__in=list(attempts))
        if (seconds := _seconds(event.raw)) is not None
    ]
    if told and call.seconds is None:
        call.seconds = max(told)
        call.ended_at = call.ended_at or call.started_at + timedelta(seconds=call.seconds)
        call.save(update_fields=["seconds", "ended_at"])


def _seconds(raw: dict[str, Any]) -> int | None:
    for name in SAID_IN:
        value = str(raw.get(name, ""))
        if value.isdigit():
            return int(value)
    return None
