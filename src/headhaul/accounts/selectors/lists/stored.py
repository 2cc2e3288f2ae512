"""From what a view stored, or a caller sent, to filters of a list: strictly, or leaving out what no longer fits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from headhaul.accounts.ports.lists import ListKind
from headhaul.kernel import InvalidData, Payload


def strict(kind: ListKind, filters: Mapping[str, Any]) -> Payload:
    """The filters as the list's own action would take them; InvalidData names what does not fit."""
    try:
        return kind.filters.model_validate(dict(filters))
    except ValidationError as fault:
        raise InvalidData("These filters do not fit the list.", fields=_said(fault, "filters.")) from fault


def plain(filters: Payload) -> dict[str, Any]:
    """Filters by wire name, only those that were set."""
    return filters.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def lenient(kind: ListKind, filters: Mapping[str, Any]) -> tuple[Payload, list[str]]:
    """The filters that still fit, and in words what was left out."""
    kept, ignored = dict(filters), []
    while True:
        try:
            found = kind.filters.model_validate(kept)
            break
        except ValidationError as fault:
            for error in fault.errors(include_url=False, include_context=False):
                name = str(error["loc"][0])
                known = next((key for key in (name, *_spellings(kind, name)) if key in kept), None)
                if known is None:
                    return kind.filters(), ["all filters: they belong to another version of the list"]
                del kept[known]
                ignored.append(f"{name}: {error['msg'].removeprefix('Value error, ')}")
                break
    gone = dict(kind.faults(found))
    return _without(kind, kept, gone) if gone else found, [*ignored, *gone.values()]


def _spellings(kind: ListKind, name: str) -> list[str]:
    """The wire name and the own name of a filter."""
    return [
        word
        for own, field in kind.filters.model_fields.items()
        if name in (own, field.alias)
        for word in (own, str(field.alias))
    ]


def _without(kind: ListKind, kept: dict[str, Any], gone: Mapping[str, str]) -> Payload:
    """The filters without single values: `custom.<key>` is a condition, `owner.<id>` one of several."""
    wire = plain(kind.filters.model_validate(kept))
    for path in gone:
        name, _, value = path.partition(".")
        wire[name] = [
            each
            for each in wire.get(name, [])
            if (each.get("key") if isinstance(each, Mapping) else str(each)) != value
        ]
    return kind.filters.model_validate(wire)


def _said(fault: ValidationError, prefix: str) -> dict[str, str]:
    errors = fault.errors(include_url=False, include_context=False, include_input=False)
    return {
        prefix + ".".join(str(part)[:60] for part in error["loc"]): error["msg"].removeprefix("Value error, ")
        for error in errors[:20]
    }
