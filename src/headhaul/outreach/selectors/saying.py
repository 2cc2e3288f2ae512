"""Steps in words, as a list, a refusal or a history says them."""

from __future__ import annotations

from collections.abc import Mapping

from headhaul.outreach.choices import ConditionTest, DelayUnit, StepKind
from headhaul.outreach.ports import stages
from headhaul.outreach.schemas.steps import DelayView, StepView
from headhaul.outreach.selectors import facts

_UNITS = {DelayUnit.HOURS: "hour", DelayUnit.DAYS: "day", DelayUnit.BUSINESS_DAYS: "business day"}
_OPS = {"is_not": "is not", "in": "is one of", "not_in": "is none of", "at_least": "is at least",
        "at_most": "is at most", "has_not": "has not", "is_set": "is known", "is_empty": "is not known"}  # fmt: skip
_KINDS = {StepKind.EMAIL: "E-mail", StepKind.SMS: "Text message", StepKind.CALL: "Call"}


def title_of(step: StepView) -> str:
    """What a step is called: by its own title, or by what it does."""
    if step.title:
        return step.title
    if step.kind is StepKind.WAIT:
        return f"Wait {delay(step.delay)}"
    if step.kind is StepKind.CONDITION:
        return f"If {condition(step)}"
    return f"{_KINDS[step.kind]}: {step.subject}" if step.subject else _KINDS[step.kind]


def says(step: StepView) -> str:
    """The whole step."""
    first = "" if step.kind is StepKind.WAIT or not step.delay.amount else f", {delay(step.delay)} later"
    if step.kind is not StepKind.CONDITION:
        return title_of(step) + first
    yes, no = (to or "the next step" for to in (step.then, step.otherwise))
    return f"If {condition(step)}{first}: {yes}, otherwise {no}"


def delay(given: DelayView) -> str:
    """A delay as people say it."""
    unit = _UNITS[given.unit]
    return f"{given.amount} {unit}{'' if given.amount == 1 else 's'}"


def condition(step: StepView, labels: Mapping[str, str] | None = None) -> str:
    """What a condition asks."""
    match step.test:
        case ConditionTest.REPLIED:
            return "anyone at the company replied" if step.of_account else "they replied"
        case ConditionTest.CLICKED:
            return "they clicked a link" + (f" of {step.step_key}" if step.step_key else "")
        case ConditionTest.OPENED:
            return "something opened it (unreliable)"
        case ConditionTest.STAGE:
            known = stages().labels() if labels is None else labels
            return f"the opportunity's stage {_compared(step, known)}"
    own = facts.facts().get(step.field) if step.field and ".custom." in step.field else None
    if own is None:
        return f"{step.field} {_compared(step, {})}"
    is_money = own.kind == "money" and isinstance(step.value, int)
    return f"{own.label} {_compared(step, {str(step.value): _dollars(step.value)} if is_money else {})}"


def _dollars(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}${abs(cents) / 100:,.2f}".removesuffix(".00")


def _compared(step: StepView, labels: Mapping[str, str]) -> str:
    values = step.value if isinstance(step.value, list) else [] if step.value is None else [step.value]
    said = ", ".join("yes" if v is True else "no" if v is False else labels.get(str(v), str(v)) for v in values)
    return f"{_OPS.get(step.op or 'is', step.op or 'is')} {said}".strip()
