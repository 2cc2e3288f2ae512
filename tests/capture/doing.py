"""Acting through the door, as every page does."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from headhaul.actions import dispatch
from headhaul.kernel import Actor
from tests.factories.market import NOON


def do(name: str, actor: Actor, /, *, at: datetime = NOON, door: str = "console", **data: Any) -> Any:
    """What the action answers."""
    return dispatch(name, data, actor=actor, at=at, door=door).payload


def captured(actor: Actor, *, at: datetime = NOON, door: str = "console", **data: Any) -> Any:
    """A lead taken down; a company in Dallas and somebody there unless said otherwise."""
    usual: dict[str, Any] = {"clientId": str(uuid.uuid4())}
    if not data.keys() & {"company", "dotNumber", "contactName"}:
        usual |= {"company": "Bluebonnet Transport", "state": "TX", "contactName": "Pat Diaz"}
    return do("captureLead", actor, at=at, door=door, **usual | data)


def undone(name: str, actor: Actor, /, *, at: datetime = NOON, **data: Any) -> Any:
    """Do it and take it back at once; what it answered."""
    reply = dispatch(name, data, actor=actor, at=at, door="console")
    assert reply.undo_id is not None, f"{name} said no way back"
    dispatch("undoAction", {"undoId": reply.undo_id}, actor=actor, at=at, door="console")
    return reply.payload
