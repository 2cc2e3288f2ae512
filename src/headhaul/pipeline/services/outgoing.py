"""Opportunities, playbooks, value props and rules by the plan's column names, for another system."""

from __future__ import annotations

import json

from headhaul.accounts.ports.imports import Leaving
from headhaul.accounts.selectors.pages import fetch
from headhaul.pipeline.choices import RuleMatch

_OPPORTUNITIES = """
select o.id, o.account_id, s.key as stage, o.amount_cents / 100.0 as value_estimate, u.email as owner_id, o.next_step,
       o.lost_reason as close_reason
from pipeline_opportunity o join pipeline_stage s on s.id = o.stage_id left join security_user u on u.id = o.owner_id
where o.id > %s::bigint order by o.id limit %s::int
"""
_PLAYBOOKS = """
select id, name, description, stage_key as stage, steps, is_active
from pipeline_playbook where id > %s::bigint order by id limit %s::int
"""
_VALUE_PROPS = """
select id, name, segment, region, message, supporting_data, is_active
from pipeline_valueprop where id > %s::bigint order by id limit %s::int
"""


_RULES = """
select id, name as rule_name, trigger as trigger_event, from_stage, to_stage, match, conditions, actions, is_active
from pipeline_automationrule where removed_at is null and id > %s::bigint order by id limit %s::int
"""


def opportunities(*, after: int, limit: int) -> list[Leaving]:
    """The next opportunities."""
    leaving = []
    for row in fetch(_OPPORTUNITIES, [after, limit]):
        row["account_id"] = ("account", row["account_id"])
        cents = row["value_estimate"]
        row["value_estimate"] = None if cents is None else f"{cents:.2f}"
        leaving.append(Leaving(row.pop("id"), row))
    return leaving


def playbooks(*, after: int, limit: int) -> list[Leaving]:
    """The next playbooks; steps as one line of JSON."""
    rows = fetch(_PLAYBOOKS, [after, limit])
    return [Leaving(row.pop("id"), row | {"steps": json.dumps(json.loads(row["steps"]))}) for row in rows]


def rules(*, after: int, limit: int) -> list[Leaving]:
    """The next rules, in the words of saveAutomationRule. Where one condition is enough, the conditions say so."""
    leaving = []
    for row in fetch(_RULES, [after, limit]):
        conditions, match = json.loads(row["conditions"]), row.pop("match")
        said = conditions if match == RuleMatch.ALL else {"match": match, "conditions": conditions}
        row |= {"conditions": json.dumps(said), "actions": json.dumps(json.loads(row["actions"]))}
        leaving.append(Leaving(row.pop("id"), row))
    return leaving


def value_props(*, after: int, limit: int) -> list[Leaving]:
    """The next value props; data as one line of JSON."""
    rows = fetch(_VALUE_PROPS, [after, limit])
    return [Leaving(row.pop("id"), row | {"supporting_data": json.dumps(json.loads(row["supporting_data"]))})
            for row in rows]  # fmt: skip
