"""A rule as a form: lines with names such as c0_field and a1_title, and back to what the actions take."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from pydantic.alias_generators import to_snake

from headhaul.pipeline.selectors.rules.deed_faults import MAY_HAVE, NEEDS
from headhaul.pipeline.selectors.rules.vocabulary import EVENT_FACTS

HEAD = ("name", "trigger", "from_stage", "to_stage", "match", "position", "version")
CONDITION = ("field", "op", "join")
DEED_FIELDS: Mapping[str, tuple[str, ...]] = {
    kind.value: tuple(
        "amount" if name == "amountCents" else to_snake(name) for name in (*needed, *MAY_HAVE.get(kind, ()))
    )
    for kind, needed in NEEDS.items()
}
"""What the form asks for each kind of deed: what such a deed needs and what it may have."""
NUMBERS = frozenset({"due_in_days", "in_days", "user_id", "team_id", "sequence_id"})
GROUPS = {"event": "What happened"}
MOST_LINES = 30  # to which the form adds; a rule of the API may have more, in groups

Line = dict[str, Any]


def of_post(posted: QueryDict) -> dict[str, Any]:
    """What was typed, as the form shows it again."""
    typed: dict[str, Any] = {name: posted.get(name, "") for name in HEAD}
    typed["is_active"] = posted.get("is_active") == "1"
    typed["conditions"] = [
        {name: posted.get(f"c{n}_{name}", "") for name in CONDITION} | {"value": posted.getlist(f"c{n}_value")}
        for n in _numbers(posted, "c", "field")
    ]
    typed["deeds"] = [_deed_of_post(posted, n) for n in _numbers(posted, "a", "kind")]
    return typed


def of_rule(rule: Any, facts: Mapping[str, Any]) -> dict[str, Any]:
    """A stored rule, as the form shows it."""
    shown = {name: str(getattr(rule, name)) for name in HEAD if hasattr(rule, name)}
    conditions: list[Line] = []
    for line in rule.conditions:
        group = line.get("anyOf") or line.get("allOf")
        inside = group or [line]
        joins = group if line.get("anyOf" if rule.match == "all" else "allOf") else None
        conditions += [_shown(each, facts, join="on" if joins and n else "") for n, each in enumerate(inside)]
    deeds = [_shown_deed(deed, facts) for deed in rule.actions]
    return shown | {"is_active": rule.is_active, "conditions": conditions, "deeds": deeds}


def groups(words: Any, trigger: str) -> dict[str, list[Any]]:
    """The facts that conditions can ask for with this trigger, under what they are facts of."""
    there: list[str] = next((each.of for each in words.triggers if each.trigger.value == trigger), [])
    told = next((fact for each, fact in EVENT_FACTS.items() if each.value == trigger), "")
    return {
        GROUPS.get(of, of.capitalize()): [
            fact for fact in words.facts if fact.of == of and (of != "event" or fact.field == told)
        ]
        for of in there
    }


def blank() -> dict[str, Any]:
    """A new rule."""
    return dict.fromkeys(HEAD, "") | {
        "trigger": "stage_changed",
        "match": "all",
        "is_active": False,
        "conditions": [],
        "deeds": [_new_deed("create_task") | {"to": "owner", "due_in_days": "1"}],
    }


def changed(typed: dict[str, Any], what: str, extra: str) -> dict[str, Any]:
    """The form after one of its small buttons: a line more or one less."""
    kind, _, number = what.partition(":")
    if kind == "add_condition" and len(typed["conditions"]) < MOST_LINES:
        typed["conditions"].append({"field": extra or "account.segment", "op": "", "join": "", "value": []})
    elif kind == "add_deed" and len(typed["deeds"]) < MOST_LINES:
        typed["deeds"].append(_new_deed(extra))
    elif kind in ("drop_condition", "drop_deed") and number.isdigit():
        lines = typed["conditions" if kind == "drop_condition" else "deeds"]
        del lines[int(number) : int(number) + 1]
    return typed


def draft(typed: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    """What the actions take for what was typed."""
    lines: list[Line] = []
    group = "anyOf" if typed["match"] != "any" else "allOf"
    for typed_line in typed["conditions"]:
        line = _condition(typed_line, facts)
        if typed_line["join"] and lines:
            before = lines.pop()
            lines.append({group: [*(before.get(group) or [before]), line]})
        else:
            lines.append(line)
    said = {"trigger": typed["trigger"], "match": typed["match"] or "all", "conditions": lines}
    if typed["trigger"] == "stage_changed":
        said |= {"fromStage": typed["from_stage"], "toStage": typed["to_stage"]}
    else:
        said |= {"fromStage": "", "toStage": ""}
    return said | {"actions": [_deed(deed, facts) for deed in typed["deeds"]]}


def _new_deed(kind: str) -> Line:
    known = kind if kind in DEED_FIELDS else "create_task"
    return {"kind": known} | {name: [] if name == "value" else "" for name in DEED_FIELDS[known]}


def _numbers(posted: QueryDict, prefix: str, name: str) -> list[int]:
    found = (re.fullmatch(rf"{prefix}([0-9]+)_{name}", key) for key in posted)
    return sorted(int(each[1]) for each in found if each)


def _deed_of_post(posted: QueryDict, n: int) -> Line:
    kind = posted.get(f"a{n}_kind", "")
    typed = {name: posted.get(f"a{n}_{name}", "").replace("\r\n", "\n") for name in DEED_FIELDS.get(kind, ())}
    return {"kind": kind} | typed | ({"value": posted.getlist(f"a{n}_value")} if "value" in typed else {})


def _condition(line: Mapping[str, Any], facts: Mapping[str, Any]) -> Line:
    fact = facts.get(line["field"])
    ops = [str(op) for op in fact.ops] if fact else []
    op = line["op"] if line["op"] in ops or not ops else ops[0]
    said: Line = {"field": line["field"], "op": op}
    if op in ("is_set", "is_empty"):
        return said
    values = [_value(each, fact.kind if fact else "text") for each in line["value"] if each != ""]
    return said | {"value": values if op in ("in", "not_in") else (values[0] if values else "")}


def _value(text: str, kind: str) -> Any:
    """In the kind of the fact; what does not fit stays as typed, so that the refusal can name it."""
    try:
        match kind:
            case "money":
                return round(float(text.replace(",", "").removeprefix("$")) * 100)
            case "number" | "date":  # within so many days
                return float(text) if "." in text else int(text)
            case "user" | "team":
                return int(text)
            case "yes_no":
                return {"yes": True, "no": False}.get(text, text)
    except (ValueError, OverflowError):
        return text
    return text


def _deed(deed: Mapping[str, Any], facts: Mapping[str, Any]) -> Line:
    said: Line = {"kind": deed["kind"]}
    for name in DEED_FIELDS.get(deed["kind"], ()):
        text = deed.get(name, "")
        if text in ("", [], [""]) or (name == "user_id" and deed.get("to") != "user") or (
            name == "team_id" and deed.get("to") != "team"
        ):  # fmt: skip
            continue
        if name == "amount":
            said["amountCents"] = _value(text, "money")
        elif name == "value":
            fact = facts.get(str(deed.get("field")))
            values = [_value(each, fact.kind if fact else "text") for each in text if each != ""]
            said["value"] = values if fact and fact.kind == "tags" else values[0]
        else:
            said[_wire(name)] = int(text) if name in NUMBERS and text.isdigit() else text
    return said


def _wire(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _shown(line: Mapping[str, Any], facts: Mapping[str, Any], *, join: str) -> Line:
    fact, value = facts.get(str(line.get("field"))), line.get("value")
    return {"field": line["field"], "op": line["op"], "join": join, "value": _texts(value, fact)}


def _shown_deed(deed: Mapping[str, Any], facts: Mapping[str, Any]) -> Line:
    fact = facts.get(str(deed.get("field")))
    shown: Line = {"kind": deed["kind"]}
    for name in DEED_FIELDS[deed["kind"]]:
        value = deed.get("amountCents" if name == "amount" else _wire(name))
        if name == "value":
            shown[name] = _texts(value, fact)
        else:
            shown[name] = "" if value is None else _text(value, "money" if name == "amount" else "text")
    return shown


def _texts(value: Any, fact: Any) -> list[str]:
    """The value as the form holds it, be it one, several or nothing."""
    many = value if isinstance(value, list) else [] if value is None else [value]
    return [_text(each, fact.kind if fact else "text") for each in many]


def _text(value: Any, kind: str) -> str:
    if kind == "money" and isinstance(value, (int, float)):
        return f"{value / 100:.2f}" if value % 100 else str(value // 100)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
