"""Writing rules: only what is sound is kept, and nothing that could go round in circles."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from headhaul.kernel import Actor, Conflict, InvalidData, NotFound, StaleVersion
from headhaul.pipeline.models import AutomationRule
from headhaul.pipeline.selectors.rules import checking, loops, matching
from headhaul.pipeline.selectors.rules.checking import Declared
from headhaul.pipeline.selectors.rules.vocabulary import Vocabulary
from headhaul.pipeline.services.rules import interest

SAID = ("name", "trigger", "from_stage", "to_stage", "match", "conditions", "actions", "position", "is_active")
ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtext('automation rules'))"


class StaleRule(StaleVersion):
    """Somebody changed the rule since it was read."""


class RulesGoRound(InvalidData):
    """A rule would set itself off again, alone or by way of others; the message names the way."""

    code = "rules_go_round"


class RuleNameTaken(Conflict):
    """Another rule has this name."""

    code = "rule_name_taken"


def create(*, values: Mapping[str, Any], at: datetime, by: Actor) -> AutomationRule:
    """A new rule."""
    missing = {name: "needed" for name in ("name", "trigger", "actions") if not values.get(name)}
    if missing:
        raise InvalidData("A new rule needs a name, a trigger and at least one action.", fields=missing)
    rule = AutomationRule(created_at=at, updated_at=at)
    return _write(rule, values, at=at, by=by)


def change(
    *, rule_id: int, values: Mapping[str, Any], version: int | None, at: datetime, by: Actor
) -> tuple[AutomationRule, dict[str, Any]]:
    """Change what is given of a rule; returns it with what it said before."""
    rule = lock(rule_id, version=version)
    before = {name: getattr(rule, name) for name in SAID}
    rule.version += 1
    return _write(rule, values, at=at, by=by), before


def set_active(*, rule_id: int, is_active: bool, version: int | None, at: datetime, by: Actor) -> AutomationRule:
    """Switch a rule on or off. What happened before it was switched on is left alone."""
    rule = lock(rule_id, version=version)
    if rule.is_active != is_active:
        rule.version += 1
        _write(rule, {"is_active": is_active}, at=at, by=by)
    return rule


def remove(*, rule_id: int, version: int | None, at: datetime, by: Actor) -> tuple[AutomationRule, bool]:
    """Take a rule away; its firings stay. Returns whether it was switched on, too."""
    rule = lock(rule_id, version=version)
    was_active = rule.is_active
    rule.is_active, rule.active_since, rule.removed_at = False, None, at
    _stamp(rule, at=at, by=by)
    return rule, was_active


def restore(*, rule_id: int, is_active: bool, at: datetime, by: Actor) -> AutomationRule:
    """Bring back a rule that was removed."""
    rule = AutomationRule.objects.select_for_update().filter(pk=rule_id, removed_at__isnull=False).first()
    if rule is None:
        raise NotFound(f"There is no removed rule {rule_id}.")
    rule.removed_at = None
    rule.version += 1
    return _write(rule, {"is_active": is_active}, at=at, by=by)


def lock(rule_id: int, *, version: int | None) -> AutomationRule:
    """The rule, held until the transaction ends. StaleRule when `version` is given and not current."""
    rule = AutomationRule.objects.select_for_update().filter(pk=rule_id, removed_at__isnull=True).first()
    if rule is None:
        raise NotFound(f"There is no rule {rule_id}.", fields={"ruleId": "unknown"})
    if version is not None and rule.version != version:
        said = f"“{rule.name}” was changed meanwhile. Look at it again, then repeat your change."
        raise StaleRule(said, current=rule.version)
    return rule


def check(rule: Declared, *, name: str = "This rule", rule_id: int = 0) -> None:
    """Raise InvalidData unless the rule is sound and cannot go round in circles with those that are switched on."""
    words = Vocabulary()
    faults = checking.faults(rule, words)
    if faults:
        said = "; ".join(f"{path}: {what}" for path, what in list(faults.items())[:3])
        raise InvalidData(f"The rule does not fit: {said}.", fields=faults)
    others = AutomationRule.objects.filter(is_active=True).exclude(pk=rule_id).order_by("position", "pk")
    sound = [(each, matching.declared(each)) for each in others]
    together = [loops.Named(each.pk, each.name, said) for each, said in sound if not checking.faults(said, words)]
    way = loops.find([*together, loops.Named(rule_id, name, rule)], words.kinds)
    if way:
        raise RulesGoRound(f"A rule would set itself off again: {way}.", fields={"actions": way[:500]})


def _write(rule: AutomationRule, values: Mapping[str, Any], *, at: datetime, by: Actor) -> AutomationRule:
    with connection.cursor() as cursor:
        cursor.execute(ONE_AT_A_TIME)  # two rules saved at once could close a circle that neither sees
    was_active = rule.is_active
    for name, value in values.items():
        setattr(rule, name, value)
    check(matching.declared(rule), name=rule.name, rule_id=rule.pk or 0)
    if AutomationRule.objects.filter(name__iexact=rule.name, removed_at=None).exclude(pk=rule.pk).exists():
        raise RuleNameTaken(f"Another rule is called “{rule.name}”.", fields={"name": "taken"})
    if not rule.is_active:
        rule.active_since = None
    elif not was_active or rule.active_since is None:
        rule.active_since = at
    return _stamp(rule, at=at, by=by)


def _stamp(rule: AutomationRule, *, at: datetime, by: Actor) -> AutomationRule:
    rule.updated_at, rule.updated_by_id = at, by.user_id
    rule.save()
    interest.forget()
    transaction.on_commit(interest.forget)
    return rule
