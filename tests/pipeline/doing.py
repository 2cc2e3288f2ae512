"""How these tests do things: through dispatch, at noon unless they say otherwise."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from headhaul.actions import dispatch
from headhaul.actions.services.replies import Reply
from headhaul.kernel import Actor
from tests.factories.market import NOON


def told(name: str, actor: Actor, /, *, at: datetime = NOON, **data: Any) -> Reply:
    """The whole reply."""
    return dispatch(name, data, actor=actor, at=at, door="http")


def do(name: str, actor: Actor, /, *, at: datetime = NOON, **data: Any) -> Any:
    """What the action gives."""
    return told(name, actor, at=at, **data).payload


def undo(reply: Reply, actor: Actor, *, at: datetime = NOON) -> Reply:
    """Take back what was done."""
    return told("undoAction", actor, at=at, undoId=reply.undo_id)
