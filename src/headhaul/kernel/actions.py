"""An action: one thing that can be done, declared once. Every door, page, table and test is made from this."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, NamedTuple, TypeVar, get_type_hints

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
    PUBLIC = "public"  # a page for people outside, without sign-in


class Step(NamedTuple):
    """One action that takes something back: its wire name and its data, as JSON."""

    action: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """What a handler knows about the call beside its data, and where it says how to take back what it does.

    `learnt` is what the declaration's `ahead` answered, before the transaction began.
    """

    actor: Actor
    at: datetime
    door: Door
    request_id: str
    batch_id: str | None = None
    reversal: list[Step] = field(default_factory=list, compare=False)
    learnt: Any = field(default=None, compare=False)
    is_atomic: bool = False  # one of an all-or-nothing batch

    def undo_with(self, action: str, data: Mapping[str, Any]) -> None:
        """Note that doing `action` with `data` (wire names, plain JSON) takes back what was just done.

        Several notes are taken back in reverse order. `action` must be among those the declaration names.
        """
        self.reversal.append(Step(action, dict(data)))


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom an action is about to reach, for the compliance pre-flight.

    `zones` are all time zones they may be in; none means that nobody knows. `states` likewise; `country` is ISO 3166-1
    alpha-2, "" when it is not known. `sender_id` is the mailbox or number it would go from, where that is decided.
    `content` is what would be said, once it is written (its class is compliance's). `purpose`: outreach or reply.
    `is_planned`: it only goes into the outbox, and is judged and counted again when it leaves; hours do not refuse it.
    """

    channel: str
    address: str
    contact_id: int | None = None
    account_id: int | None = None
    zones: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    country: str = ""
    dot_number: str = ""
    segment: str = ""
    sender_id: int | None = None
    purpose: str = "outreach"
    content: Any = None
    is_planned: bool = False


@dataclass(frozen=True, slots=True)
class Action(Generic[In, Out]):
    """The declaration. `target` tells the audit what was acted on: a (type, id) pair taken from input and output.

    A write says which actions can take it back (`undo`), or in a sentence why nothing can (`final`).
    `people_only` actions are closed to API tokens whatever their scopes, `system_only` ones to everybody who signs in:
    Headhaul does them itself, for somebody outside. The reply of a `secret` action is shown once and never stored, not
    even to answer a repeated idempotency key. `ahead` asks the world outside, for which no
    transaction may wait: it runs before the handler's, once role and data are known to be right. Of a `system_only`
    action `changed` tells from the answer whether it changed anything: what the world outside repeats leaves no entry.
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
    recipient: Callable[[Call, In], Recipient | None] | None = None
    target: Callable[[In, Out | None], tuple[str, str]] | None = None
    people_only: bool = False
    secret: bool = False
    undo: tuple[str, ...] = ()
    final: str = ""
    ahead: Callable[[Call, In], Any] | None = None
    system_only: bool = False
    changed: Callable[[Out], bool] | None = None

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
    recipient: Callable[[Call, Any], Recipient | None] | None = None,
    target: Callable[[Any, Any], tuple[str, str]] | None = None,
    people_only: bool = False,
    secret: bool = False,
    undo: str | tuple[str, ...] = (),
    final: str = "",
    ahead: Callable[[Call, Any], Any] | None = None,
    system_only: bool = False,
    changed: Callable[[Any], bool] | None = None,
) -> Callable[[Callable[[Call, In], Out]], Callable[[Call, In], Out]]:
    """Declare a handler `(call: Call, data: In) -> Out` as an action under its wire name.

    `recipient` may answer None: then this call reaches nobody. A write names the actions that take it back in `undo`
    and notes their data with `call.undo_with`, or says in `final` why it cannot be taken back. What `ahead` answers
    stands in `call.learnt`; such an action is refused within an all-or-nothing batch, which is one transaction.
    Input and output types are read from the handler's annotations, the description from its docstring.
    Raises TypeError at import for a declaration that is incomplete or a name that is taken.
    """

    inverses = (undo,) if isinstance(undo, str) else undo

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
        if writes != bool(inverses or final) or (inverses and final):
            raise TypeError(f"action {name}: a write, and only a write, names its `undo` or says why it is `final`")
        if changed is not None and not (system_only and writes):
            raise TypeError(f"action {name}: only a write of Headhaul itself may leave no audit entry")
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
            inverses,
            final,
            ahead,
            system_only,
            changed,
        )
        return handler

    return declare


def registry() -> dict[str, Action[Any, Any]]:
    """All declared actions by wire name, sorted. Rooms declare theirs when their `actions` module is imported."""
    return dict(sorted(_registry.items()))


def find(name: str) -> Action[Any, Any] | None:
    """The action of that wire name, if there is one."""
    return _registry.get(name)
