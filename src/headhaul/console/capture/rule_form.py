"""The routing form: rules as they are typed, and as saveLeadRouting wants them."""

from __future__ import annotations

import re
from typing import Any

from django.http import QueryDict

MANY = ("regions", "segments", "grades", "sources", "eventKinds", "eventIds", "takers")
_KEY = re.compile(r"[^a-z0-9]+")
_NO_LIMITS = {"perDay": "", "mostOpen": "", "keepsLimits": False}


def blank() -> dict[str, Any]:
    """A rule that nobody wrote yet."""
    return {"key": "", "name": "", "isActive": True, "states": "", **_NO_LIMITS, **{n: [] for n in MANY}}


def of_rule(rule: Any) -> dict[str, Any]:
    """A rule in force, as the form shows it. The limits of a rule are those of each of its takers, one for all."""
    limits = {str(each.user.id): {"perDay": each.per_day, "mostOpen": each.most_open} for each in rule.takers}
    return {
        "key": rule.key,
        "name": rule.name,
        "isActive": rule.is_active,
        "regions": list(rule.regions),
        "states": ", ".join(rule.states),
        "segments": list(rule.segments),
        "grades": list(rule.grades),
        "sources": list(rule.sources),
        "eventKinds": list(rule.event_kinds),
        "eventIds": [str(each) for each in rule.event_ids],
        "takers": [str(each.user.id) for each in rule.takers],
        "perDay": _one(each.per_day for each in rule.takers),
        "mostOpen": _one(each.most_open for each in rule.takers),
        "keepsLimits": len({tuple(each.values()) for each in limits.values()}) > 1,
        "limits": limits,
    }


def of_post(post: QueryDict) -> list[dict[str, Any]]:
    """The rules as they were sent."""
    count = int(count) if (count := post.get("count", "")).isdigit() else 0
    return [_typed(post, at) for at in range(min(count, 100))]


def changed(rules: list[dict[str, Any]], wanted: str) -> list[dict[str, Any]]:
    """With a rule more, or one less, or one further up: `add`, `remove:2`, `up:2`."""
    verb, _, place = wanted.partition(":")
    at = int(place) if place.isdigit() else -1
    if verb == "add":
        return [*rules, blank()]
    if verb == "remove" and 0 <= at < len(rules):
        return [*rules[:at], *rules[at + 1 :]]
    if verb == "up" and 0 < at < len(rules):
        return [*rules[: at - 1], rules[at], rules[at - 1], *rules[at + 1 :]]
    return rules


def wire(rules: list[dict[str, Any]], limits: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """As saveLeadRouting wants them. `limits` are those in force, by rule and taker: what the form left alone stays."""
    taken: set[str] = {rule["key"] for rule in rules if rule["key"]}
    return [_wire(rule, taken, limits.get(rule["key"], {})) for rule in rules]


def _wire(rule: dict[str, Any], taken: set[str], limits: dict[str, Any]) -> dict[str, Any]:
    key = rule["key"] or _fresh(rule["name"], taken)
    states = [each.strip().upper() for each in re.split(r"[,;\s]+", rule["states"]) if each.strip()]
    said = {name: rule[name] for name in ("regions", "segments", "grades", "sources", "eventKinds") if rule[name]}
    return {
        "key": key,
        "name": rule["name"],
        "isActive": rule["isActive"],
        "states": states,
        "eventIds": [int(each) for each in rule["eventIds"] if each.isdigit()],
        "takers": [_taker(each, rule, limits.get(each)) for each in rule["takers"] if each.isdigit()],
        **said,
    }


def _taker(user: str, rule: dict[str, Any], before: dict[str, Any] | None) -> dict[str, Any]:
    """One limit for all, or each their own where the form says that these stay."""
    own = before if before and rule["keepsLimits"] else {"perDay": rule["perDay"], "mostOpen": rule["mostOpen"]}
    said = {name: str(value) for name, value in own.items() if value not in (None, "")}
    return {"userId": int(user), **said}


def _typed(post: QueryDict, at: int) -> dict[str, Any]:
    texts = {name: post.get(f"{name}-{at}", "").strip() for name in ("key", "name", "states", "perDay", "mostOpen")}
    return {
        **texts,
        "isActive": bool(post.get(f"isActive-{at}")),
        "keepsLimits": bool(post.get(f"keepsLimits-{at}")),
        **{name: post.getlist(f"{name}-{at}") for name in MANY},
    }


def _fresh(name: str, taken: set[str]) -> str:
    stem = _KEY.sub("_", name.lower()).strip("_")[:34] or "rule"
    stem = stem if stem[0].isalpha() else f"rule_{stem}"[:34]
    key, number = stem, 2
    while key in taken:
        key, number = f"{stem}_{number}", number + 1
    taken.add(key)
    return key


def _one(values: Any) -> str:
    """The limit that all have, or "" where they differ or have none."""
    found = set(values)
    only = found.pop() if len(found) == 1 else None
    return "" if only is None else str(only)
