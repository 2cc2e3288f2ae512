"""Whether a condition is sound: it asks something that can be answered, and leads onward only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from headhaul.outreach.choices import ConditionTest, StepKind
from headhaul.outreach.schemas.steps import END, GivenStep
from headhaul.outreach.selectors import facts

Fault = tuple[str, str]
_BELONGS: dict[ConditionTest, frozenset[str]] = {
    ConditionTest.REPLIED: frozenset({"of_account"}),
    ConditionTest.CLICKED: frozenset({"step_key"}),
    ConditionTest.OPENED: frozenset({"step_key", "even_if_unreliable"}),
    ConditionTest.STAGE: frozenset({"op", "value"}),
    ConditionTest.FIELD: frozenset({"field", "op", "value"}),
}
_WIRE = {"of_account": "ofAccount", "step_key": "stepKey", "even_if_unreliable": "evenIfUnreliable"}
_LISTS, _ALONE = ("in", "not_in"), ("is_set", "is_empty")


def faults(
    step: GivenStep, number: int, steps: Sequence[GivenStep], known: Mapping[str, facts.Fact], labels: Mapping[str, str]
) -> Iterator[Fault]:
    """What is wrong with the condition at this place, by field."""
    if step.test is None:
        yield "test", f"one of {', '.join(ConditionTest)}"
        return
    for name in ("of_account", "step_key", "even_if_unreliable", "field", "op", "value"):
        if getattr(step, name) is not None and name not in _BELONGS[step.test]:
            yield _WIRE.get(name, name), f"does not belong to the test {step.test.value}"
    if step.test is ConditionTest.OPENED and not step.even_if_unreliable:
        yield "test", "opens tell little: machines open mails. Ask for clicks or replies, or say evenIfUnreliable"
    if step.step_key and not any(
        before.key == step.step_key and before.kind is StepKind.EMAIL for before in steps[:number]
    ):
        yield "stepKey", "the key of an e-mail before it"
    yield from _asked(step, known, labels)
    yield from _ways(step, [after.key for after in steps[number + 1 :]])


def _asked(step: GivenStep, known: Mapping[str, facts.Fact], labels: Mapping[str, str]) -> Iterator[Fault]:
    if step.test is ConditionTest.STAGE:
        yield from _compared(step, facts.Fact("Stage", "choice", labels))
    elif step.test is ConditionTest.FIELD:
        fact = known.get(step.field or "")
        if fact is None:
            yield "field", f"there is no fact {step.field!r}; there are {', '.join(known)}" if step.field else "needed"
        else:
            yield from _compared(step, fact)


def _ways(step: GivenStep, later: Sequence[str | None]) -> Iterator[Fault]:
    for name in ("then", "otherwise"):
        to = getattr(step, name)
        if to is not None and to != END and to not in later:
            yield (
                name,
                f"the key of a step after it ({', '.join(key for key in later if key) or 'none has one'}), or end",
            )
    if step.then == step.otherwise:
        yield "otherwise", "both ways lead to the same step, so that it decides nothing"


def _compared(step: GivenStep, fact: facts.Fact) -> Iterator[Fault]:
    allowed = facts.ops_of(fact.kind)
    if step.op not in allowed:
        yield "op", f"one of {', '.join(allowed)}"
        return
    value: Any = step.value
    if step.op in _ALONE:
        if value is not None:
            yield "value", "leave it out"
        return
    values = value if isinstance(value, list) else [value]
    if (step.op in _LISTS) != isinstance(value, list) or not values or value is None:
        yield "value", "a list of values" if step.op in _LISTS else "a single value"
    elif fact.kind == "number" and (isinstance(value, bool) or not isinstance(value, int)):
        yield "value", "a whole number"
    elif fact.kind == "money" and (isinstance(value, bool) or not isinstance(value, int)):
        yield "value", "an amount such as 12,500 in the editor; for an action in whole cents, such as 1250000"
    elif fact.kind == "yes_no" and not isinstance(value, bool):
        yield "value", "true or false"
    elif fact.kind in ("text", "tags") and not isinstance(value, str):
        yield "value", "a text"
    elif fact.choices and (wrong := [str(each) for each in values if each not in fact.choices]):
        yield "value", f"{wrong[0]} is none of {', '.join(list(fact.choices)[:20])}"
