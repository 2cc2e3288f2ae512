"""How these tests ask: through dispatch, at noon."""

from __future__ import annotations

from typing import Any

from headhaul.actions import dispatch
from headhaul.kernel import Actor
from tests.factories.market import NOON


def do(name: str, actor: Actor, /, **data: Any) -> Any:
    """What the action gives."""
    return dispatch(name, data, actor=actor, at=NOON, door="http").payload
