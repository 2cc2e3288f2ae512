"""What people and providers outside do. An entry for each thing that changed something; what they repeat leaves none.

Opens and clicks are no actions: they are noted with their grade beside the message, and change nobody's standing.
"""

from __future__ import annotations

from headhaul.kernel import Call, Role, action
from headhaul.outreach.schemas import outside as schemas
from headhaul.outreach.services import provider_events, receiving, unsubscribing


@action(
    "unsubscribeByLink",
    reply="unsubscribedByLink",
    role=Role.ADMIN,
    writes=True,
    system_only=True,
    changed=lambda answer: answer.is_new,
    target=lambda given, answer: ("message", str(answer.message_id or "")) if answer else ("", ""),
    final="It is their own word. They come back by START, by a form of theirs, or through an administrator.",
)
def unsubscribe_by_link(call: Call, data: schemas.UnsubscribeByLink) -> schemas.UnsubscribedByLink:
    """No mail any more to whoever has this link, or nothing at all by any way. However often: the same."""
    return unsubscribing.refuse_by_link(token=data.token, everything=data.everything, at=call.at)


@action(
    "applyProviderEvent",
    reply="providerEventApplied",
    role=Role.ADMIN,
    writes=True,
    system_only=True,
    changed=lambda answer: answer.is_change,
    target=lambda given, answer: ("message", str(answer.message_id or "")) if answer else ("", ""),
    final="It is what the provider reported. A denial that it brought is lifted by an administrator.",
)
def apply_provider_event(call: Call, data: schemas.ApplyProviderEvent) -> schemas.ProviderEventApplied:
    """Make of an event of a provider what it means: how a message went, and whom not to reach any more."""
    return provider_events.made_of(key=data.event_id, at=call.at)


@action(
    "receiveMessage",
    reply="messageReceived",
    role=Role.ADMIN,
    writes=True,
    system_only=True,
    changed=lambda answer: answer.is_new,
    target=lambda given, answer: ("inbound", str(answer.inbound_id)) if answer else ("", ""),
    final="What came in is kept as it came. How it was read can be put right with reclassifyReply.",
)
def receive_message(call: Call, data: schemas.ReceiveMessage) -> schemas.MessageReceived:
    """Keep a mail or a text that came in and do what it asks: a STOP, an answer, a bounce, an absence."""
    return receiving.take(data.incoming, at=call.at)
