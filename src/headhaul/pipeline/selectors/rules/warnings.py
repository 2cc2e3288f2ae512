"""What to think about before a rule is switched on. None of it forbids anything."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from headhaul.pipeline.choices import RuleDeed, RuleTrigger
from headhaul.pipeline.models import AutomationRule, Stage
from headhaul.pipeline.selectors.rules.checking import Declared
from headhaul.pipeline.selectors.rules.effects import moves
from headhaul.pipeline.selectors.rules.vocabulary import Vocabulary
from headhaul.security.models import User


def of(rule: Declared, *, rule_id: int | None, words: Vocabulary, at: datetime) -> list[str]:
    """The sentences."""
    return [*_on_reach(rule), *_on_others(rule, rule_id, words), *_on_stages(rule, words), *_on_people(rule, words)]


def _on_reach(rule: Declared) -> Iterator[str]:
    if not rule.conditions and not (rule.from_stage or rule.to_stage):
        yield f"Without a condition it acts whenever: {rule.trigger.label.lower()}."
    loud = [deed for deed in rule.actions if deed["kind"] == RuleDeed.NOTIFY and deed.get("to") == "manager"]
    if loud and rule.trigger in (RuleTrigger.ACTIVITY_LOGGED, RuleTrigger.SIGNAL_SPIKE):
        yield f"It tells managers whenever: {rule.trigger.label.lower()}. That can be often."
    if rule.trigger is RuleTrigger.NEXT_STEP_OVERDUE and any(
        deed.get("field") == "opportunity.nextStepOn" and deed.get("inDays") is not None for deed in rule.actions
    ):
        yield "It sets a new date for the next step, so it acts again whenever that date has passed in turn."


def _on_others(rule: Declared, rule_id: int | None, words: Vocabulary) -> Iterator[str]:
    if not moves(rule.actions):
        return
    others = AutomationRule.objects.filter(is_active=True, trigger=rule.trigger).exclude(pk=rule_id or 0)
    for other in others.order_by("position", "pk"):
        if moves(other.actions) and _meet(rule, other):
            yield f"“{other.name}” may move the same opportunity; the first in the order of rules wins."


def _meet(rule: Declared, other: AutomationRule) -> bool:
    pairs = ((rule.from_stage, other.from_stage), (rule.to_stage, other.to_stage))
    return all(not mine or not theirs or mine == theirs for mine, theirs in pairs)


def _on_stages(rule: Declared, words: Vocabulary) -> Iterator[str]:
    keys = {deed["stage"] for deed in rule.actions if deed["kind"] == RuleDeed.MOVE_STAGE}
    for stage in Stage.objects.filter(key__in=keys, is_active=True).order_by("position"):
        if stage.required:
            needed = ", ".join(stage.required)
            yield f"{stage.label} asks for {needed}: where these are missing the rule fails and says so."


def _on_people(rule: Declared, words: Vocabulary) -> Iterator[str]:
    for deed in rule.actions:
        team = deed.get("teamId")
        if team is not None and not User.objects.filter(team=team, is_active=True).exists():
            yield f"The team {words.teams.get(str(team), '')} has no member yet: until it has, the rule fails."
