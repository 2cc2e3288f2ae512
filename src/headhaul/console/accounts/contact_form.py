"""The contact form: from a contact to fields, from fields back to what the actions take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict

from headhaul.console.accounts.fields import value_of
from headhaul.console.ui.facts import Fact, entered, said

PLAIN = {
    "name": "name", "firstName": "first_name", "title": "title", "role": "role", "buyingRole": "buying_role",
    "preferredChannel": "preferred_channel", "linkedin": "linkedin", "notes": "notes",
}  # fmt: skip
YES = {"isDecisionMaker": "is_decision_maker", "hasLeft": "has_left"}
KINDS = {"emails": ("email", "address"), "phones": ("phone", "number")}


def empty(facts: Sequence[Fact]) -> dict[str, Any]:
    """The form for somebody new, with a line for an e-mail and one for a number."""
    return {
        **dict.fromkeys((*PLAIN, "timezone"), ""),
        **dict.fromkeys(YES, False),
        "role": "unknown",
        "buyingRole": "unknown",
        "emails": [_line(primary=True)],
        "phones": [_line(primary=True)],
        "custom": {fact.name: "" for fact in facts},
    }


def typed_of(contact: Any, facts: Sequence[Fact]) -> dict[str, Any]:
    """The form filled with what is known, and one more line of each kind."""
    lines: dict[str, list[dict[str, Any]]] = {
        kind: [
            _line(_written(line, what), line.label, str(line.validity), primary=line.is_primary)
            for line in getattr(contact, kind)
        ]
        for kind, (_, what) in KINDS.items()
    }
    return {
        **{wire: getattr(contact, name) for wire, name in (PLAIN | YES).items()},
        "timezone": contact.timezone if contact.timezone_source == "person" else "",
        **{kind: [*found, _line(primary=not found)] for kind, found in lines.items()},
        "custom": {fact.name: entered(value_of(contact, fact), fact) for fact in facts},
    }


def typed_by(given: QueryDict, facts: Sequence[Fact]) -> dict[str, Any]:
    """The form as somebody sent it."""
    typed: dict[str, Any] = {name: given.get(name, "") for name in (*PLAIN, "timezone")}
    typed |= {name: name in given for name in YES}
    for kind, (name, _) in KINDS.items():
        typed[kind] = _lines(given, name) or [_line(primary=True)]
    several = {fact.name: given.getlist(fact.name) for fact in facts if fact.control == "several"}
    return typed | {"custom": {fact.name: given.get(fact.name, "") for fact in facts} | several}


def data_of(given: QueryDict, facts: Sequence[Fact], *, new: bool = False) -> dict[str, Any]:
    """What createContact and updateContact take; what is empty clears, or is left out of somebody new."""
    data: dict[str, Any] = {name: given.get(name, "").strip() or None for name in (*PLAIN, "timezone")}
    data |= {name: name in given for name in YES}
    for kind, (name, what) in KINDS.items():
        data[kind] = [
            {what: line["value"], "label": line["label"], "isPrimary": line["primary"], "validity": line["validity"]}
            for line in _lines(given, name)
            if line["value"].strip()
        ]
    custom = [said(fact, given.getlist(fact.name))["custom"] for fact in facts]
    if custom:
        data["custom"] = {key: value for each in custom for key, value in each.items()}
    return {name: value for name, value in data.items() if value is not None} if new else data


def _lines(given: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    values, labels, works = (given.getlist(name + rest) for rest in ("", "Label", "Validity"))  # type: ignore[attr-defined]
    primary = given.get(f"{name}Primary", "0")
    return [
        _line(value, _at(labels, place), _at(works, place) or "unknown", primary=str(place) == primary)
        for place, value in enumerate(values)
    ]


def _at(values: Sequence[str], place: int) -> str:
    return values[place] if place < len(values) else ""


def _written(line: Any, what: str) -> str:
    extension = getattr(line, "extension", "")
    return f"{getattr(line, what)} ext. {extension}" if extension else str(getattr(line, what))


def _line(value: str = "", label: str = "", validity: str = "unknown", *, primary: bool = False) -> dict[str, Any]:
    return {"value": value, "label": label, "validity": validity, "primary": primary}
