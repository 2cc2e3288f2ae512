"""The filters of each list as people see them, and as an address carries them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from headhaul.accounts.choices import REGION_NAMES, AccountSource, AccountStatus, BuyingRole, ContactRole
from headhaul.carriers.choices import Equipment, Segment
from headhaul.console.ui.states import STATES

CUSTOM = "c."  # c.<key>.<op>=value is a condition on a custom field
_OPS = {"is": "is", "isNot": "is not", "contains": "contains", "atLeast": "from", "atMost": "to"}
_KNOWN = {"isKnown": "is known", "isUnknown": "is not known"}


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter: its wire name, its label, and how it is asked for (several, choice, yes_no, number, day, text)."""

    name: str
    label: str
    kind: str
    choices: tuple[tuple[str, str], ...] = ()


def _labels(words: Iterable[Any]) -> tuple[tuple[str, str], ...]:
    return tuple((word.value, word.label) for word in words)


_STATES = (*STATES.items(), ("none", "Not known"))
ACCOUNTS = (
    Filter("status", "Status", "several", _labels(AccountStatus)),
    Filter("segment", "Fleet size class", "several", _labels(Segment)),
    Filter("owner", "Owner", "people"),
    Filter("team", "Team", "teams"),
    Filter("state", "State", "several", _STATES),
    Filter("region", "Region", "several", tuple(REGION_NAMES.items())),
    Filter("city", "City", "text"),
    Filter("zip", "ZIP begins with", "text"),
    Filter("minScore", "Score from", "number"),
    Filter("isSpike", "Spike", "yes_no"),
    Filter("minFleet", "Trucks from", "number"),
    Filter("maxFleet", "Trucks to", "number"),
    Filter("equipment", "Equipment", "choice", tuple((kind.code, kind.label) for kind in Equipment)),
    Filter("tag", "Tag", "text"),
    Filter("tagsAny", "Any of these tags", "text"),
    Filter("tagsAll", "All of these tags", "text"),
    Filter("tagsNone", "None of these tags", "text"),
    Filter("hasContact", "Has a contact", "yes_no"),
    Filter("hasPhone", "Has a phone", "yes_no"),
    Filter("hasEmail", "Has an e-mail", "yes_no"),
    Filter("lastActivityAfter", "Activity since", "day"),
    Filter("lastActivityBefore", "No activity since", "day"),
    Filter("createdAfter", "Created since", "day"),
    Filter("createdBefore", "Created before", "day"),
    Filter("createdSince", "Opened since", "hidden"),
    Filter("updatedSince", "Changed since", "day"),
    Filter("source", "Came from", "several", _labels(AccountSource)),
)
CONTACTS = (
    Filter("role", "Role", "several", _labels(ContactRole)),
    Filter("buyingRole", "Part in the decision", "several", _labels(BuyingRole)),
    Filter("isDecisionMaker", "Decision maker", "yes_no"),
    Filter("hasLeft", "Has left", "yes_no"),
    Filter("hasEmail", "Has an e-mail", "yes_no"),
    Filter("hasPhone", "Has a phone", "yes_no"),
    Filter("accountOwner", "Account's owner", "people"),
    Filter("accountStatus", "Account's status", "several", _labels(AccountStatus)),
    Filter("accountSegment", "Account's size class", "several", _labels(Segment)),
    Filter("accountState", "Account's state", "several", _STATES),
    Filter("accountTag", "Account's tag", "text"),
    Filter("createdAfter", "Created since", "day"),
    Filter("createdBefore", "Created before", "day"),
    Filter("accountId", "Account", "hidden"),
)


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that holds now, in words, and the parameters of the address without which it would not."""

    text: str
    without: tuple[str, ...]


def read(given: QueryDict, known: Sequence[Filter]) -> dict[str, Any]:
    """The filters that an address names, by wire name."""
    found: dict[str, Any] = {}
    for name in ("q", *(each.name for each in known)):
        values = [value for value in given.getlist(name) if value]
        if values:
            found[name] = ",".join(values) if len(values) > 1 else values[0]
    conditions = []
    for name in given:
        key, _, op = name.removeprefix(CUSTOM).rpartition(".")
        values = [value for value in given.getlist(name) if value]
        if name.startswith(CUSTOM) and key and values:
            conditions.append({"key": key, "op": op, "value": values if len(values) > 1 else values[0]})
    return found | ({"custom": conditions} if conditions else {})


def written(filters: Mapping[str, Any]) -> dict[str, Any]:
    """Filters by wire name as an address carries them."""
    flat: dict[str, Any] = {}
    for name, value in filters.items():
        if name == "custom":
            for each in value:
                said = each.get("value")
                shown = str(said).lower() if isinstance(said, bool) else said
                flat[f"{CUSTOM}{each['key']}.{each.get('op', 'is')}"] = "1" if each.get("op") in _KNOWN else shown
        elif isinstance(value, bool):
            flat[name] = str(value).lower()
        else:
            flat[name] = ",".join(map(str, value)) if isinstance(value, list) else value
    return flat


def chips(flat: Mapping[str, Any], known: Sequence[Filter], labels: Mapping[str, Mapping[str, str]]) -> Iterator[Chip]:
    """What holds now, in words. `labels` has those of people, teams and custom fields, by name."""
    by_name = {each.name: each for each in known}
    for name, value in flat.items():
        if name == "q":
            continue
        if name.startswith(CUSTOM):
            key, _, op = name.removeprefix(CUSTOM).rpartition(".")
            label = labels["custom"].get(key, key)
            said = _KNOWN.get(op) or f"{_OPS.get(op, op)} {', '.join(value) if isinstance(value, list) else value}"
            yield Chip(f"{label} {said}", (name,))
        elif name in by_name:
            yield Chip(f"{by_name[name].label}: {_said(by_name[name], str(value), labels)}", (name,))


def _said(known: Filter, value: str, labels: Mapping[str, Mapping[str, str]]) -> str:
    if known.kind == "yes_no":
        return "yes" if value == "true" else "no"
    words = {**dict(known.choices), **labels.get(known.kind, {}), "me": "me", "mine": "mine", "none": "none"}
    is_list = known.kind in ("several", "people", "teams") or known.name.startswith("tags")
    return " or ".join(words.get(part, part) for part in (value.split(",") if is_list else [value]))
