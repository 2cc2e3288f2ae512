"""The types of fields that accounts, contacts and what belongs to them share."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, StringConstraints
from pydantic_core import CoreSchema, core_schema

from headhaul.kernel import Payload

Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]


def _visible(text: str) -> str:
    """Letters of any script, digits or pictures; not only blanks and marks that show nothing."""
    if not any(unicodedata.category(char)[0] in "LNSP" for char in text):
        raise ValueError("needs at least one letter, digit or sign that can be seen")
    return text


Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$"),
    AfterValidator(_visible),
    Field(examples=["Lone Star Reefer"]),
]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=10_000, pattern=r"^[^\x00]*$")]
ZoneName = Annotated[
    str, StringConstraints(max_length=64, pattern=r"^[A-Za-z0-9_+/\-]*$"), Field(examples=["America/Chicago"])
]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$"), Field(examples=["current_vendor"])]
Item = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]
GivenValue = (
    bool
    | Annotated[int, Field(ge=-(10**15), le=10**15)]
    | Annotated[float, Field(ge=-1e15, le=1e15)]
    | Annotated[str, StringConstraints(max_length=10_000, pattern=r"^[^\x00]*$")]
    | Annotated[list[Item], Field(max_length=100)]
    | None
)
Given = Annotated[
    dict[Key, GivenValue],
    Field(max_length=200, description="Values of custom fields by their key; null clears, what is left out stays."),
]


def given(data: Any, *without: str) -> dict[str, Any]:
    """What was really said, null included: a field that was left out is not there."""
    return {name: getattr(data, name) for name in data.model_fields_set if name not in without}


Q = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100, pattern=r"^[^\x00]*$")]
TagWord = Annotated[
    str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=60, pattern=r"^[^\x00]*$")
]
CustomKey = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[^\x00:]+$")]
ConditionText = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")]
ConditionNumber = Annotated[int, Field(ge=-(2**53), le=2**53)] | Annotated[float, Field(ge=-1e15, le=1e15)]
Direction = Literal["asc", "desc"]


def split(value: Any) -> Any:
    """A list, or words joined by commas as a page's address carries them, or one value alone."""
    if isinstance(value, str):
        return [word.strip() for word in value.split(",") if word.strip()]
    return [value] if isinstance(value, int) and not isinstance(value, bool) else value


class Split:
    """Lets a list be given as words joined by commas, or as one value alone; and says so in the description."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(split, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [handler(schema), {"type": "string"}, {"type": "integer"}]}


SPLIT = Split()


class CustomCondition(Payload):
    """A condition on a custom field. `isKnown` and `isUnknown` take no value; `is` takes any of a list."""

    key: CustomKey
    op: Literal["is", "isNot", "contains", "atLeast", "atMost", "isKnown", "isUnknown"] = "is"
    value: (
        Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")]
        | bool
        | Annotated[int, Field(ge=-(2**53), le=2**53)]
        | Annotated[float, Field(ge=-1e15, le=1e15)]
        | Annotated[
            list[Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")]], Field(max_length=50)
        ]
        | None
    ) = None


def conditions(value: Any) -> Any:
    """Conditions as objects, or as `key:op:value`, which is how a page's address carries them."""
    many = [value] if isinstance(value, str) else value
    return [_condition(each) if isinstance(each, str) else each for each in many] if isinstance(many, list) else many


def _condition(text: str) -> dict[str, Any]:
    key, _, rest = text.partition(":")
    op, _, value = rest.partition(":")
    return {"key": key, "op": op or "is", "value": value if value != "" else None}


class Conditions:
    """Lets conditions be given as `key:op:value`, and says so in the description."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(conditions, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        many = handler(schema)
        many["items"] = {"anyOf": [many["items"], {"type": "string"}]}
        return {"anyOf": [many, {"type": "string"}]}


CustomConditions = Annotated[list[CustomCondition], Field(max_length=20), Conditions()]
