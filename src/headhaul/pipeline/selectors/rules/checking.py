"""Whether a rule is sound here and now: every field, stage, person and text it names is there. Faults by wire path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from headhaul.pipeline.choices import Comparison, RuleTrigger
from headhaul.pipeline.ports import Fact
from headhaul.pipeline.selectors.rules import deed_faults, kinds
from headhaul.pipeline.selectors.rules.vocabulary import EVENT_FACTS, Vocabulary

Fault = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Declared:
    """A rule as it is stored, without its name: conditions and actions in wire names."""

    trigger: RuleTrigger
    from_stage: str
    to_stage: str
    match: str
    conditions: Sequence[Mapping[str, Any]]
    actions: Sequence[Mapping[str, Any]]


def faults(rule: Declared, words: Vocabulary) -> dict[str, str]:
    """What is wrong with the rule by path, such as `conditions.0.op`; empty when it is sound."""
    found = [*_of_stages(rule, words), *_of_conditions(rule, words)]
    for number, deed in enumerate(rule.actions):
        found += [(f"actions.{number}.{name}", said) for name, said in deed_faults.of(deed, words)]
    return dict(found)


def _of_stages(rule: Declared, words: Vocabulary) -> Iterator[Fault]:
    for name, key in (("fromStage", rule.from_stage), ("toStage", rule.to_stage)):
        if key and rule.trigger is not RuleTrigger.STAGE_CHANGED:
            yield name, "only for the trigger stage_changed"
        elif key and key not in words.stages:
            yield name, f"there is no stage {key!r} in use"
    if rule.from_stage and rule.from_stage == rule.to_stage:
        yield "toStage", "another stage than fromStage: nothing moves from a stage to itself"


def _of_conditions(rule: Declared, words: Vocabulary) -> Iterator[Fault]:
    for number, line in enumerate(rule.conditions):
        path = f"conditions.{number}"
        groups = [name for name in ("anyOf", "allOf") if line.get(name)]
        if not groups:
            yield from _of_line(path, line, rule.trigger, words)
        elif len(groups) > 1 or any(line.get(name) is not None for name in ("field", "op", "value")):
            yield path, "either field, op and value, or one group anyOf or allOf"
        else:
            for inner, each in enumerate(line[groups[0]]):
                yield from _of_line(f"{path}.{groups[0]}.{inner}", each, rule.trigger, words)


def _of_line(path: str, line: Mapping[str, Any], trigger: RuleTrigger, words: Vocabulary) -> Iterator[Fault]:
    fact = words.known(line["field"]) if line.get("field") else None
    if fact is None:
        yield f"{path}.field", "name a fact; getRuleWords lists them" if not line.get("field") else _unknown(line)
        return
    if not _is_there(fact, trigger, words):
        yield f"{path}.field", f"{fact.field} is not known when the trigger is {trigger.value}"
        return
    if line.get("op") is None or Comparison(line["op"]) not in kinds.OPS[fact.kind]:
        yield f"{path}.op", f"one of {', '.join(kinds.OPS[fact.kind])}"
        return
    fault = kinds.fault_of(fact.kind, Comparison(line["op"]), line.get("value"), fact.choices)
    if fault:
        yield f"{path}.value", fault


def _unknown(line: Mapping[str, Any]) -> str:
    return f"there is no fact {line['field']!r}, or no longer; getRuleWords lists them"


def _is_there(fact: Fact, trigger: RuleTrigger, words: Vocabulary) -> bool:
    if fact.of == "event":
        return EVENT_FACTS.get(trigger) == fact.field
    return fact.of in words.there_with(trigger)
