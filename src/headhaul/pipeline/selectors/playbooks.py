"""Playbooks: those that fit, and what is done of them."""

from __future__ import annotations

import json
from typing import Any

from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.kernel import Actor
from headhaul.pipeline.models import Playbook
from headhaul.pipeline.schemas.help import GetPlaybooks, PlaybookRow, Playbooks, Step
from headhaul.pipeline.selectors.subjects import of_opportunity

_FITTING = """
select p.id, p.version, p.name, p.description, p.stage_key, p.segment, p.is_active, p.position, p.steps::text as steps
from pipeline_playbook p left join (
    select key, min(position) as position from pipeline_stage group by key
) s on s.key = p.stage_key
where {where}
order by p.stage_key = '' , s.position nulls last, p.segment = '', p.position, p.id
"""
_DONE = """
select d.playbook_id, d.step_key, d.done_at, coalesce(nullif(u.name, ''), u.email, 'Headhaul') as done_by
from pipeline_playbookstepdone d left join security_user u on u.id = d.done_by_id where d.opportunity_id = %s
"""


def playbooks(*, asked: GetPlaybooks, by: Actor) -> Playbooks:
    """Those that fit what was asked, or what the opportunity is."""
    stage, segment = asked.stage_key, asked.segment and str(asked.segment)
    done: dict[tuple[int, str], dict[str, Any]] = {}
    if asked.opportunity_id is not None:
        subject = of_opportunity(asked.opportunity_id, by=by)
        stage, segment = stage or subject["stage_key"], segment or subject["segment"]
        done = {(row["playbook_id"], row["step_key"]): row for row in fetch(_DONE, [asked.opportunity_id])}
    narrowed = Conditions()
    narrowed.add("p.removed_at is null")
    if not asked.include_inactive:
        narrowed.add("p.is_active")
    for column, word in (("p.stage_key", stage), ("p.segment", segment)):
        if word:
            narrowed.add(f"{column} in ('', %s)", word)
    found = fetch(_FITTING.format(where=narrowed.where), narrowed.parameters)
    return Playbooks(items=[_row(each, done) for each in found])


def row(playbook: Playbook) -> PlaybookRow:
    """One as it is now."""
    names = ("id", "version", "name", "description", "stage_key", "segment", "is_active", "position")
    return PlaybookRow(
        **{name: getattr(playbook, name) for name in names}, steps=[Step(**step) for step in playbook.steps]
    )


def done_of(opportunity_id: int, playbook: Playbook) -> PlaybookRow:
    """One with what is done of it."""
    done = {(each["playbook_id"], each["step_key"]): each for each in fetch(_DONE, [opportunity_id])}
    return _with_done(row(playbook), done)


def _row(found: dict[str, Any], done: dict[tuple[int, str], dict[str, Any]]) -> PlaybookRow:
    steps = [Step.model_validate(step) for step in json.loads(found["steps"])]
    return _with_done(PlaybookRow(**(found | {"steps": steps})), done)


def _with_done(playbook: PlaybookRow, done: dict[tuple[int, str], dict[str, Any]]) -> PlaybookRow:
    steps = []
    for step in playbook.steps:
        mark = done.get((playbook.id, step.key))
        known = {"done_at": mark["done_at"], "done_by": mark["done_by"]} if mark else {}
        steps.append(step.model_copy(update=known))
    return playbook.model_copy(update={"steps": steps, "done": sum(step.done_at is not None for step in steps)})
