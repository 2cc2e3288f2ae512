"""Steps as other systems write them, read as ours; a step that is not ours is refused with what would be right."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic.alias_generators import to_camel

from headhaul.accounts.ports.imports import Problem
from headhaul.accounts.services.importing.sessions import Refusal
from headhaul.outreach.choices import DelayUnit, StepKind
from headhaul.outreach.schemas.steps import GivenOptions, GivenStep
from headhaul.outreach.services import checking_steps

MOST_STEPS = 60
MOST_DELAY = 365
KINDS = {
    "mail": "email", "text": "sms", "text message": "sms", "phone": "call", "phone call": "call", "delay": "wait",
    "pause": "wait", "branch": "condition", "if": "condition",
}  # fmt: skip
_PLAN = {"step_type": "kind", "type": "kind", "template_subject": "subject", "template_body": "body", "text": "body"}
_OF_HERE = frozenset({"templateId", "callCampaignId", "says"})  # what is another number elsewhere
_STEP = {to_camel(name) for name in GivenStep.model_fields}
_OPTIONS = {to_camel(name) for name in GivenOptions.model_fields}
_FIELDS = {"kind": "kind", "subject": "subject", "body": "body", "delay": "delayHours"}


def step_of(said: Mapping[str, Any], *, hours: int | float | None = None, beside: Any = None) -> GivenStep:
    """A step of what a row or an object says. `beside` is what has no column: our own words for the rest of a step."""
    more = {_PLAN.get(name, name): value for name, value in said.items() if value not in (None, "")}
    hours = more.pop("delay_hours", hours)
    beside = _read(more.pop("conditions", beside))
    if beside not in (None, "", [], {}):
        if not isinstance(beside, dict):
            raise Refusal(Problem("conditions", _short(beside), "is no object of a step's own words"))
        more |= {name: value for name, value in beside.items() if name not in more}
    unknown = sorted(set(more) - _STEP - _OF_HERE)
    if unknown:
        known = ", ".join(sorted(_STEP - {"kind", "subject", "body", "templateId", "callCampaignId"}))
        told = f"says {', '.join(unknown)}, which no step here knows; there are: {known}"
        raise Refusal(Problem("conditions", _short(beside), told))
    if isinstance(more.get("kind"), str):
        kind = more["kind"].strip().lower().replace("_", " ").replace("-", "")
        more["kind"] = KINDS.get(kind, kind)
    if more.get("kind") != StepKind.EMAIL and "subject" in more and "title" not in more:
        more["title"] = more.pop("subject")  # only e-mails have one; elsewhere it says what the step is about
    if hours is not None:
        more["delay"] = _delay(hours, more.get("delay"))
    try:
        return GivenStep.model_validate({name: value for name, value in more.items() if name not in _OF_HERE})
    except ValidationError as fault:
        raise Refusal(
            *[
                Problem(field_of(str(each["loc"][0]) if each["loc"] else ""), _short(each.get("input")), each["msg"])
                for each in fault.errors()
            ]
        ) from fault


def problems_of(steps: Sequence[GivenStep]) -> dict[int, list[Problem]]:
    """What is wrong with the steps as they stand together, by place; of the whole at its last step."""
    found: dict[int, list[Problem]] = {}
    for path, told in checking_steps.faults(steps, None):
        _, _, rest = path.partition(".")
        number, _, field = rest.partition(".")
        place = int(number) if number.isdigit() else len(steps) - 1
        found.setdefault(place, []).append(Problem(field_of(field.split(".")[0]), "", told))
    return found


def field_of(name: str) -> str:
    """Which field of the import holds this part of a step."""
    return _FIELDS.get(name, "conditions" if name else "")


def options_of(said: Any) -> GivenOptions:
    """Options in our words. How much another program sends in a day is no word of ours: caps are the firm's here."""
    if not isinstance(said, dict) or not said or not set(said) <= _OPTIONS:
        return GivenOptions()
    try:
        return GivenOptions.model_validate({name: value for name, value in said.items() if name != "senderId"})
    except ValidationError as fault:
        raise Refusal(
            *[
                Problem("options", _short(each.get("input")), f"{each['loc'][0]}: {each['msg']}")
                for each in fault.errors()
            ]
        ) from fault


def hours_of(delay: Mapping[str, Any]) -> int:
    """A delay in hours, as a column of hours has it; of business days at least so many."""
    amount = int(delay.get("amount", 0))
    return amount if delay.get("unit", DelayUnit.BUSINESS_DAYS) == DelayUnit.HOURS else amount * 24


def _read(beside: Any) -> Any:
    if not isinstance(beside, str) or not beside.strip():
        return beside
    try:
        return json.loads(beside, parse_constant=lambda word: None)
    except (ValueError, RecursionError):
        raise Refusal(Problem("conditions", _short(beside), "is no JSON")) from None


def _delay(hours: Any, own: Any) -> dict[str, Any]:
    try:
        count = float(str(hours))
    except ValueError:
        raise Refusal(Problem("delayHours", _short(hours), "is no number of hours")) from None
    if not math.isfinite(count) or count < 0 or count != int(count):
        raise Refusal(Problem("delayHours", _short(hours), "is no whole number of hours from 0 on"))
    if isinstance(own, dict) and hours_of(own) == count:
        return own
    if count <= MOST_DELAY:
        return {"amount": int(count), "unit": DelayUnit.HOURS.value}
    if count % 24 or count / 24 > MOST_DELAY:
        told = (
            f"is more than {MOST_DELAY} hours: then it is whole days, 24 hours each, and at most {MOST_DELAY} of them"
        )
        raise Refusal(Problem("delayHours", _short(hours), told))
    return {"amount": int(count // 24), "unit": DelayUnit.DAYS.value}


def _short(value: Any) -> str:
    return "" if value is None else str(value)[:80]
