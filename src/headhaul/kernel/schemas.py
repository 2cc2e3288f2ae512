"""How data crosses a door: camelCase on the wire, nothing extra accepted, the trade's own types."""

from __future__ import annotations

import re
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic.alias_generators import to_camel

MAX_DOT_NUMBER = 99_999_999  # the registry prints USDOT numbers in eight digits

T = TypeVar("T")


class Payload(BaseModel):
    """What an action is given. Unknown fields are refused, so that a typing error never passes in silence."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_alias=True, validate_by_name=True, extra="forbid", frozen=True
    )


class Result(BaseModel):
    """What an action gives back."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_alias=True, validate_by_name=True, serialize_by_alias=True, frozen=True
    )


class Empty(Payload):
    """For actions that need no data."""


def _dot_number(value: Any) -> Any:
    """Digits with or without leading zeros; anything else is refused rather than repaired."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise ValueError("a USDOT number is 1 to 8 digits")
    text = str(value).strip()
    if not re.fullmatch(r"[0-9]{1,10}", text):
        raise ValueError("a USDOT number is 1 to 8 digits, for example 158121")
    return int(text)


_DOT_NUMBER_SCHEMA = {
    "anyOf": [
        {"type": "integer", "minimum": 1, "maximum": MAX_DOT_NUMBER},
        {"type": "string", "pattern": r"^\s*0{0,9}[1-9][0-9]{0,7}\s*$"},
    ],
    "description": "A USDOT number; leading zeros do not matter.",
    "examples": [158121],
}
DotNumber = Annotated[
    int,
    BeforeValidator(_dot_number),
    Field(ge=1, le=MAX_DOT_NUMBER),
    WithJsonSchema(_DOT_NUMBER_SCHEMA, mode="validation"),
    WithJsonSchema({"type": "integer", "examples": [158121]}, mode="serialization"),
]
StateCode = Annotated[
    str, StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^[A-Za-z]{2}$"), Field(examples=["TX"])
]
Zip5 = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{5}$"), Field(examples=["75201"])]
Cursor = Annotated[str, StringConstraints(max_length=512)]


class Page(Payload):
    """Base of every list's input: how many, and from where on (`nextCursor` of the answer before)."""

    limit: int = Field(default=50, ge=1, le=100)
    cursor: Cursor | None = None


class Paged(Result, Generic[T]):
    """Base of every list's answer. `total` is counted to at most 1,000; beyond that `totalIsExact` is false."""

    items: list[T]
    next_cursor: str | None = None
    total: int | None = None
    total_is_exact: bool = False
