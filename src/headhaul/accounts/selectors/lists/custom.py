"""Conditions on custom fields: equality goes by the index over `custom`, ranges compare as numbers or dates."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from headhaul.accounts.choices import CustomKind
from headhaul.accounts.schemas.words import CustomCondition
from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.accounts.selectors.scoping import literal
from headhaul.kernel import InvalidData

NUMBERS = frozenset({CustomKind.NUMBER, CustomKind.MONEY})
RANGED = NUMBERS | {CustomKind.DATE}
WORDS = frozenset({CustomKind.TEXT, CustomKind.LONG_TEXT, CustomKind.URL})
_YES_NO = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True, slots=True)
class Definition:
    """A custom field as lists need it. `choices` are (stored value, label)."""

    key: str
    label: str
    kind: CustomKind
    choices: tuple[tuple[str, str], ...]


def definitions(entity: str) -> dict[str, Definition]:
    """The active custom fields of an entity by key, in their order."""
    rows = fetch(
        "select key, label, kind, choices::text as choices from accounts_customfield"
        " where entity = %s and is_active order by position, id",
        [entity],
    )
    return {
        row["key"]: Definition(row["key"], row["label"], CustomKind(row["kind"]), _choices(json.loads(row["choices"])))
        for row in rows
    }


def _choices(kept: Any) -> tuple[tuple[str, str], ...]:
    """Choices are kept as words, or as objects with a value and a label."""
    many = kept if isinstance(kept, list) else []
    return tuple(
        (str(each.get("value", "")), str(each.get("label") or each.get("value", "")))
        if isinstance(each, Mapping)
        else (str(each), str(each))
        for each in many
    )


def narrow(narrowed: Conditions, asked: Sequence[CustomCondition], *, entity: str, column: str) -> None:
    """Add the conditions; InvalidData names the field, the comparison or the value that does not fit."""
    known = definitions(entity) if asked else {}
    for condition in asked:
        if condition.key not in known:
            raise _unfit(condition, "There is no custom field of that key.")
        narrowed.add(*_clause(condition, known[condition.key], column))


def _clause(condition: CustomCondition, field: Definition, column: str) -> tuple[Any, ...]:
    held = f"coalesce({column} -> %s, 'null'::jsonb) not in ('null'::jsonb, '\"\"'::jsonb, '[]'::jsonb)"
    match condition.op:
        case "isKnown":
            return held, field.key
        case "isUnknown":
            return f"not ({held})", field.key
        case "is" | "isNot":
            return _equal(condition, field, column)
        case "contains":
            return _contains(condition, field, column)
        case _:
            return _ranged(condition, field, column)


def _equal(condition: CustomCondition, field: Definition, column: str) -> tuple[Any, ...]:
    values = condition.value if isinstance(condition.value, list) else [condition.value]
    wanted = [_typed(condition, field, value) for value in values]
    if not wanted:
        raise _unfit(condition, "Name at least one value.")
    if field.kind is CustomKind.SEVERAL:
        wanted = [[value] for value in wanted]
    clause = " or ".join([f"{column} @> %s::jsonb"] * len(wanted))
    held = [json.dumps({field.key: value}) for value in wanted]
    return (f"({clause})" if condition.op == "is" else f"not ({clause})", *held)


def _contains(condition: CustomCondition, field: Definition, column: str) -> tuple[Any, ...]:
    if field.kind is CustomKind.SEVERAL:
        value = _typed(condition, field, condition.value)
        return f"{column} @> %s::jsonb", json.dumps({field.key: [value]})
    if field.kind not in WORDS:
        raise _unfit(condition, f"{field.label} holds no text to look into.")
    return f"{column} ->> %s ilike %s", field.key, f"%{literal(str(condition.value or ''))}%"


def _ranged(condition: CustomCondition, field: Definition, column: str) -> tuple[Any, ...]:
    """A jsonpath compares only values of the same type: what is kept of another kind is no match and no error."""
    if field.kind not in RANGED:
        raise _unfit(condition, f"{field.label} is neither a number nor a date, so it has no more and less.")
    sign = ">=" if condition.op == "atLeast" else "<="
    path = f"$.{json.dumps(field.key)} {sign} $bound"
    bound = json.dumps({"bound": _typed(condition, field, condition.value)})
    return f"jsonb_path_match({column}, %s::jsonpath, %s::jsonb, true)", path, bound


def _typed(condition: CustomCondition, field: Definition, value: Any) -> Any:
    """The value as it is kept for this kind of field: money as a number is cents, as text it is dollars."""
    try:
        if field.kind is CustomKind.MONEY and isinstance(value, str):
            return round(_number(value.replace("$", "")) * 100)
        if field.kind in NUMBERS:
            return _number(value)
        if field.kind is CustomKind.DATE:
            return date.fromisoformat(str(value)).isoformat()
        if field.kind is CustomKind.YES_NO:
            return value if isinstance(value, bool) else _YES_NO[str(value).lower()]
    except (KeyError, ValueError):
        what = {CustomKind.DATE: "a date such as 2026-11-18", CustomKind.YES_NO: "true or false"}
        raise _unfit(condition, f"{field.label} needs {what.get(field.kind, 'a number')}.") from None
    if not isinstance(value, str) or not value:
        raise _unfit(condition, f"{field.label} needs a word.")
    return _choice(condition, field, value)


def _choice(condition: CustomCondition, field: Definition, value: str) -> str:
    if field.kind in (CustomKind.CHOICE, CustomKind.SEVERAL):
        known = [stored for stored, _ in field.choices]
        if value not in known:
            raise _unfit(condition, f"{field.label} is one of: {', '.join(known)}.")
    return value


def _number(value: Any) -> int | float:
    if isinstance(value, bool) or value is None:
        raise ValueError("no number")
    if isinstance(value, (int, float)):
        return value
    found = float(str(value).replace(",", ""))
    if not abs(found) <= 1e15:  # also what is no number at all
        raise ValueError("out of range")
    return int(found) if found.is_integer() else found


def _unfit(condition: CustomCondition, said: str) -> InvalidData:
    return InvalidData(said, fields={f"custom.{condition.key}": said})
