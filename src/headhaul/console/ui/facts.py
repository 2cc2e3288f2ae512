"""Fields of records as forms hold them, a firm's own among them: shown, entered, and said to an action."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from headhaul.accounts.choices import CustomKind
from headhaul.console.ui import words

CUSTOM = "custom."


@dataclass(frozen=True, slots=True)
class Fact:
    """A field: its wire name, what people call it, and the control it is entered with."""

    name: str
    label: str
    control: str = "text"
    choices: Mapping[str, str] = field(default_factory=dict)
    hint: str = ""
    is_required: bool = False

    @property
    def key(self) -> str:
        """Its name as part of an element's id."""
        return self.name.replace(".", "-")


_CONTROLS = {
    CustomKind.TEXT: "text", CustomKind.LONG_TEXT: "textarea", CustomKind.NUMBER: "number", CustomKind.MONEY: "money",
    CustomKind.DATE: "date", CustomKind.YES_NO: "select", CustomKind.CHOICE: "select", CustomKind.SEVERAL: "several",
    CustomKind.URL: "url",
}  # fmt: skip


def custom_facts(defined: Sequence[Any]) -> list[Fact]:
    """The facts that the firm added, from getCustomFields."""
    return [
        Fact(
            name=CUSTOM + each.key,
            label=each.label,
            control=_CONTROLS[each.kind],
            choices={"yes": "Yes", "no": "No"} if each.kind is CustomKind.YES_NO else {c: c for c in each.choices},
            hint=each.help,
            is_required=each.is_required,
        )
        for each in defined
    ]


def custom_value(record: Any, fact: Fact) -> Any:
    """What a record holds in a field of the firm's own, in whichever way its answers carry them."""
    held = getattr(record, "custom_fields", None) or record.custom
    known = held if isinstance(held, Mapping) else {each.key: each.value for each in held}
    return known.get(fact.name.removeprefix(CUSTOM))


def entered(value: Any, fact: Fact) -> Any:
    """The value as the control holds it."""
    if fact.control == "money" and value is not None:
        return f"{value / 100:.2f}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else value


def shown(value: Any, fact: Fact) -> str:
    """The value for people; "" for nothing."""
    if value is None or value == "" or value == []:
        return ""
    if fact.control == "money":
        return f"${value / 100:,.2f}"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(value)
    if fact.control == "zone":
        return words.city_of(value)
    if fact.control == "number":
        return words.number(value, 0 if value == int(value) else 2) if fact.name != "dotNumber" else str(value)
    return str(fact.choices.get(str(value), value))


def said(fact: Fact, given: Sequence[str]) -> dict[str, Any]:
    """The data of the action that sets the fact: nothing given clears it."""
    value: Any = list(given) if fact.control == "several" else (given[0].strip() if given else "")
    value = value or None
    if fact.name.startswith(CUSTOM):
        return {"custom": {fact.name.removeprefix(CUSTOM): value}}
    return {fact.name: value}
