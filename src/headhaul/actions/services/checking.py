"""From what somebody sent to what a handler may rely on. Nothing gets past that cannot be stored."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import to_json

from headhaul.kernel import Action, Door, InvalidData, Payload

MAX_DEPTH = 24
MAX_FIELDS_NAMED = 20
TYPED_DOORS = frozenset({Door.HTTP, Door.MCP, Door.CLI})  # JSON has types; a form field is always a string


def validated(action: Action[Any, Any], data: Any, *, door: Door) -> Payload:
    """The action's input, or InvalidData that names the fields and what would be right."""
    if not isinstance(data, Mapping):
        raise InvalidData("The data of an action is a JSON object.")
    check_storable(data)
    model: type[Payload] = action.input
    try:
        if door in TYPED_DOORS:
            return model.model_validate_json(to_json(data), strict=True)
        return model.model_validate(data)
    except ValidationError as fault:
        raise invalid(fault) from fault


def invalid(fault: ValidationError) -> InvalidData:
    """The refusal for what pydantic found, without repeating the values."""
    fields: dict[str, str] = {}
    errors = fault.errors(include_url=False, include_context=False, include_input=False)
    for error in errors[:MAX_FIELDS_NAMED]:
        path = ".".join(str(part)[:60] for part in error["loc"]) or "data"
        fields[path] = error["msg"].removeprefix("Value error, ")
    return InvalidData("; ".join(f"{path}: {said}" for path, said in fields.items()), fields=fields)


def check_storable(data: Any) -> None:
    """Refuse NUL characters, broken Unicode, endless numbers and bottomless nesting, wherever they sit."""
    level: list[Any] = [data]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for value in level:
            if isinstance(value, str):
                _check_text(value)
            elif isinstance(value, Mapping):
                below.extend(value)
                below.extend(value.values())
            elif isinstance(value, (list, tuple)):
                below.extend(value)
            elif isinstance(value, float) and not math.isfinite(value):
                raise InvalidData("Numbers must be finite.")
        if not below:
            return
        level = below
    raise InvalidData(f"The data is nested more than {MAX_DEPTH} levels deep.")


def _check_text(text: str) -> None:
    if "\x00" in text:
        raise InvalidData("Text must not contain NUL characters.")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise InvalidData("Text must be valid Unicode, without lone surrogates.") from None
