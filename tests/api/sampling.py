"""Data that fits an action's schema, made from the schema itself: only what is required, and small."""

from __future__ import annotations

from typing import Any

from headhaul.actions.services.catalogue import schemas_of
from headhaul.kernel.actions import registry

_BY_FORMAT = {
    "date": "2026-11-18",
    "date-time": "2026-11-18T12:00:00Z",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "email": "somebody@example.com",
    "uri": "https://example.com/",
}


def sample_data(name: str) -> dict[str, Any]:
    """What the action may be given."""
    schema, _ = schemas_of(registry()[name])
    data: dict[str, Any] = _sample(schema, schema.get("$defs", {}))
    return data


def _sample(schema: dict[str, Any], definitions: dict[str, Any]) -> Any:
    if "$ref" in schema:
        return _sample(definitions[schema["$ref"].removeprefix("#/$defs/")], definitions)
    for choice in ("const", "default"):
        if choice in schema:
            return schema[choice]
    for choices in ("examples", "enum", "anyOf", "oneOf", "allOf"):
        if choices in schema:
            first = schema[choices][0]
            return first if choices in ("examples", "enum") else _sample(first, definitions)
    return _by_type(schema, definitions)


def _by_type(schema: dict[str, Any], definitions: dict[str, Any]) -> Any:
    match schema.get("type"):
        case "object":
            wanted = schema.get("required", [])
            data = {name: _sample(schema["properties"][name], definitions) for name in wanted}
            return data or {f"key{number}": None for number in range(schema.get("minProperties", 0))}
        case "array":
            return [_sample(schema["items"], definitions)] * schema.get("minItems", 0)
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return False
        case "string":
            return _BY_FORMAT.get(schema.get("format", ""), "x" * max(1, schema.get("minLength", 1)))
    return None
