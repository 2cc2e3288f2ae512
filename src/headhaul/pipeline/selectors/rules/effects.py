"""What the actions of a rule change, and which triggers that pulls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from headhaul.activities.choices import ActivityType
from headhaul.pipeline.choices import RuleDeed, RuleTrigger, StageKind
from headhaul.pipeline.selectors.rules.bounds import OPEN, Bounds, exactly

Line = Mapping[str, Any]
STAGE = "opportunity.stage"


@dataclass(frozen=True, slots=True)
class Caused:
    """An event that a rule's action causes: where it went, where it may have come from, what is known with it."""

    trigger: RuleTrigger
    words: str
    to: str | None = None
    origin: Bounds = OPEN
    facts: Mapping[str, Bounds] = field(default_factory=dict)


_BY_FIELD = {
    "opportunity.amountCents": (RuleTrigger.AMOUNT_CHANGED, "changes the amount"),
    "opportunity.closeOn": (RuleTrigger.CLOSE_DATE_CHANGED, "changes the close date"),
    "account.status": (RuleTrigger.ACCOUNT_STATUS_CHANGED, "changes the account's status"),
}
_CLOSED = {StageKind.WON: RuleTrigger.OPPORTUNITY_WON, StageKind.LOST: RuleTrigger.OPPORTUNITY_LOST}
_MOVES = frozenset({STAGE, "opportunity.category", "opportunity.daysInStage", "opportunity.lostReason"})


def caused_by(deeds: Sequence[Line], *, stage: Bounds, kinds: Mapping[str, str]) -> Iterator[Caused]:
    """The events that the actions cause, one after the other, for an opportunity that is in such a stage before."""
    for deed in deeds:
        match RuleDeed(deed["kind"]):
            case RuleDeed.MOVE_STAGE:
                to = str(deed["stage"]).casefold()
                origin = stage.without(to)
                if not origin.is_impossible:  # otherwise it is there already, and nothing happens
                    yield from _moved(deed["stage"], to, origin, kinds)
                stage = exactly(to)
            case RuleDeed.SET_FIELD if deed["field"] in _BY_FIELD:
                yield Caused(*_BY_FIELD[deed["field"]])
            case RuleDeed.ASSIGN:
                yield _assigned(deed)
            case RuleDeed.CREATE_OPPORTUNITY:
                first = str(deed["stage"]).casefold() if deed.get("stage") else None
                facts = {STAGE: exactly(first)} if first else {}
                yield Caused(RuleTrigger.OPPORTUNITY_CREATED, "creates an opportunity", to=first, facts=facts)
            case RuleDeed.LOG_NOTE:
                note = {"activity.type": exactly(ActivityType.NOTE.value), "activity.outcome": exactly(None)}
                yield Caused(RuleTrigger.ACTIVITY_LOGGED, "logs a note", facts=note)


def _moved(key: str, to: str, origin: Bounds, kinds: Mapping[str, str]) -> Iterator[Caused]:
    words = f"moves to {key}"
    yield Caused(RuleTrigger.STAGE_CHANGED, words, to=to, origin=origin)
    closed = _CLOSED.get(StageKind(kinds.get(key, StageKind.OPEN)))
    if closed is not None:
        yield Caused(closed, words, to=to, origin=origin)


def _assigned(deed: Line) -> Caused:
    if deed.get("what") == "account":
        return Caused(RuleTrigger.ACCOUNT_ASSIGNED, "assigns the account")
    return Caused(RuleTrigger.OWNER_CHANGED, "assigns the opportunity")


def moves(deeds: Sequence[Line]) -> bool:
    """Whether one of the actions moves the opportunity to another stage."""
    return any(deed["kind"] == RuleDeed.MOVE_STAGE for deed in deeds)


def only_target(deeds: Sequence[Line]) -> str | None:
    """The stage to which the rule moves, when that is all it does: where it is already, there is nothing to do."""
    targets = {deed.get("stage") if deed["kind"] == RuleDeed.MOVE_STAGE else None for deed in deeds}
    return targets.pop() if len(targets) == 1 else None


def written_by(deeds: Sequence[Line]) -> set[str]:
    """The facts that the actions may change."""
    return {name for deed in deeds for name in _written(deed)}


def after(before: Mapping[str, Bounds], deeds: Sequence[Line]) -> dict[str, Bounds]:
    """What is known of the record when the actions are done, from what was known when they began."""
    known = dict(before)
    for deed in deeds:
        for name in _written(deed):
            if name != "account.tag":
                known.pop(name, None)
        known.update(_set_by(deed, known))
    return known


def _written(deed: Line) -> set[str]:
    match RuleDeed(deed["kind"]):
        case RuleDeed.MOVE_STAGE:
            return set(_MOVES)
        case RuleDeed.SET_FIELD:
            return {str(deed["field"])}
        case RuleDeed.ASSIGN:
            of = "account" if deed.get("what") == "account" else "opportunity"
            return {f"{of}.owner", f"{of}.team"}
        case RuleDeed.ADD_TAG | RuleDeed.REMOVE_TAG:
            return {"account.tag"}
    return set()


def _set_by(deed: Line, known: Mapping[str, Bounds]) -> dict[str, Bounds]:
    match RuleDeed(deed["kind"]):
        case RuleDeed.MOVE_STAGE:
            return {STAGE: exactly(deed["stage"])}
        case RuleDeed.SET_FIELD if isinstance(deed.get("value"), (str, int)) and "{" not in str(deed["value"]):
            return {str(deed["field"]): exactly(deed["value"])}
        case RuleDeed.ASSIGN if deed.get("userId") is not None:
            of = "account" if deed.get("what") == "account" else "opportunity"
            return {f"{of}.owner": exactly(deed["userId"])}
        case RuleDeed.ADD_TAG | RuleDeed.REMOVE_TAG:
            return {"account.tag": _tagged(deed, known.get("account.tag", OPEN))}
    return {}


def _tagged(deed: Line, before: Bounds) -> Bounds:
    tag = frozenset({str(deed["tag"]).casefold()})
    adds = RuleDeed(deed["kind"]) is RuleDeed.ADD_TAG
    gained, lost = (tag, frozenset[str]()) if adds else (frozenset[str](), tag)
    return Bounds(has=(before.has - lost) | gained, has_not=(before.has_not - gained) | lost)
