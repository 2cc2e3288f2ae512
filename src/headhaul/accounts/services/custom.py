"""Values of custom fields: checked against their definition, kept in one form per kind.

Money is integer cents, a date is an ISO date, several is a list in the order of the choices. Text that a form or a
file brings is read as people write it: "1,250.50" dollars, "yes", "drop yard; reefer plugs".
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from headhaul.accounts.choices import CustomEntity, CustomKind
from headhaul.accounts.schemas.custom import CustomFieldRow
from headhaul.accounts.selectors.custom import fields
from headhaul.actions.services.undoing import is_taking_back
from headhaul.kernel import InvalidData
from headhaul.kernel.addresses import website_key

_YES = frozenset({"yes", "y", "true", "1", "on"})
_NO = frozenset({"no", "n", "false", "0", "off"})
_MOST = Decimal(10) ** 15


def validated(
    entity: CustomEntity,
    values: Mapping[str, Any],
    *,
    is_new: bool = False,
    before: Mapping[str, Any] | None = None,
    takes_retired: bool = False,
) -> dict[str, Any]:
    """The values in the form in which they are kept; None clears. Raises InvalidData naming `custom.<key>`.

    A required field cannot be cleared, and with `is_new` it must be there. A choice that was taken out of its field is
    good where something is taken back, where the record holds it (`before`), and with `takes_retired`; so is, for an
    undo, a field that was put out of use.
    """
    if not values and not is_new:
        return {}
    is_undo = is_taking_back()
    known = {field.key: field for field in fields(entity, include_inactive=is_undo)}
    for key, field in known.items():
        held = field.retired if is_undo or takes_retired else _held(field, (before or {}).get(key))
        if held:
            known[key] = field.model_copy(update={"choices": [*field.choices, *held]})
    kept: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for key, value in values.items():
        try:
            kept[key] = _value(known.get(key), value)
        except ValueError as fault:
            faults[f"custom.{key}"] = str(fault)
    if is_new:
        missing = [
            field.key
            for field in known.values()
            if field.is_required and field.is_active and kept.get(field.key) is None
        ]
        faults = {f"custom.{key}": "is required" for key in missing} | faults
    if faults:
        said = "; ".join(f"{_label(known, name)} {fault}" for name, fault in faults.items())
        raise InvalidData(f"{said}.", fields=faults)
    return kept


def _held(field: CustomFieldRow, value: Any) -> list[str]:
    """Which of the field's former choices this value has."""
    chosen = value if isinstance(value, list) else [value]
    return [word for word in field.retired if word in chosen]


def merged(before: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """The values after a change: what is None goes, what is not named stays."""
    return {key: value for key, value in {**before, **patch}.items() if value is not None}


def _label(known: Mapping[str, CustomFieldRow], name: str) -> str:
    key = name.removeprefix("custom.")
    return known[key].label if key in known else key


def _value(field: CustomFieldRow | None, value: Any) -> Any:
    if field is None:
        raise ValueError("is no custom field here; getCustomFields lists them")
    if value is None or value == [] or (isinstance(value, str) and not value.strip()):
        if field.is_required:
            raise ValueError("is required")
        return None
    return _READ[field.kind](field, value)


def _text(field: CustomFieldRow, value: Any) -> str:
    longest = 10_000 if field.kind is CustomKind.LONG_TEXT else 500
    if not isinstance(value, str):
        raise ValueError("is text")
    if len(value) > longest:
        raise ValueError(f"has at most {longest:,} characters")
    return value.strip() if field.kind is CustomKind.LONG_TEXT else " ".join(value.split())


def _decimal(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise ValueError("is a number")
    try:
        number = Decimal(re.sub(r"[,$\s]", "", value) if isinstance(value, str) else str(value))
    except InvalidOperation:
        raise ValueError("is a number") from None
    if not number.is_finite() or abs(number) > _MOST:
        raise ValueError("is a number of at most 15 digits")
    return number


def _number(field: CustomFieldRow, value: Any) -> int | float:
    number = _decimal(value)
    return int(number) if number == number.to_integral_value() else float(number)


def _money(field: CustomFieldRow, value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float):  # of 1250.5 nobody can tell whether dollars or cents were meant
        raise ValueError("is a whole number of cents, or dollars as text such as 1,250.50")
    cents = _decimal(value) * 100
    if cents != cents.to_integral_value() or math.fabs(cents) > _MOST:
        raise ValueError("is an amount in dollars and cents")
    return int(cents)


def _date(field: CustomFieldRow, value: Any) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        raise ValueError("is a date, for example 2026-11-30") from None


def _yes_no(field: CustomFieldRow, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word not in _YES | _NO:
        raise ValueError("is yes or no")
    return word in _YES


def _choice(field: CustomFieldRow, value: Any) -> str:
    known = {choice.casefold(): choice for choice in field.choices}
    if not isinstance(value, str) or value.strip().casefold() not in known:
        raise ValueError(f"is one of: {', '.join(field.choices[:20])}")
    return known[value.strip().casefold()]


def _several(field: CustomFieldRow, value: Any) -> list[str]:
    words = re.split(r"[;,\n]", value) if isinstance(value, str) else value
    if not isinstance(words, list):
        raise ValueError("is a list")
    chosen = {_choice(field, word) for word in words if not isinstance(word, str) or word.strip()}
    return [choice for choice in field.choices if choice in chosen]


def _url(field: CustomFieldRow, value: Any) -> str:
    if not isinstance(value, str) or len(value) > 500 or not website_key(value):
        raise ValueError("is a web address, for example https://example.com")
    return value.strip()


_READ: dict[CustomKind, Callable[[CustomFieldRow, Any], Any]] = {
    CustomKind.TEXT: _text,
    CustomKind.LONG_TEXT: _text,
    CustomKind.NUMBER: _number,
    CustomKind.MONEY: _money,
    CustomKind.DATE: _date,
    CustomKind.YES_NO: _yes_no,
    CustomKind.CHOICE: _choice,
    CustomKind.SEVERAL: _several,
    CustomKind.URL: _url,
}
