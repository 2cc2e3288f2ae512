"""Rows that become automation rules, where they are in our words: switched off, whatever they were elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from pydantic import ValidationError

from headhaul.accounts.ports import imports as ports
from headhaul.accounts.ports.imports import (
    ImportField,
    Kind,
    MatchKey,
    Problem,
    Rules,
    Session,
)
from headhaul.accounts.services.importing.account_fields import EXTERNAL
from headhaul.accounts.services.importing.drafts import DraftSession
from headhaul.accounts.services.importing.keeping import ModelKeeper
from headhaul.accounts.services.importing.sessions import Refusal
from headhaul.kernel import Actor, AppError
from headhaul.pipeline.choices import RuleMatch, RuleTrigger
from headhaul.pipeline.models import AutomationRule
from headhaul.pipeline.schemas.rules import SaveAutomationRule, written
from headhaul.pipeline.services.rules import interest, saving

_TRIGGERS = {
    "stage change": "stage_changed", "stage_change": "stage_changed", "opportunity stage changed": "stage_changed",
    "lead created": "lead_captured", "lead capture": "lead_captured", "account created": "account_opened",
    "deal won": "opportunity_won", "deal lost": "opportunity_lost", "reply": "replied", "reply received": "replied",
}  # fmt: skip
_FIELDS = {"from_stage": "fromStage", "to_stage": "toStage"}
_SHOWN = 3


class RuleSession(DraftSession):
    """One import's work on rules."""

    entity, one = "rule", "rule"

    def find(self, title: str) -> int | None:
        """By name."""
        found = AutomationRule.objects.filter(name__iexact=title, removed_at=None)
        return found.values_list("pk", flat=True).first()

    def make(self, said: Mapping[str, Any], title: str, *, at: datetime) -> AutomationRule:
        """Switched off."""
        try:
            values = written(SaveAutomationRule.model_validate(_asked(said, title)))
        except ValidationError as fault:
            raise Refusal(*[_problem_of(each) for each in fault.errors()[:_SHOWN]]) from fault
        return saving.create(values=values, at=at, by=self.rules.by)

    def problems_of(self, fault: AppError, title: str) -> list[Problem]:
        """Each field that the service refused."""
        told = [_problem(path, right) for path, right in fault.fields.items()]
        return told[:_SHOWN] or super().problems_of(fault, title)


class AutomationRules:
    """Automation rules as something to import."""

    key, label = "automationRules", "Automation rules"
    match_keys: Sequence[MatchKey] = (MatchKey("name", "Name", ("name",)),)

    def fields(self) -> list[ImportField]:
        """What can be said of a rule."""
        triggers = {each.value: each.label for each in RuleTrigger}
        return [
            ImportField("name", "Name", synonyms=("rule name", "rule", "title"), longest=80),
            ImportField("trigger", "When", Kind.CHOICE, "", ("trigger event", "trigger", "event"), triggers, _TRIGGERS),
            ImportField("fromStage", "From stage", synonyms=("from stage",)),
            ImportField("toStage", "To stage", synonyms=("to stage",)),
            ImportField("conditions", "If", Kind.DOCUMENT, synonyms=("conditions",),
                        hint="JSON, as saveAutomationRule takes them."),
            ImportField("actions", "Then", Kind.DOCUMENT, synonyms=("actions",),
                        hint="JSON, as saveAutomationRule takes them."),
            EXTERNAL,
        ]  # fmt: skip

    def missing(self, given: Iterable[str]) -> str:
        """It needs a name, a trigger and something to do."""
        lacking = {"name", "trigger", "actions"} - set(given)
        return "Say which columns are the name, the trigger and the actions." if lacking else ""

    def session(self, rules: Rules) -> Session:
        """Begin."""
        return RuleSession(rules)


class RuleKeeper(ModelKeeper):
    """Rules that never fired."""

    entity, model = "rule", AutomationRule

    def remove(self, versions: Mapping[int, int], *, by: Actor, at: datetime) -> dict[int, str]:
        """Remove, so that nobody waits for them any more."""
        kept = super().remove(versions, by=by, at=at)
        interest.forget()
        transaction.on_commit(interest.forget)
        return kept


def register() -> None:
    """Rules can be imported."""
    ports.register(AutomationRules(), RuleKeeper())


def _asked(said: Mapping[str, Any], title: str) -> dict[str, Any]:
    """As the action takes it. Of rules where one condition is enough, the conditions say so themselves."""
    conditions, match = said.get("conditions") or [], RuleMatch.ALL.value
    if isinstance(conditions, dict) and set(conditions) <= {"match", "conditions"}:
        match, conditions = conditions.get("match", match), conditions.get("conditions", [])
    asked = {
        "name": title, "trigger": said.get("trigger"), "conditions": conditions, "actions": said.get("actions"),
        "match": match, "isActive": False,
    }  # fmt: skip
    return asked | {name: str(said[name]).lower() for name in ("fromStage", "toStage") if said.get(name)}


def _problem_of(fault: Any) -> Problem:
    path = ".".join(str(part) for part in fault["loc"])
    return _problem(path, str(fault["msg"]), value=str(fault.get("input", ""))[:80])


def _problem(path: str, told: str, *, value: str = "") -> Problem:
    field, _, rest = path.partition(".")
    return Problem(_FIELDS.get(field, field), value, f"{rest}: {told}" if rest else told)
