"""Rows that become automation rules, where they are in our words: switched off, whatever they were elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from pydantic import ValidationError

from headhaul.accounts.choices import ImportMode, RowResult
from headhaul.accounts.ports import imports as ports
from headhaul.accounts.ports.imports import (
    ImportField,
    ImportRow,
    Kind,
    MatchKey,
    Outcome,
    Problem,
    Rules,
    Session,
    Touched,
)
from headhaul.accounts.services.importing import external
from headhaul.accounts.services.importing.account_fields import EXTERNAL
from headhaul.accounts.services.importing.keeping import ModelKeeper
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


class RuleSession:
    """One import's work on rules. What is here already stays as it is here."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules

    def apply(self, rows: Sequence[ImportRow], *, at: datetime) -> list[Outcome]:
        """What becomes of these rows, in their order."""
        names = {str(row.values["externalId"]) for row in rows if row.values.get("externalId")}
        known = external.ids_of(source=self.rules.source, entity="rule", names=names)
        made: dict[str, int] = {}
        told = [self._judged(row, known, made, at=at) for row in rows]
        if self.rules.writes:
            external.remember(source=self.rules.source, entity="rule", ids=made, at=at)
        return told

    def _judged(self, row: ImportRow, known: Mapping[str, int], made: dict[str, int], *, at: datetime) -> Outcome:
        said, name = row.values, str(row.values.get("externalId") or "")
        title = str(said.get("name") or "")
        if name in known:
            return Outcome(row.number, RowResult.UNCHANGED, name=title)
        if not title:
            return Outcome.failed(row.number, Problem("name", "", "a rule needs a name"))
        found = AutomationRule.objects.filter(name__iexact=title, removed_at=None).first()
        if found is not None:
            made |= {name: found.pk} if name else {}
            return Outcome(row.number, RowResult.UNCHANGED, name=title)
        if self.rules.mode is ImportMode.UPDATE:
            return Outcome(row.number, RowResult.SKIPPED, [Problem("", "", "there is no such rule to update")])
        try:
            values = written(SaveAutomationRule.model_validate(_asked(said, title)))
            with transaction.atomic():
                rule = saving.create(values=values, at=at, by=self.rules.by)
                transaction.set_rollback(not self.rules.writes)
        except ValidationError as fault:
            return Outcome.failed(row.number, *[_problem_of(each) for each in fault.errors()[:_SHOWN]])
        except AppError as fault:
            told = [_problem(path, right) for path, right in fault.fields.items()]
            return Outcome.failed(row.number, *(told[:_SHOWN] or [Problem("name", title, fault.message)]))
        if not self.rules.writes:
            return Outcome(row.number, RowResult.CREATED, name=title)
        made |= {name: rule.pk} if name else {}
        return Outcome(row.number, RowResult.CREATED, touched=[Touched("rule", rule, True)], name=title)


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
