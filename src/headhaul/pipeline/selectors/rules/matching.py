"""Whether a rule is set off by an event on a record: trigger, stages, conditions, and something to act on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from headhaul.pipeline.choices import RuleTrigger
from headhaul.pipeline.models import AutomationRule
from headhaul.pipeline.selectors.rules import conditions, deed_faults, effects
from headhaul.pipeline.selectors.rules.checking import Declared
from headhaul.pipeline.selectors.rules.facts import Subject

Changes = Mapping[str, tuple[Any, Any]]


def declared(rule: AutomationRule) -> Declared:
    """What a stored rule says."""
    return Declared(
        trigger=RuleTrigger(rule.trigger),
        from_stage=rule.from_stage,
        to_stage=rule.to_stage,
        match=rule.match,
        conditions=rule.conditions,
        actions=rule.actions,
    )


def sets_off(rule: Declared, subject: Subject, *, changes: Changes, risk: str, today: date) -> bool:
    """Whether the rule fires on it. A rule that acts on an opportunity needs one that is there."""
    if subject.opportunity_id is None and any(deed_faults.needs_opportunity(deed) for deed in rule.actions):
        return False
    if not _stages_fit(rule, changes):
        return False
    only = effects.only_target(rule.actions)
    if only is not None and only == subject.facts.get("opportunity.stage"):
        return False
    facts = subject.facts | told_by(rule.trigger, changes=changes, risk=risk)
    return conditions.holds(rule.conditions, match=rule.match, facts=facts, today=today)


def told_by(trigger: RuleTrigger, *, changes: Changes, risk: str) -> dict[str, Any]:
    """The facts that the event itself brings."""
    if trigger is RuleTrigger.RISK_FOUND:
        return {"event.risk": risk}
    old, new = changes.get({RuleTrigger.AMOUNT_CHANGED: "amount"}.get(trigger, "close_on"), (None, None))
    if trigger is RuleTrigger.AMOUNT_CHANGED:
        return {"event.amountChangeCents": int(new or 0) - int(old or 0)}
    if trigger is RuleTrigger.CLOSE_DATE_CHANGED and old and new:
        return {"event.closeDateMovedDays": (_day(new) - _day(old)).days}
    return {}


def _stages_fit(rule: Declared, changes: Changes) -> bool:
    if rule.trigger is not RuleTrigger.STAGE_CHANGED:
        return True
    old, new = changes.get("stage", (None, None))
    return (not rule.from_stage or rule.from_stage == old) and (not rule.to_stage or rule.to_stage == new)


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
