"""Rules in words: what a condition asks, what an action does or would do to a record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from headhaul.pipeline.choices import Comparison, RuleDeed
from headhaul.pipeline.ports import Fact
from headhaul.pipeline.selectors.rules import texts
from headhaul.pipeline.selectors.rules.vocabulary import Vocabulary

Line = Mapping[str, Any]


def of_condition(line: Line, words: Vocabulary) -> str:
    """What the condition asks."""
    for name, joint in (("anyOf", " or "), ("allOf", " and ")):
        if line.get(name):
            return joint.join(of_condition(each, words) for each in line[name])
    fact = words.known(str(line.get("field")))
    label = fact.label if fact else str(line.get("field"))
    op = Comparison(line["op"])
    said = "" if line.get("value") is None else f" {shown(line['value'], fact)}"
    return f"{label} {op.label}{said}"


def of_deed(deed: Line, words: Vocabulary, names: Mapping[str, str] | None = None) -> str:
    """What the action does; with the names of a record, what it would do to that one."""

    def text(name: str) -> str:
        value = str(deed.get(name) or "")
        return value if names is None else texts.filled(value, names)

    kind = RuleDeed(deed["kind"])
    if kind is RuleDeed.SET_FIELD:
        return _setting(deed, words, names)
    if kind in _ON_RECORDS:
        return _ON_RECORDS[kind](deed, words)
    match kind:
        case RuleDeed.CREATE_TASK:
            return f"Task “{text('title')}” for {_whom(deed, words)}{_due(deed)}"
        case RuleDeed.NOTIFY:
            return f"Tell {_whom(deed, words)}: {text('text')}"
        case RuleDeed.CREATE_OPPORTUNITY:
            return f"Create the opportunity “{text('name')}”"
    return f"Note: {text('text')}"


def _due(deed: Line) -> str:
    days = deed.get("dueInDays")
    return "" if days is None else f", due in {days} working day{'' if days == 1 else 's'}"


def shown(value: Any, fact: Fact | None) -> str:
    """A value as people read it."""
    if isinstance(value, list):
        return ", ".join(shown(one, fact) for one in value)
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if fact is not None and fact.kind == "money" and isinstance(value, (int, float)):
        return f"${value / 100:,.0f}"
    return (fact.choices if fact else {}).get(str(value), str(value))


def _setting(deed: Line, words: Vocabulary, names: Mapping[str, str] | None) -> str:
    fact = words.known(str(deed["field"]))
    label = fact.label if fact else str(deed["field"])
    if deed.get("inDays") is not None:
        return f"Set {label.lower()} to {deed['inDays']} working days from then"
    value = deed.get("value")
    if isinstance(value, str) and names is not None:
        value = texts.filled(value, names)
    return f"Clear {label.lower()}" if value is None else f"Set {label.lower()} to {shown(value, fact)}"


def _whom(deed: Line, words: Vocabulary) -> str:
    match deed.get("to"):
        case "user":
            return words.users.get(str(deed.get("userId")), "somebody who is gone")
        case "team":
            return f"whoever of {words.teams.get(str(deed.get('teamId')), 'a team that is gone')} has the least to do"
        case "manager":
            return "the team's lead, or the managers"
    return "its owner"


def _people(deed: Line) -> str:
    return "everybody at the account" if deed.get("whom") == "all" else "whoever decides at the account"


def _sequence(deed: Line, words: Vocabulary) -> str:
    key = deed.get("sequenceId")
    return "all sequences" if key is None else f"“{words.sequences.get(str(key), 'a sequence that is gone')}”"


_ON_RECORDS: Mapping[RuleDeed, Callable[[Line, Vocabulary], str]] = {
    RuleDeed.MOVE_STAGE: lambda deed, words: f"Move to {words.stages.get(deed['stage'], deed['stage'])}",
    RuleDeed.ASSIGN: lambda deed, words: f"Assign the {deed.get('what') or 'opportunity'} to {_whom(deed, words)}",
    RuleDeed.ADD_TAG: lambda deed, words: f"Add the tag {deed['tag']}",
    RuleDeed.REMOVE_TAG: lambda deed, words: f"Remove the tag {deed['tag']}",
    RuleDeed.ENROL: lambda deed, words: f"Enrol {_people(deed)} in {_sequence(deed, words)}",
    RuleDeed.STOP_SEQUENCES: lambda deed, words: f"End {_sequence(deed, words)} for everybody at the account",
}
