"""Choosing whose a lead is. Plain code; a desk knows who is there.

The account's owner has the first word; then the first rule that fits and has somebody free; then whoever took the lead
down or owns the event, as the settings say. Within a rule the turn goes to whom it is longest ago, among those who are
there and have room. Whoever is away is stood in for, by whom they named, with their turn and their limits; where nobody
stands in, the next in this order has the word, and the decision says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any, Literal, Protocol

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


@dataclass(frozen=True, slots=True)
class Circumstances:
    """All that a decision rests on, but for who is there: kept with it, so that other rules can be tried on it."""

    subject: Subject
    account_owner_id: int | None = None
    account: str = ""
    event_owner_id: int | None = None
    event: str = ""
    capturer_id: int | None = None
    is_present: bool = False  # whether the capturer took it down themselves, rather than by a code they had given out

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self)

    @classmethod
    def of_json(cls, kept: dict[str, Any]) -> Circumstances:
        """As it was."""
        return cls(**kept | {"subject": Subject(**kept["subject"])})


Otherwise = Literal["capturer", "event", "nobody"]


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

    def ready(self) -> None:
        """Called before rules choose: from here on nobody else does."""
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
    case: Circumstances | None = None  # what it rests on; nothing where a person decided


def decide(rules: Sequence[RoutingRule], case: Circumstances, desk: Desk, *, otherwise: Otherwise) -> Decision:
    """Whose it is. `by` is NOBODY where nobody was found; `turn_of` is set where a rule decided."""
    before = ""
    if case.account_owner_id is not None:
        name, (who, words) = desk.name(case.account_owner_id), present(case.account_owner_id, desk)
        if who == case.account_owner_id:
            return Decision(who, RoutedBy.ACCOUNT, f"{case.account} is {name}’s.")
        if who is not None:
            return Decision(who, RoutedBy.STAND_IN, f"{case.account} is {name}’s. {words}.")
        before = f"{case.account} is {name}’s. {words}."
    passed: list[str] = []
    if any(rule.is_active for rule in rules):
        desk.ready()
        chosen = choose(rules, case.subject, desk)
        if chosen is not None and chosen.owner_id is not None:
            return replace(chosen, why=_said(before, chosen.why))
        if chosen is not None:
            before, passed = _said(before, chosen.why), chosen.passed_over
    rest = _without_rule(case, desk, otherwise=otherwise)
    return replace(rest, why=_said(before, rest.why), passed_over=passed)


def present(user_id: int, desk: Desk) -> tuple[int | None, str]:
    """Who is there for somebody: they, whoever stands in, or None; and a word about it where it is not they."""
    name = desk.name(user_id)
    if not desk.works(user_id):
        return None, f"{name} does not work accounts any more"
    away = desk.away(user_id)
    if away is None:
        return user_id, ""
    until, stand_in = away
    if stand_in is None:
        return None, f"{name} is away until {until}, and nobody stands in"
    if not desk.works(stand_in) or desk.away(stand_in) is not None:
        return None, f"{name} is away until {until}, and {desk.name(stand_in)}, who stands in, is not there either"
    return stand_in, f"{name} is away until {until}; {desk.name(stand_in)} stands in"


def _without_rule(case: Circumstances, desk: Desk, *, otherwise: Otherwise) -> Decision:
    tried: list[str] = []
    if otherwise == "capturer" and case.capturer_id is not None:
        name = desk.name(case.capturer_id)
        if case.is_present and desk.works(case.capturer_id):  # who takes leads down is there, whatever they had noted
            return Decision(case.capturer_id, RoutedBy.CAPTURER, f"{name} took it down.")
        who, words = present(case.capturer_id, desk)
        said = f"It came by {name}’s code." if not case.is_present else f"{name} took it down."
        if who is not None:
            by = RoutedBy.CAPTURER if who == case.capturer_id else RoutedBy.STAND_IN
            return Decision(who, by, _said(said, f"{words}." if words else ""))
        tried.append(_said(said, f"{words}."))
    if otherwise != "nobody" and case.event_owner_id is not None:
        who, words = present(case.event_owner_id, desk)
        said = f"{desk.name(case.event_owner_id)} owns {case.event}."
        if who is not None:
            by = RoutedBy.EVENT if who == case.event_owner_id else RoutedBy.STAND_IN
            return Decision(who, by, _said(*tried, said, f"{words}." if words else ""))
        tried.append(_said(said, f"{words}."))
    return Decision(None, RoutedBy.NOBODY, _said(*tried, "Nobody is found, so it waits for whoever takes it."))


def _said(*sentences: str) -> str:
    return " ".join(each for each in sentences if each)


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
    who, words = present(taker.user_id, desk)
    if who is None:
        return None, words
    name = desk.name(taker.user_id)
    said = f"it was {name}’s turn" + (f", and {words}" if words else "")
    got = desk.got_today(rule.key, who)
    if taker.per_day is not None and got >= taker.per_day:
        return None, f"{desk.name(who)} got {got} today, which is the limit"
    held = desk.open_leads(who) if taker.most_open is not None else 0
    if taker.most_open is not None and held >= taker.most_open:
        return None, f"{desk.name(who)} has {held} open leads, which is the limit"
    return who, f"{said}."
