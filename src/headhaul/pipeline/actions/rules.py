"""What can be done with automation rules."""

from __future__ import annotations

from typing import Any

from headhaul.kernel import Call, Empty, InvalidData, NotFound, Role, action
from headhaul.pipeline.models import AutomationRule
from headhaul.pipeline.schemas import rules as schemas
from headhaul.pipeline.selectors.rules import listing, matching, testing, warnings
from headhaul.pipeline.selectors.rules.checking import Declared
from headhaul.pipeline.selectors.rules.vocabulary import Vocabulary
from headhaul.pipeline.services.rules import saving, waiting


def _of_rule(given: Any, answer: Any) -> tuple[str, str]:
    found = getattr(answer, "rule", answer)
    return "rule", str(getattr(found, "id", None) or getattr(given, "rule_id", None) or "")


@action("getAutomationRules", reply="automationRulesLoaded", role=Role.MANAGER)
def get_automation_rules(call: Call, data: schemas.GetAutomationRules) -> schemas.RulesPage:
    """Automation rules in the order in which they are asked, with what is wrong with them by now."""
    return listing.rules_page(asked=data)


@action("getRuleWords", reply="ruleWordsLoaded", role=Role.MANAGER)
def get_rule_words(call: Call, data: Empty) -> schemas.RuleWords:
    """What rules can be made of: triggers, facts with their comparisons, actions, stages, people, variables."""
    return listing.words()


@action(
    "saveAutomationRule",
    reply="automationRuleSaved",
    role=Role.MANAGER,
    writes=True,
    target=_of_rule,
    undo=("saveAutomationRule", "removeAutomationRule"),
)
def save_automation_rule(call: Call, data: schemas.SaveAutomationRule) -> schemas.RuleSaved:
    """Make a rule or change one. Refused when it does not fit, or would set itself off again."""
    values = schemas.written(data)
    if data.rule_id is None:
        rule = saving.create(values=values, at=call.at, by=call.actor)
        call.undo_with("removeAutomationRule", {"ruleId": rule.pk, "version": rule.version})
    else:
        rule, before = saving.change(
            rule_id=data.rule_id, values=values, version=data.version, at=call.at, by=call.actor
        )
        call.undo_with("saveAutomationRule", {"ruleId": rule.pk, "version": rule.version} | schemas.as_sent(before))
    return _saved(rule, call)


@action(
    "setAutomationRuleActive",
    reply="automationRuleSwitched",
    role=Role.MANAGER,
    writes=True,
    target=_of_rule,
    undo="setAutomationRuleActive",
)
def set_automation_rule_active(call: Call, data: schemas.SetAutomationRuleActive) -> schemas.RuleSaved:
    """Switch a rule on or off. It acts on what happens from then on."""
    before = saving.lock(data.rule_id, version=data.version).is_active
    rule = saving.set_active(
        rule_id=data.rule_id, is_active=data.is_active, version=data.version, at=call.at, by=call.actor
    )
    if before != rule.is_active:
        call.undo_with("setAutomationRuleActive", {"ruleId": rule.pk, "version": rule.version, "isActive": before})
    return _saved(rule, call)


@action(
    "removeAutomationRule",
    reply="automationRuleRemoved",
    role=Role.MANAGER,
    writes=True,
    target=_of_rule,
    undo="restoreAutomationRule",
)
def remove_automation_rule(call: Call, data: schemas.RemoveAutomationRule) -> schemas.RuleRemoved:
    """Take a rule away. The record of its firings stays."""
    rule, was_active = saving.remove(rule_id=data.rule_id, version=data.version, at=call.at, by=call.actor)
    call.undo_with("restoreAutomationRule", {"ruleId": rule.pk, "isActive": was_active})
    return schemas.RuleRemoved(id=rule.pk, name=rule.name)


@action(
    "restoreAutomationRule",
    reply="automationRuleRestored",
    role=Role.MANAGER,
    writes=True,
    target=_of_rule,
    undo="removeAutomationRule",
)
def restore_automation_rule(call: Call, data: schemas.RestoreAutomationRule) -> schemas.RuleSaved:
    """Bring back a rule that was removed; refused when it would go round in circles with rules made since."""
    rule = saving.restore(rule_id=data.rule_id, is_active=data.is_active, at=call.at, by=call.actor)
    call.undo_with("removeAutomationRule", {"ruleId": rule.pk, "version": rule.version})
    return _saved(rule, call)


@action("getRuleFirings", reply="ruleFiringsLoaded", role=Role.MANAGER)
def get_rule_firings(call: Call, data: schemas.GetRuleFirings) -> schemas.FiringsPage:
    """What rules did, newest first: on what, why not, and under which batch it can be taken back."""
    return listing.firings_page(asked=data, by=call.actor)


@action("testAutomationRule", reply="automationRuleTested", role=Role.MANAGER)
def test_automation_rule(call: Call, data: schemas.TestAutomationRule) -> schemas.RuleTest:
    """Try a rule, saved or not, on what happened in the last days, or on one record. Nothing is written."""
    rule, words = _asked_about(data), Vocabulary()
    saving.check(rule, rule_id=data.rule_id or 0)
    if data.opportunity_id is not None or data.account_id is not None:
        tried = testing.on_record(
            rule=rule,
            opportunity_id=data.opportunity_id,
            account_id=data.account_id,
            at=call.at,
            by=call.actor,
            words=words,
        )
    else:
        tried = testing.over_history(
            rule=rule, days=data.days, limit=data.limit, at=call.at, by=call.actor, words=words
        )
    return tried.model_copy(update={"warnings": warnings.of(rule, rule_id=data.rule_id, words=words, at=call.at)})


@action(
    "retryRuleEvents",
    reply="ruleEventsRetried",
    role=Role.MANAGER,
    writes=True,
    target=lambda given, answer: ("rules", ""),
    final="They are tried again at once; what rules then do can be taken back firing by firing.",
)
def retry_rule_events(call: Call, data: Empty) -> schemas.EventsRetried:
    """Ask the rules again about events that were put aside because something broke."""
    return schemas.EventsRetried(events=waiting.retry_all())


def _asked_about(data: schemas.TestAutomationRule) -> Declared:
    if (data.rule_id is None) == (data.rule is None):
        raise InvalidData("Name a saved rule or send a draft.", fields={"ruleId": "one of the two"})
    if data.rule is not None:
        return matching.declared(AutomationRule(**schemas.written(data.rule)))
    stored = AutomationRule.objects.filter(pk=data.rule_id or 0, removed_at__isnull=True).first()
    if stored is None:
        raise NotFound(f"There is no rule {data.rule_id}.", fields={"ruleId": "unknown"})
    return matching.declared(stored)


def _saved(rule: AutomationRule, call: Call) -> schemas.RuleSaved:
    said = warnings.of(matching.declared(rule), rule_id=rule.pk, words=Vocabulary(), at=call.at)
    return schemas.RuleSaved(rule=listing.rule(rule.pk), warnings=said)
