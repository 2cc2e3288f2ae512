"""The words that several of the room's schemas share."""

from __future__ import annotations

import re
from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

from headhaul.activities.schemas.common import Day, Id, Instant, Version, Zone
from headhaul.carriers.choices import Equipment
from headhaul.kernel import Result

__all__ = [
    "ClientId", "Day", "EquipmentWord", "Id", "Instant", "Line", "Person", "Short", "SourceKey", "TagWord", "Text",
    "Version", "Zone",
]  # fmt: skip

_UUID = re.compile(r"[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}")


def _uuid(value: Any) -> Any:
    if isinstance(value, UUID):
        return value
    if not isinstance(value, str) or not _UUID.fullmatch(value):
        raise ValueError("a UUID that the device made, such as 3f1c1a52-9a53-4b6f-9d21-0a6a1f6d2f10")
    return value


ClientId = Annotated[
    UUID,
    BeforeValidator(_uuid),
    WithJsonSchema(
        {
            "type": "string",
            "format": "uuid",
            "description": "Made by whoever sends it. The same one is the same lead, however often it is sent.",
            "examples": ["3f1c1a52-9a53-4b6f-9d21-0a6a1f6d2f10"],
        }
    ),
]
Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")
]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Origin = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        to_lower=True,
        max_length=200,
        pattern=r"^(https://(\*\.)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|http://(localhost|127\.0\.0\.1))(:[0-9]{1,5})?$",
    ),
]
"""A site as browsers name it: https, or this very machine for whoever tries things out."""
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=10_000, pattern=r"^[^\x00]*$")]
SourceKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$"), Field(examples=["trade_show"])]
TagWord = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]*$")
]


def _equipment(value: str) -> str:
    if value not in {kind.code for kind in Equipment}:
        raise ValueError(f"one of {', '.join(kind.code for kind in Equipment)}")
    return value


EquipmentWord = Annotated[
    str,
    BeforeValidator(lambda value: _equipment(value) if isinstance(value, str) else value),
    Field(examples=["reefer"]),
]


class Person(Result):
    """A user with a name."""

    id: int
    name: str
