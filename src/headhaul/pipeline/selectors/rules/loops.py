"""Whether a rule could set itself off again, by way of others or alone: a search through all that can follow from it.

What a rule's own conditions and actions say holds when it is done, so the next rule is asked with that known. Facts
that no rule writes stay as they are along the whole way; facts that some rule writes are only believed for one step,
as another rule may write in between.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from headhaul.pipeline.choices import RuleTrigger
from headhaul.pipeline.selectors.rules import effects
from headhaul.pipeline.selectors.rules.bounds import OPEN, Bounds, alternatives, exactly, merged
from headhaul.pipeline.selectors.rules.checking import Declared
from headhaul.pipeline.selectors.rules.effects import Caused

STAGE = "opportunity.stage"
MOST_NODES = 20_000
TO_STAGE = frozenset(
    {
        RuleTrigger.STAGE_CHANGED,
        RuleTrigger.OPPORTUNITY_CREATED,
        RuleTrigger.OPPORTUNITY_WON,
        RuleTrigger.OPPORTUNITY_LOST,
    }
)
"""Triggers that say in which stage the opportunity now is."""


@dataclass(frozen=True, slots=True)
class Named:
    """A rule for the search."""

    key: int
    name: str
    rule: Declared


@dataclass(frozen=True, slots=True)
class Node:
    """A rule that fires in one of its ways, on an event that went to a stage, with what is known since long."""

    rule: int
    way: int
    to: str | None
    known: tuple[tuple[str, Bounds], ...] = ()


@dataclass(slots=True)
class Search:
    """One search. `remembers` facts along the way unless there are too many ways to go."""

    rules: Sequence[Named]
    kinds: dict[str, str]  # of stages
    remembers: bool = True
    ways: list[list[dict[str, Bounds]]] = field(default_factory=list)
    written: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.ways = [alternatives(each.rule.conditions, each.rule.match) for each in self.rules]
        for each in self.rules:
            self.written |= effects.written_by(each.rule.actions)

    def starts(self) -> Iterator[Node]:
        """Each rule, set off by somebody."""
        for number, each in enumerate(self.rules):
            for way in range(len(self.ways[number])):
                yield Node(number, way, each.rule.to_stage.casefold() or None)  # by whatever somebody does

    def following(self, node: Node) -> Iterator[tuple[Node, str]]:
        """What can fire next, and the words for what causes it."""
        rule = self.rules[node.rule].rule
        way, known = self.ways[node.rule][node.way], dict(node.known)
        here = merged(known, way, self._where(rule, node.to))
        if here is None:
            return
        stage = here.get(STAGE, OPEN)
        for caused in effects.caused_by(rule.actions, stage=stage, kinds=self.kinds):
            after = effects.after(way, rule.actions)
            lasting = {name: bounds for name, bounds in here.items() if name not in self.written}
            for number, other in enumerate(self.rules):
                if _matches(other.rule, caused):
                    yield from self._steps(number, other.rule, caused, after, lasting)

    def _steps(
        self, number: int, rule: Declared, caused: Caused, after: dict[str, Bounds], lasting: dict[str, Bounds]
    ) -> Iterator[tuple[Node, str]]:
        if rule.trigger.is_of_account or caused.trigger is RuleTrigger.OPPORTUNITY_CREATED:
            after, lasting = _of_account(after), _of_account(lasting)  # it may be another opportunity
        where = self._where(rule, caused.to)
        for way, bounds in enumerate(self.ways[number]):
            if merged(after, lasting, bounds, caused.facts, where) is not None:
                known = tuple(sorted(lasting.items())) if self.remembers else ()
                yield Node(number, way, caused.to, known), caused.words

    def _where(self, rule: Declared, to: str | None) -> dict[str, Bounds]:
        """The stage it is in when a rule moves it on: one that was overtaken by another move does not act."""
        if rule.trigger not in TO_STAGE or not effects.moves(rule.actions):
            return {}
        only = effects.only_target(rule.actions)
        never = {stage.casefold() for stage in (rule.from_stage if to is None else "", only or "") if stage}
        return {STAGE: Bounds(only=None if to is None else frozenset({to}), never=frozenset(never))}


def find(rules: Sequence[Named], kinds: dict[str, str]) -> str:
    """The loop in words, or "" when there is none."""
    for remembers in (True, False):
        search = Search(rules, kinds, remembers=remembers)
        try:
            return _walk(search)
        except TooMuch:
            continue
    return ""


class TooMuch(Exception):
    """More ways to go than are worth following one by one."""


def _walk(search: Search) -> str:
    for start in search.starts():
        came_from: dict[Node, tuple[Node, str]] = {}
        waiting = deque([start])
        while waiting:
            node = waiting.popleft()
            for following, words in search.following(node):
                if following.rule == start.rule:
                    return _told(search, start, node, words, came_from)
                if following not in came_from:
                    came_from[following] = (node, words)
                    waiting.append(following)
            if search.remembers and len(came_from) > MOST_NODES:
                raise TooMuch
    return ""


def _told(search: Search, start: Node, last: Node, words: str, came_from: dict[Node, tuple[Node, str]]) -> str:
    steps = [(last, words)]
    while steps[0][0] != start:
        steps.insert(0, came_from[steps[0][0]])
    names = [search.rules[node.rule].name for node, _ in steps]
    said = [f"“{name}” {caused}" for name, (_, caused) in zip(names, steps, strict=True)]
    return " → ".join([*said, f"“{names[0]}” fires again"])


def _matches(rule: Declared, caused: Caused) -> bool:
    if rule.trigger is not caused.trigger:
        return False
    if rule.trigger is not RuleTrigger.STAGE_CHANGED:
        return True
    if rule.to_stage and rule.to_stage.casefold() != caused.to:
        return False
    return not rule.from_stage or not caused.origin.both(exactly(rule.from_stage)).is_impossible


def _of_account(known: dict[str, Bounds]) -> dict[str, Bounds]:
    return {name: bounds for name, bounds in known.items() if name.startswith("account.")}
