"""A sequence as a form: its steps in the order of their cards, and back to what the actions take.

Each card carries its number in `order` and its fields as s0_subject, s1_body and so on. A browser sends cards in the
order in which they lie, so that moving one needs no numbers to be written anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import QueryDict

HEAD = ("name", "campaign", "version")
OPTIONS = ("opens", "closes", "senderId", "whenRefused")
DECISIONS = ("skipHolidays", "stopWhenColleagueReplies", "stopWhenStageChanges")
WORDS = (
    *("key", "kind", "title", "amount", "unit", "opens", "closes", "subject", "body", "templateId", "callCampaignId"),
    *("patience", "patienceUnit", "test", "stepKey", "field", "op", "then", "otherwise"),
)
FLAGS = ("asReply", "evenIfUnreliable", "ofAccount")
TOUCHES = ("email", "sms", "call")
KINDS = (*TOUCHES, "wait", "condition")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_STEPS = 60
STAGE_OPS = ("in", "not_in", "is", "is_not", "is_set", "is_empty")

Line = dict[str, Any]


def of_post(posted: QueryDict) -> Line:
    """What was typed, as the form shows it again."""
    typed: Line = {name: posted.get(name, "") for name in (*HEAD, *OPTIONS, *DECISIONS)}
    typed["weekdays"] = posted.getlist("weekdays")
    typed["moveEnrolments"] = posted.get("moveEnrolments") == "1"
    numbers = [number for number in posted.getlist("order") if number.isdigit()][:MOST_STEPS]
    typed["steps"] = [_step_of_post(posted, f"s{number}_") for number in numbers]
    return typed


def of_sequence(sequence: Any, facts: Mapping[str, Any]) -> Line:
    """A stored sequence, as the form shows it: money in dollars, as it is typed."""
    own = sequence.own_options
    window = own.get("window") or {}
    return {
        "name": sequence.name,
        "campaign": sequence.campaign,
        "version": str(sequence.version),
        "opens": window.get("opens", ""),
        "closes": window.get("closes", ""),
        "senderId": str(own.get("senderId") or ""),
        "whenRefused": own.get("whenRefused", ""),
        "weekdays": own.get("weekdays", []),
        "moveEnrolments": False,
        "steps": [_step_shown(step, facts) for step in sequence.steps],
    } | {name: {True: "yes", False: "no"}.get(own.get(name), "") for name in DECISIONS}


def blank() -> Line:
    """A new sequence: an e-mail that waits to be written."""
    empty = dict.fromkeys((*HEAD, *OPTIONS, *DECISIONS), "")
    return empty | {"weekdays": [], "moveEnrolments": False, "steps": [_new_step("email", [])]}


def changed(typed: Line, what: str, kind: str) -> Line:
    """The form after one of its small buttons: a step more or one less, or a step earlier or later."""
    deed, _, number = what.partition(":")
    steps, at = typed["steps"], int(number) if number.isdigit() else -1
    if deed == "add" and len(steps) < MOST_STEPS:
        steps.append(_new_step(kind, steps))
    elif deed == "copy" and at in range(len(steps)) and len(steps) < MOST_STEPS:
        steps.insert(at + 1, steps[at] | {"key": _free_key(steps[at]["kind"], steps)})
    elif deed == "drop" and at in range(len(steps)):
        del steps[at]
    elif deed == "up" and at in range(1, len(steps)):
        steps[at - 1], steps[at] = steps[at], steps[at - 1]
    elif deed == "down" and at in range(len(steps) - 1):
        steps[at + 1], steps[at] = steps[at], steps[at + 1]
    return typed


def draft(typed: Mapping[str, Any], facts: Mapping[str, Any]) -> Line:
    """What saveSequence takes for what was typed."""
    options: Line = {}
    if typed["opens"] or typed["closes"]:
        options["window"] = {"opens": typed["opens"], "closes": typed["closes"]}
    if typed["weekdays"]:
        options["weekdays"] = typed["weekdays"]
    if typed["senderId"]:
        options["senderId"] = typed["senderId"]
    if typed["whenRefused"]:
        options["whenRefused"] = typed["whenRefused"]
    options |= {name: typed[name] == "yes" for name in DECISIONS if typed[name]}
    return {
        "name": typed["name"],
        "campaign": typed["campaign"],
        "options": options,
        "steps": [step_given(step, facts) for step in typed["steps"]],
    }


def step_given(step: Mapping[str, Any], facts: Mapping[str, Any]) -> Line:
    """One step as the actions take it: only what belongs to its kind."""
    kind = step["kind"]
    given: Line = {"kind": kind, "delay": {"amount": step["amount"] or 0, "unit": step["unit"] or "business_days"}}
    given |= {name: step[name] for name in ("key", "title") if step[name]}
    if kind in TOUCHES:
        given |= _touch(step, kind)
    elif kind == "condition":
        given |= _condition(step, facts)
    return given


def thread_of(steps: list[Line], at: int) -> str:
    """The subject of the thread that a reply at this place goes into."""
    before = [step["subject"] for step in steps[:at] if step["kind"] == "email" and step["subject"]]
    return before[-1] if before else ""


def _touch(step: Mapping[str, Any], kind: str) -> Line:
    names = {"email": ("subject",), "call": ("callCampaignId",), "sms": ()}[kind]
    given: Line = {name: step[name] for name in (*names, "body", "templateId") if step[name]}
    if step["opens"] or step["closes"]:
        given["window"] = {"opens": step["opens"], "closes": step["closes"]}
    if step["weekdays"]:
        given["weekdays"] = step["weekdays"]
    if kind == "email" and step["asReply"]:
        given["asReply"] = True
        given.pop("subject", None)
    if kind == "call" and step["patience"]:
        given["patience"] = {"amount": step["patience"], "unit": step["patienceUnit"] or "business_days"}
    return given


def _condition(step: Mapping[str, Any], facts: Mapping[str, Any]) -> Line:
    test = step["test"]
    given: Line = {"test": test} | {name: step[name] for name in ("then", "otherwise") if step[name]}
    if test in ("opened", "clicked") and step["stepKey"]:
        given["stepKey"] = step["stepKey"]
    if test == "opened" and step["evenIfUnreliable"]:
        given["evenIfUnreliable"] = True
    if test == "replied" and step["ofAccount"]:
        given["ofAccount"] = True
    if test == "stage":
        given["op"] = step["op"] or STAGE_OPS[0]
        if given["op"] not in ("is_set", "is_empty"):
            given["value"] = _value(step["value"], given["op"], None)
    if test == "field" and step["field"]:
        given |= {"field": step["field"], "op": step["op"] or _first_op(facts.get(step["field"]))}
        if given["op"] not in ("is_set", "is_empty"):
            given["value"] = _value(step["value"], given["op"], facts.get(step["field"]))
    return given


def _first_op(fact: Any) -> str:
    return str(fact.ops[0]) if fact and fact.ops else "is"


def _value(texts: list[str], op: str, fact: Any) -> Any:
    """In the kind of the fact; what does not fit stays as typed, so that the refusal can name it."""
    values = [_one_value(text, fact.kind if fact else "text") for text in texts if text != ""]
    if op in ("in", "not_in"):
        return values
    return values[0] if values else None


def _one_value(text: str, kind: str) -> Any:
    if kind == "money":
        return _cents(text)
    if kind == "number" and text.lstrip("-").isdigit():
        return int(text)
    return {"yes": True, "no": False}.get(text, text) if kind == "yes_no" else text


def _cents(text: str) -> int | str:
    """Dollars as typed, $12,500.50 for example, in cents, as a custom field keeps them."""
    try:
        amount = Decimal(text.replace("$", "").replace(",", "").strip()) * 100
    except InvalidOperation:
        return text
    return int(amount) if amount.is_finite() and amount == amount.to_integral_value() else text


def _step_of_post(posted: QueryDict, prefix: str) -> Line:
    # A browser ends the lines of a text with CR and LF; kept so, an unchanged text would be another one.
    step: Line = {name: posted.get(prefix + name, "").replace("\r\n", "\n") for name in WORDS}
    step |= {name: posted.get(prefix + name) == "1" for name in FLAGS}
    return step | {"weekdays": posted.getlist(prefix + "weekdays"), "value": posted.getlist(prefix + "value")}


def _step_shown(step: Any, facts: Mapping[str, Any]) -> Line:
    window, patience = step.window, step.patience
    value = step.value if isinstance(step.value, list) else [] if step.value is None else [step.value]
    shown: Line = {
        "amount": str(step.delay.amount),
        "unit": step.delay.unit.value,
        "opens": window.opens if window else "",
        "closes": window.closes if window else "",
        "patience": str(patience.amount) if patience else "",
        "patienceUnit": patience.unit.value if patience else "",
        "weekdays": step.weekdays or [],
        "value": [_shown(each, facts.get(step.field)) for each in value],
        "asReply": bool(step.as_reply),
        "evenIfUnreliable": bool(step.even_if_unreliable),
        "ofAccount": bool(step.of_account),
        "templateId": str(step.template_id or ""),
        "callCampaignId": str(step.call_campaign_id or ""),
        "stepKey": step.step_key or "",
    }
    plain = ("key", "kind", "title", "subject", "body", "test", "field", "op", "then", "otherwise")
    return shown | {name: str(getattr(step, name) or "") for name in plain}


def _shown(value: Any, fact: Any) -> str:
    if fact is not None and fact.kind == "money" and isinstance(value, int):
        return f"{Decimal(value) / 100:.2f}".removesuffix(".00")
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _new_step(kind: str, steps: list[Line]) -> Line:
    known = kind if kind in KINDS else "email"
    step: Line = dict.fromkeys(WORDS, "") | dict.fromkeys(FLAGS, False)
    amount = "0" if not steps or known == "condition" else "2"
    step |= {"kind": known, "key": _free_key(known, steps), "amount": amount, "unit": "business_days"}
    return step | {"weekdays": [], "value": [], "test": "replied" if known == "condition" else ""}


def _free_key(kind: str, steps: list[Line]) -> str:
    taken = {step["key"] for step in steps}
    return next(key for number in range(1, MOST_STEPS + 2) if (key := f"{kind}_{number}") not in taken)
