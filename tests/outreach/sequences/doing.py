"""How these tests do things: through dispatch, at noon unless they say otherwise; and sequences in few words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from headhaul.actions import dispatch
from headhaul.actions.services.replies import Reply
from headhaul.kernel import Actor
from tests.factories.market import NOON

EMAIL = {
    "kind": "email",
    "key": "hello",
    "subject": "Drivers for {account.name|your fleet}",
    "body": "Hi {contact.first_name|there}",
}
SMS = {"kind": "sms", "key": "nudge", "body": "Still short of drivers? Reply STOP to opt out."}
CALL = {"kind": "call", "key": "ring", "body": "Ask about {account.city|their city}."}
WAIT = {"kind": "wait", "key": "pause", "delay": {"amount": 2, "unit": "business_days"}}
ASK = {"kind": "condition", "key": "asked", "test": "clicked", "then": "ring"}


def told(name: str, actor: Actor, /, *, at: datetime = NOON, **data: Any) -> Reply:
    """The whole reply."""
    return dispatch(name, data, actor=actor, at=at, door="http")


def do(name: str, actor: Actor, /, *, at: datetime = NOON, **data: Any) -> Any:
    """What the action gives, as on the wire."""
    return told(name, actor, at=at, **data).payload.model_dump(mode="json", by_alias=True)


def undo(reply: Reply, actor: Actor, *, at: datetime = NOON) -> Reply:
    """Take back what was done."""
    return told("undoAction", actor, at=at, undoId=reply.undo_id)


def running(actor: Actor, *steps: dict[str, Any], at: datetime = NOON, **data: Any) -> Any:
    """A sequence of these steps that is active."""
    name = data.pop("name", "First touch")
    saved = do("saveSequence", actor, at=at, name=name, steps=list(steps), **data)
    key = saved["sequence"]["id"]
    return do("setSequenceStatus", actor, at=at, sequenceId=key, state="active")


def enrolled(actor: Actor, sequence_id: int, *contact_ids: int, at: datetime = NOON, **data: Any) -> Any:
    """What enrolling gives."""
    return do("enrollContacts", actor, at=at, sequenceId=sequence_id, contactIds=list(contact_ids), **data)
