"""Rules and their firings, a page at a time."""

from __future__ import annotations

from typing import Any

from headhaul.accounts.selectors.pages import Conditions, Sort, fetch, page
from headhaul.accounts.visibility import scope_of
from headhaul.kernel import Actor
from headhaul.kernel.keyset import COUNT_LIMIT
from headhaul.pipeline.choices import RuleDeed, RuleTrigger
from headhaul.pipeline.models import AutomationRule
from headhaul.pipeline.ports import Fact
from headhaul.pipeline.schemas.rules import (
    FactWord,
    FiringsPage,
    FiringView,
    GetAutomationRules,
    GetRuleFirings,
    RulesPage,
    RuleView,
    RuleWords,
    TriggerWord,
)
from headhaul.pipeline.selectors.rules import checking, kinds, matching, sentences
from headhaul.pipeline.selectors.rules.facts import VARIABLES, read_json
from headhaul.pipeline.selectors.rules.vocabulary import Vocabulary

_RULES = Sort("order", ("r.position", "r.id"), (int, int), lambda row: [row["position"], row["id"]], descending=False)
_FIRINGS = Sort("newest", ("f.id",), (int,), lambda row: [row["id"]])
_RULE_SOURCE = f"""
pipeline_automationrule r
left join security_user u on u.id = r.updated_by_id
left join lateral (
    select count(*) as fired from (
        select from pipeline_rulefiring f where f.rule_id = r.id limit {COUNT_LIMIT}
    ) few
) counted on true
left join lateral (
    select f.at, f.outcome from pipeline_rulefiring f where f.rule_id = r.id order by f.id desc limit 1
) latest on true
"""
_FIRING_SOURCE = """
pipeline_rulefiring f join pipeline_automationrule r on r.id = f.rule_id
left join accounts_account a on a.id = f.account_id
left join pipeline_opportunity o on o.id = f.opportunity_id
"""
_CAN_UNDO = """
exists (select from actions_reversal v where v.batch_id = f.batch_id and f.batch_id <> '' and v.undone_at is null)
"""


def rules_page(*, asked: GetAutomationRules) -> RulesPage:
    """The rules in the order in which they are asked."""
    narrowed = Conditions(["r.removed_at is null"])
    for column, value in (("r.trigger", asked.trigger), ("r.is_active", asked.is_active), ("r.id", asked.rule_id)):
        if value is not None:
            narrowed.add(f"{column} = %s", value)
    found = page(
        columns="r.*, counted.fired, latest.at as last_fired_at, latest.outcome as last_outcome,"
        " coalesce(nullif(u.name, ''), u.email, 'Headhaul') as updated_by",
        source=_RULE_SOURCE,
        counted_in="pipeline_automationrule r",
        conditions=narrowed,
        sort=_RULES,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    words = Vocabulary()
    return RulesPage(
        items=[_rule(row, words) for row in found.rows],
        next_cursor=found.next_cursor,
        total=found.total,
        total_is_exact=found.total_is_exact,
    )


def rule(rule_id: int) -> RuleView:
    """One rule that was not removed."""
    return rules_page(asked=GetAutomationRules(rule_id=rule_id, limit=1)).items[0]


def _rule(row: dict[str, Any], words: Vocabulary) -> RuleView:
    lines = {name: read_json(row[name]) for name in ("conditions", "actions")}
    stored = AutomationRule(**{name: row[name] for name in ("trigger", "from_stage", "to_stage", "match")} | lines)
    shown = {name: row[name] for name in RuleView.model_fields if name in row} | lines
    does = [sentences.of_deed(deed, words) for deed in lines["actions"]]
    return RuleView(**shown, does=does, problems=checking.faults(matching.declared(stored), words))


def firings_page(*, asked: GetRuleFirings, by: Actor) -> FiringsPage:
    """Firings, newest first, on what this person sees."""
    narrowed = Conditions()
    for name in ("rule_id", "outcome", "opportunity_id", "account_id"):
        if getattr(asked, name) is not None:
            narrowed.add(f"f.{name} = %s", getattr(asked, name))
    scope = scope_of(by)
    if not scope.is_all:
        where, parameters = scope.condition("a")
        narrowed.add(f"(a.id is null or {where} or o.owner_id = %s)", *parameters, by.user_id)
    found = page(
        columns=f"f.*, r.name as rule_name, coalesce(o.name, a.name, '') as about, {_CAN_UNDO} as can_undo",
        source=_FIRING_SOURCE,
        counted_in=_FIRING_SOURCE,
        conditions=narrowed,
        sort=_FIRINGS,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    waiting = fetch(
        f"""
        select (select count(*) from (select from pipeline_waitingevent
                where error = '' and done_at is null limit {COUNT_LIMIT}) few) as waiting,
               (select count(*) from (select from pipeline_waitingevent
                where error <> '' limit {COUNT_LIMIT}) few) as aside
        """,
        [],
    )[0]
    return FiringsPage(
        items=[_firing(row) for row in found.rows],
        next_cursor=found.next_cursor,
        total=found.total,
        total_is_exact=found.total_is_exact,
        waiting=waiting["waiting"],
        put_aside=waiting["aside"],
    )


def _firing(row: dict[str, Any]) -> FiringView:
    shown = {name: row[name] for name in FiringView.model_fields if name in row}
    return FiringView(**shown | {"done": read_json(row["done"])})


def words() -> RuleWords:
    """What rules can be made of."""
    known = Vocabulary()
    return RuleWords(
        triggers=[TriggerWord(trigger=t, label=t.label, of=list(known.there_with(t))) for t in RuleTrigger],
        facts=[_word(fact) for fact in known.facts.values()],
        deeds={deed.value: deed.label for deed in RuleDeed},
        settable=[_word(fact) for fact in known.facts.values() if fact.can_be_set],
        stages=known.stages,
        users=known.users,
        teams=known.teams,
        sequences=known.sequences,
        variables=list(VARIABLES),
    )


def _word(fact: Fact) -> FactWord:
    return FactWord(
        field=fact.field,
        label=fact.label,
        kind=fact.kind,
        of=fact.of,
        ops=list(kinds.OPS[fact.kind]),
        choices=dict(fact.choices),
    )
