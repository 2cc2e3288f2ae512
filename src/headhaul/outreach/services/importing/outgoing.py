"""Sequences, their steps and call campaigns by the plan's column names, for another system."""

from __future__ import annotations

import json
from typing import Any

from headhaul.accounts.ports.imports import Leaving
from headhaul.accounts.selectors.pages import fetch
from headhaul.accounts.services.importing import external
from headhaul.outreach.services.importing.steps import PLACES
from headhaul.outreach.services.importing.wording import hours_of

_SEQUENCES = """
select q.id, q.name, q.state as status, v.steps, v.options
from outreach_sequence q join outreach_sequenceversion v on v.sequence_id = q.id and v.number = q.current
where q.id > %s::bigint order by q.id limit %s::int
"""
_STEPS = f"""
select q.id * {PLACES} + s.place - 1 as id, q.id as sequence, s.step, s.place
from outreach_sequence q join outreach_sequenceversion v on v.sequence_id = q.id and v.number = q.current,
     jsonb_array_elements(v.steps) with ordinality as s(step, place)
where q.id >= %s::bigint and q.id * {PLACES} + s.place - 1 > %s::bigint order by 1 limit %s::int
"""
_CAMPAIGNS = """
select c.id, c.name, c.state as status, c.script, u.email as owner_id,
       coalesce((select jsonb_agg(jsonb_build_object('id', t.contact_id, 'state', t.state,
                                                     'disposition', t.last_disposition) order by t.id)
                 from outreach_calltarget t where t.campaign_id = c.id), '[]') as targets
from outreach_callcampaign c left join security_user u on u.id = c.owner_id
where c.id > %s::bigint order by c.id limit %s::int
"""
_TOUCHES = ("email", "sms", "call")
_COLUMNS = ("kind", "subject", "body")


def sequences(*, after: int, limit: int) -> list[Leaving]:
    """The next sequences, as they are now; steps and options as JSON, in the words of saveSequence."""
    leaving = []
    for row in fetch(_SEQUENCES, [after, limit]):
        steps = json.loads(row.pop("steps"))
        kinds = [str(step["kind"]) for step in steps]
        row |= {"channel_mix": ", ".join(kind for kind in _TOUCHES if kind in kinds), "steps": json.dumps(steps)}
        row |= {"throttle_rules": json.dumps(json.loads(row.pop("options")))}
        leaving.append(Leaving(row.pop("id"), row))
    return leaving


def steps(*, after: int, limit: int) -> list[Leaving]:
    """The next steps. What a step says beyond its columns is JSON among its conditions."""
    leaving = []
    for row in fetch(_STEPS, [after // PLACES, after, limit]):
        step: dict[str, Any] = json.loads(row["step"])
        delay = step.get("delay") or {}
        rest = {name: value for name, value in step.items() if name not in _COLUMNS}
        columns = {
            "sequence_id": ("sequence", row["sequence"]), "step_type": step["kind"],
            "template_subject": step.get("subject", ""), "template_body": step.get("body", ""),
            "delay_hours": hours_of(delay), "conditions": json.dumps(rest),
        }  # fmt: skip
        leaving.append(Leaving(row["id"], columns, {"step_order": row["place"]}))
    return leaving


def call_campaigns(*, after: int, limit: int) -> list[Leaving]:
    """The next call campaigns; the people on their lists by the other system's ids."""
    rows = fetch(_CAMPAIGNS, [after, limit])
    lists = {row["id"]: json.loads(row.pop("targets")) for row in rows}
    people = {each["id"] for some in lists.values() for each in some}
    names = external.names_of(source="airtable", entity="contact", ids=people)
    leaving = []
    for row in rows:
        told = [
            {"contact_id": names.get(each["id"], f"headhaul-{each['id']}"), "state": each["state"],
             "disposition": each["disposition"]}
            for each in lists[row["id"]]
        ]  # fmt: skip
        leaving.append(Leaving(row.pop("id"), row | {"target_list": json.dumps(told)}))
    return leaving
