"""Whether one action of a rule is sound: it has the fields of its kind and no others, and what they name is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from headhaul.accounts.services import tags
from headhaul.kernel import InvalidData
from headhaul.pipeline.choices import Comparison, RuleDeed, StageKind
from headhaul.pipeline.selectors.rules import kinds, texts
from headhaul.pipeline.selectors.rules.vocabulary import Vocabulary

Line = Mapping[str, Any]
Fault = tuple[str, str]

NEEDS: Mapping[RuleDeed, tuple[str, ...]] = {
    RuleDeed.CREATE_TASK: ("title",),
    RuleDeed.NOTIFY: ("to", "text"),
    RuleDeed.SET_FIELD: ("field",),
    RuleDeed.MOVE_STAGE: ("stage",),
    RuleDeed.ASSIGN: ("to",),
    RuleDeed.ADD_TAG: ("tag",),
    RuleDeed.REMOVE_TAG: ("tag",),
    RuleDeed.CREATE_OPPORTUNITY: ("name",),
    RuleDeed.LOG_NOTE: ("text",),
    RuleDeed.ENROL: ("sequenceId",),
    RuleDeed.STOP_SEQUENCES: (),
}
MAY_HAVE: Mapping[RuleDeed, tuple[str, ...]] = {
    RuleDeed.CREATE_TASK: ("text", "dueInDays", "to", "userId"),
    RuleDeed.NOTIFY: ("userId",),
    RuleDeed.SET_FIELD: ("value", "inDays"),
    RuleDeed.ASSIGN: ("what", "userId", "teamId"),
    RuleDeed.CREATE_OPPORTUNITY: ("stage", "amountCents"),
    RuleDeed.ENROL: ("whom",),
    RuleDeed.STOP_SEQUENCES: ("sequenceId",),
}
WHOM: Mapping[RuleDeed, tuple[str, ...]] = {
    RuleDeed.CREATE_TASK: ("owner", "user"),
    RuleDeed.NOTIFY: ("owner", "manager", "user"),
    RuleDeed.ASSIGN: ("user", "team"),
}
NEEDS_OPPORTUNITY = frozenset({RuleDeed.MOVE_STAGE})


def of(deed: Line, words: Vocabulary) -> Iterator[Fault]:
    """The faults of one action by field."""
    kind = RuleDeed(deed["kind"])
    given = {name for name, value in deed.items() if value is not None and name != "kind"}
    allowed = {*NEEDS[kind], *MAY_HAVE.get(kind, ())}
    yield from ((name, f"does not belong to {kind.value}") for name in sorted(given - allowed))
    missing = [name for name in NEEDS[kind] if deed.get(name) in (None, "")]
    yield from ((name, "needed") for name in missing)
    yield from ((name, said) for name in ("title", "text", "name") if (said := _of_text(deed, name)))
    yield from _of_people(kind, deed, words)
    if kind in _OWN and not missing:
        yield from _OWN[kind](deed, words)


def needs_opportunity(deed: Line) -> bool:
    """Whether there must be an opportunity for it to act on."""
    kind = RuleDeed(deed["kind"])
    return (
        kind in NEEDS_OPPORTUNITY
        or (kind is RuleDeed.SET_FIELD and str(deed.get("field")).startswith("opportunity."))
        or (kind is RuleDeed.ASSIGN and deed.get("what") != "account")
    )


def _of_text(deed: Line, name: str) -> str:
    value = deed.get(name)
    return texts.fault_of(value) if isinstance(value, str) else ""


def _of_people(kind: RuleDeed, deed: Line, words: Vocabulary) -> Iterator[Fault]:
    if kind not in WHOM:
        return
    to = deed.get("to")
    if to is not None and to not in WHOM[kind]:
        yield "to", f"one of {', '.join(WHOM[kind])}"
    if to == "user" and str(deed.get("userId")) not in words.users:
        yield "userId", "the id of an active user who works accounts"
    if to == "team" and str(deed.get("teamId")) not in words.teams:
        yield "teamId", "the id of an active team"
    yield from ((name, "only beside to: " + word) for name, word in (("userId", "user"), ("teamId", "team"))
                if deed.get(name) is not None and to != word)  # fmt: skip


def _of_stage(deed: Line, words: Vocabulary) -> Iterator[Fault]:
    key = deed.get("stage")
    if key and key not in words.stages:
        yield "stage", f"there is no stage {key!r} in use"
    elif key and words.kinds.get(key) == StageKind.LOST:
        yield "stage", "a rule cannot say why it was lost; people close what is lost"


def _of_new_opportunity(deed: Line, words: Vocabulary) -> Iterator[Fault]:
    yield from _of_stage(deed, words)
    if deed.get("stage") and words.kinds.get(deed["stage"], StageKind.OPEN) == StageKind.WON:
        yield "stage", "a new opportunity starts open"


def _of_sequence(deed: Line, words: Vocabulary) -> Iterator[Fault]:
    key = deed.get("sequenceId")
    if key is not None and str(key) not in words.sequences:
        yield "sequenceId", "the id of a sequence that is not archived; see listSequences"


def _of_tag(deed: Line, words: Vocabulary) -> Iterator[Fault]:
    try:
        tags.normal(deed["tag"])
    except InvalidData as fault:
        yield "tag", fault.fields.get("tag", fault.message)


def _of_field(deed: Line, words: Vocabulary) -> Iterator[Fault]:
    fact = words.known(deed["field"])
    if fact is None or not fact.can_be_set:
        yield "field", f"{deed['field']!r} is nothing that a rule can set; getRuleWords lists what is"
        return
    value = deed.get("value")
    if deed.get("inDays") is not None:
        if fact.kind != "date":
            yield "inDays", f"{fact.field} is no date"
        elif value is not None:
            yield "value", "either value or inDays"
        return
    if value is None:  # clears
        if fact.kind in ("choice", "yes_no") and ".custom." not in fact.field:
            yield "value", "needed"
        return
    fault = _of_value(fact.kind, value, fact.choices)
    if fault:
        yield "value", fault
    elif isinstance(value, str) and fact.kind == "text" and (said := texts.fault_of(value)):
        yield "value", said


def _of_value(kind: str, value: Any, choices: Mapping[str, str]) -> str:
    if kind == "tags":
        several = isinstance(value, list) and all(str(one) in choices for one in value)
        return "" if several else f"a list of {', '.join(choices)}"
    if kind == "money" and (not isinstance(value, int) or value < 0):
        return "a whole number of cents"
    return kinds.fault_of(kind, Comparison.IS, value, choices)


_OWN: Mapping[RuleDeed, Callable[[Line, Vocabulary], Iterator[Fault]]] = {
    RuleDeed.MOVE_STAGE: _of_stage,
    RuleDeed.CREATE_OPPORTUNITY: _of_new_opportunity,
    RuleDeed.ADD_TAG: _of_tag,
    RuleDeed.REMOVE_TAG: _of_tag,
    RuleDeed.SET_FIELD: _of_field,
    RuleDeed.ENROL: _of_sequence,
    RuleDeed.STOP_SEQUENCES: _of_sequence,
}
