"""Whether conditions hold for a record. A fact that is not known meets no comparison but `is_empty` and denials."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from headhaul.pipeline.choices import Comparison as Op
from headhaul.pipeline.choices import RuleMatch

Line = Mapping[str, Any]  # a condition as it is stored, in wire names
Facts = Mapping[str, Any]


def holds(conditions: Sequence[Line], *, match: str, facts: Facts, today: date) -> bool:
    """Whether the rule's conditions hold; without conditions they do."""
    if not conditions:
        return True
    answers = (line_holds(line, facts=facts, today=today) for line in conditions)
    return any(answers) if match == RuleMatch.ANY else all(answers)


def line_holds(line: Line, *, facts: Facts, today: date) -> bool:
    """Whether one line holds, be it a comparison or a group."""
    if line.get("anyOf"):
        return any(_compare(each, facts, today) for each in line["anyOf"])
    if line.get("allOf"):
        return all(_compare(each, facts, today) for each in line["allOf"])
    return _compare(line, facts, today)


def _compare(line: Line, facts: Facts, today: date) -> bool:
    fact, value, op = facts.get(line["field"]), line.get("value"), Op(line["op"])
    if op is Op.IS_SET or op is Op.IS_EMPTY:
        return (fact in (None, "", [])) == (op is Op.IS_EMPTY)
    if op in _DENIALS:
        return not _ASKED[_DENIALS[op]](fact, value)
    if fact is None:
        return False
    try:
        if op is Op.WITHIN_DAYS:
            return today <= _day(fact) <= today + timedelta(days=int(value or 0))
        return _ASKED[op](fact, value)
    except (TypeError, ValueError, OverflowError):  # a field of the firm's own whose kind was another one before
        return False


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


def _same(fact: Any, value: Any) -> bool:
    if isinstance(fact, str) and isinstance(value, str):
        return fact.casefold() == value.casefold()
    return bool(fact == value)


def _among(fact: Any, value: Any) -> bool:
    return any(_same(fact, one) for one in value or [])


def _has(fact: Any, value: Any) -> bool:
    return any(_same(each, value) for each in (fact or []))


_DENIALS = {Op.IS_NOT: Op.IS, Op.NOT_IN: Op.IN, Op.HAS_NOT: Op.HAS}
_ASKED: Mapping[Op, Callable[[Any, Any], bool]] = {
    Op.IS: _same,
    Op.IN: _among,
    Op.LESS: lambda fact, value: fact < value,
    Op.AT_MOST: lambda fact, value: fact <= value,
    Op.MORE: lambda fact, value: fact > value,
    Op.AT_LEAST: lambda fact, value: fact >= value,
    Op.CONTAINS: lambda fact, value: str(value).casefold() in str(fact).casefold(),
    Op.BEFORE: lambda fact, value: _day(fact) < _day(value),
    Op.AFTER: lambda fact, value: _day(fact) > _day(value),
    Op.HAS: _has,
}
