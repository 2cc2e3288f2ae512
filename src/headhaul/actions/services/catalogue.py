"""The registry as others see it: what can be done, by whom, with which data."""

from __future__ import annotations

from typing import Any

from headhaul.actions.services.replies import Reply
from headhaul.kernel import Action, Actor, Result, Role
from headhaul.kernel.actions import registry
from headhaul.security.permissions import can


class ActionView(Result):
    """One action. `allowed` tells whether whoever asked may do it."""

    name: str
    reply: str
    role: Role
    writes: bool
    sends: bool
    people_only: bool
    system_only: bool
    room: str
    summary: str
    description: str
    allowed: bool
    input_schema: dict[str, Any]
    output_schema: dict[str, Any]


class Catalogue(Result):
    """Everything that can be done here."""

    items: list[ActionView]


_schemas: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}


def schemas_of(action: Action[Any, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The JSON schemas of an action's input and output, made once."""
    if action.name not in _schemas:
        _schemas[action.name] = (
            action.input.model_json_schema(mode="validation"),
            action.output.model_json_schema(mode="serialization"),
        )
    return _schemas[action.name]


def entries(actor: Actor) -> list[ActionView]:
    """Every action, as this actor may or may not do it."""
    return [_entry(action, actor) for action in registry().values()]


def reply(actor: Actor) -> Reply:
    """The catalogue in its envelope."""
    return Reply("actionsLoaded", Catalogue(items=entries(actor)))


def _entry(action: Action[Any, Any], actor: Actor) -> ActionView:
    given, answer = schemas_of(action)
    return ActionView(
        name=action.name,
        reply=action.reply,
        role=action.role,
        writes=action.writes,
        sends=action.sends,
        people_only=action.people_only,
        system_only=action.system_only,
        room=action.room,
        summary=action.doc.splitlines()[0],
        description=" ".join(action.doc.split()),
        allowed=can(actor, action),
        input_schema=given,
        output_schema=answer,
    )
