"""Choosing: the first rule that fits and has somebody free decides. Plain code; a desk knows who is there.

Within a rule the turn goes to whom it is longest ago, among those who are there and have room. Whoever is away is
stood in for, by whom they named, with their turn and their limits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from headhaul.capture.choices import RoutedBy
from headhaul.capture.schemas.routing import RoutingRule, RoutingTaker


@dataclass(frozen=True, slots=True)
class Subject:
    """What rules ask of a lead."""

    state: str = ""
    region: str = ""
    segment: str = ""
    grade: str = ""
    source: str = ""
    event_kind: str = ""
    event_id: int | None = None


class Desk(Protocol):
    """Who is there, and with how much on their table."""

    def name(self, user_id: int) -> str:
        """What they are called."""
        ...

    def works(self, user_id: int) -> bool:
        """Whether they can sign in and work accounts."""
        ...

    def away(self, user_id: int) -> tuple[date, int | None] | None:
        """Until when they are away, and who stands in; None when they are there."""
        ...

    def last_turn(self, rule_key: str, user_id: int) -> int:
        """Rises with each lead that somebody got by the rule; 0 when they never did."""
        ...

    def got_today(self, rule_key: str, user_id: int) -> int:
        """Leads they got by the rule on the firm's day."""
        ...

    def open_leads(self, user_id: int) -> int:
        """Leads of theirs that are open, by whatever way they came."""
        ...


@dataclass(frozen=True, slots=True)
class Decision:
    """Whose it is and why. `turn_of` is whose turn was used: of a stand-in, whoever is away."""

    owner_id: int | None
    by: RoutedBy
    why: str
    rule_key: str = ""
    turn_of: int | None = None
    passed_over: list[str] = field(default_factory=list)


def fits(rule: RoutingRule, subject: Subject) -> bool:
    """Whether the rule speaks of such a lead. A condition that is left out holds for all."""
    asked: list[tuple[Sequence[object], object]] = [
        (rule.states, subject.state),
        (rule.regions, subject.region),
        ([str(one) for one in rule.segments], subject.segment),
        ([str(one) for one in rule.grades], subject.grade),
        (rule.sources, subject.source),
        ([str(one) for one in rule.event_kinds], subject.event_kind),
        (rule.event_ids, subject.event_id),
    ]
    return all(not wanted or has in wanted for wanted, has in asked)


def choose(rules: Sequence[RoutingRule], subject: Subject, desk: Desk) -> Decision | None:
    """The decision of the rules; None when none fits, or nobody of those that fit is free."""
    passed: list[str] = []
    for rule in rules:
        if not rule.is_active or not fits(rule, subject):
            continue
        order = sorted(enumerate(rule.takers), key=lambda pair: (desk.last_turn(rule.key, pair[1].user_id), pair[0]))
        for _, taker in order:
            owner_id, words = _free(rule, taker, desk)
            if owner_id is None:
                passed.append(words)
                continue
            by = RoutedBy.RULE if owner_id == taker.user_id else RoutedBy.STAND_IN
            why = f"Rule “{rule.name}”: {words}"
            return Decision(owner_id, by, why, rule.key, taker.user_id, passed)
    return (
        Decision(None, RoutedBy.NOBODY, "Nobody of the rules that fit is free.", passed_over=passed) if passed else None
    )


def _free(rule: RoutingRule, taker: RoutingTaker, desk: Desk) -> tuple[int | None, str]:
    """Who would take it, or None, and why."""
    name = desk.name(taker.user_id)
    if not desk.works(taker.user_id):
        return None, f"{name} does not work accounts any more"
    who, said = taker.user_id, f"it was {name}’s turn"
    away = desk.away(taker.user_id)
    if away is not None:
        until, stand_in = away
        if stand_in is None:
            return None, f"{name} is away until {until}, and nobody stands in"
        if not desk.works(stand_in) or desk.away(stand_in) is not None:
            return None, f"{name} is away until {until}, and {desk.name(stand_in)}, who stands in, is not there either"
        who, said = stand_in, f"it was {name}’s turn, who is away until {until}; {desk.name(stand_in)} stands in"
    got = desk.got_today(rule.key, who)
    if taker.per_day is not None and got >= taker.per_day:
        return None, f"{desk.name(who)} got {got} today, which is the limit"
    held = desk.open_leads(who) if taker.most_open is not None else 0
    if taker.most_open is not None and held >= taker.most_open:
        return None, f"{desk.name(who)} has {held} open leads, which is the limit"
    return who, f"{said}."
