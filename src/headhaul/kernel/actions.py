"""An action: one thing that can be done, declared once. Every door, page, table and test is made from this."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar, get_type_hints

from pydantic import BaseModel

from headhaul.kernel.actors import Actor
from headhaul.kernel.roles import Role
from headhaul.kernel.schemas import Payload, Result

In = TypeVar("In", bound=Payload)
Out = TypeVar("Out", bound=BaseModel)


class Door(StrEnum):
    """Where a call came in."""

    HTTP = "http"
    CONSOLE = "console"
    MCP = "mcp"
    CLI = "cli"
    JOB = "job"


@dataclass(frozen=True, slots=True)
class Call:
    """What a handler knows about the call beside its data."""

    actor: Actor
    at: datetime
    door: Door
    request_id: str
    batch_id: str | None = None


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom an action is about to reach, for the compliance pre-flight."""

    channel: str
    address: str
    contact_id: int | None = None
    account_id: int | None = None


@dataclass(frozen=True, slots=True)
class Action(Generic[In, Out]):
    """The declaration. `target` tells the audit what was acted on: a (type, id) pair taken from input and output.

    `people_only` actions are closed to API tokens whatever their scopes; the reply of a `secret` action is shown
    once and never stored, not even to answer a repeated idempotency key.
    """

    name: str
    reply: str
    role: Role
    writes: bool
    input: type[In]
    output: type[Out]
    handler: Callable[[Call, In], Out]
    doc: str
    room: str
    recipient: Callable[[Call, In], Recipient] | None = None
    target: Callable[[In, Out | None], tuple[str, str]] | None = None
    people_only: bool = False
    secret: bool = False

    @property
    def sends(self) -> bool:
        """Whether it reaches a person outside, so that compliance decides first."""
        return self.recipient is not None


_NAME = re.compile(r"^[a-z][a-zA-Z0-9]{2,59}$")
_registry: dict[str, Action[Any, Any]] = {}


def action(
    name: str,
    *,
    reply: str,
    role: Role,
    writes: bool = False,
    recipient: Callable[[Call, Any], Recipient] | None = None,
    target: Callable[[Any, Any], tuple[str, str]] | None = None,
    people_only: bool = False,
    secret: bool = False,
) -> Callable[[Callable[[Call, In], Out]], Callable[[Call, In], Out]]:
    """Declare a handler `(call: Call, data: In) -> Out` as an action under its wire name.

    Input and output types are read from the handler's annotations, the description from its docstring.
    Raises TypeError at import for a declaration that is incomplete or a name that is taken.
    """

    def declare(handler: Callable[[Call, In], Out]) -> Callable[[Call, In], Out]:
        hints = get_type_hints(handler)
        parameters = list(inspect.signature(handler).parameters)
        doc = inspect.getdoc(handler) or ""
        if len(parameters) != 2 or not _NAME.match(name) or not _NAME.match(reply) or not doc:
            raise TypeError(f"action {name}: needs a camelCase name and reply, (call, data) and a docstring")
        given, answer = hints[parameters[1]], hints["return"]
        if not issubclass(given, Payload) or not issubclass(answer, Result):
            raise TypeError(f"action {name}: input must be a Payload, output a Result")
        if "action" in given.model_fields:
            raise TypeError(f"action {name}: no field may be called `action`, the envelope needs that word")
        if name in _registry:
            raise TypeError(f"action {name} is declared twice")
        room = handler.__module__.removeprefix("headhaul.").split(".")[0]
        _registry[name] = Action(
            name,
            reply,
            role,
            writes,
            given,
            answer,
            handler,
            doc,
            room,
            recipient,
            target,
            people_only,
            secret,
        )
        return handler

    return declare


def registry() -> dict[str, Action[Any, Any]]:
    """All declared actions by wire name, sorted. Rooms declare theirs when their `actions` module is imported."""
    return dict(sorted(_registry.items()))


def find(name: str) -> Action[Any, Any] | None:
    """The action of that wire name, if there is one."""
    return _registry.get(name)
