"""Reading sequences: lists with counts, and one with what its versions say and what became of each step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from headhaul.accounts.selectors.pages import Conditions, Sort, fetch, page
from headhaul.accounts.selectors.scoping import literal
from headhaul.kernel import Actor, NotFound, Role
from headhaul.outreach.choices import LIVE_ENROLMENTS, WENT_OUT, DelayUnit, EnrolmentState, SequenceState, StepKind
from headhaul.outreach.models import Sequence, SequenceVersion, Template
from headhaul.outreach.schemas.sequences import (
    Counts,
    ListSequences,
    SequenceDetail,
    SequenceRow,
    SequencesPage,
    StepCounts,
    VersionRow,
)
from headhaul.outreach.schemas.steps import StepView
from headhaul.outreach.selectors import saying, wordings
from headhaul.outreach.selectors.plans import Plan, plan_of

_LIVE = sorted(str(state) for state in LIVE_ENROLMENTS)
_SENT = sorted(str(state) for state in WENT_OUT)
_COLUMNS = """
    s.id, s.version, s.current as number, s.name, s.campaign, s.state, s.owner_id, s.updated_at, s.created_at,
    coalesce(nullif(u.name, ''), u.email, '') as owner_name,
    (select max(e.enrolled_at) from outreach_enrolment e where e.sequence_id = s.id) as last_enrolled_at
"""
_SOURCE = "outreach_sequence s left join security_user u on u.id = s.owner_id"
_NEWEST = Sort("newest", ("s.created_at", "s.id"), (datetime, int), lambda row: [row["created_at"], row["id"]])
_COUNTS = "select sequence_id, state, count(*) as n from outreach_enrolment where sequence_id = any(%s) group by 1, 2"
_OF_STEPS = """
select m.step_key as key, count(*) filter (where m.state = any(%s)) as sent,
       count(*) filter (where m.state in ('queued', 'claimed', 'dispatching')) as queued,
       count(*) filter (where m.state in ('failed', 'expired')) as failed
from outreach_message m where m.sequence_id = %s and m.purpose <> 'test' group by 1
"""
_HERE = """
select step_key as key, count(*) as n from outreach_enrolment where sequence_id = %s and state = any(%s) group by 1
"""
_SKIPPED = """
select c.step_key as key, count(*) as n from outreach_enrolmentchange c
join outreach_enrolment e on e.id = c.enrolment_id where e.sequence_id = %s and c.kind = 'skipped' group by 1
"""
_VERSIONS = """
select v.number, v.saved_at, coalesce(nullif(u.name, ''), u.email, '') as saved_by,
       (select count(*) from outreach_enrolment e
        where e.sequence_id = v.sequence_id and e.version_number = v.number and e.state = any(%s)) as live
from outreach_sequenceversion v left join security_user u on u.id = v.saved_by_id
where v.sequence_id = %s order by v.number desc limit 50
"""


def sequences_page(*, asked: ListSequences) -> SequencesPage:
    """A page of sequences with their counts."""
    narrowed = Conditions()
    if asked.state is None:
        narrowed.add("s.state <> %s", SequenceState.ARCHIVED.value)
    else:
        narrowed.add("s.state = %s", asked.state.value)
    if asked.campaign is not None:
        narrowed.add("s.campaign = %s", asked.campaign)
    if asked.owner_id is not None:
        narrowed.add("s.owner_id = %s", asked.owner_id)
    if asked.q:
        narrowed.add("s.name ilike %s", f"%{literal(asked.q)}%")
    found = page(columns=_COLUMNS, source=_SOURCE, counted_in="outreach_sequence s", conditions=narrowed,
                 sort=_NEWEST, cursor=asked.cursor, limit=asked.limit)  # fmt: skip
    ids = [row["id"] for row in found.rows]
    counted = counts_of(ids)
    plans = {
        version.sequence_id: plan_of(version)
        for version in SequenceVersion.objects.filter(sequence_id__in=ids)
        if version.number == next(row["number"] for row in found.rows if row["id"] == version.sequence_id)
    }
    return SequencesPage(
        items=[_row(row, plans[row["id"]], counted[row["id"]]) for row in found.rows],
        next_cursor=found.next_cursor,
        total=found.total,
        total_is_exact=found.total_is_exact,
    )


def counts_of(ids: Iterable[int]) -> dict[int, Counts]:
    """How many people are where, by sequence."""
    named = list(ids)
    by_state: dict[int, dict[str, int]] = {key: {} for key in named}
    for row in fetch(_COUNTS, [named]):
        by_state[row["sequence_id"]][row["state"]] = row["n"]
    return {key: _counts(states) for key, states in by_state.items()}


def detail(*, sequence_id: int, number: int | None, by: Actor) -> SequenceDetail:
    """One sequence with what the current version says, or an earlier one."""
    row = Sequence.objects.select_related("owner").filter(pk=sequence_id).first()
    if row is None:
        raise NotFound(f"There is no sequence {sequence_id}.", fields={"sequenceId": "see listSequences"})
    version = SequenceVersion.objects.filter(sequence=row, number=number or row.current).first()
    if version is None:
        raise NotFound("There is no such version of this sequence.", fields={"number": "see versions"})
    plan = plan_of(version)
    return SequenceDetail(
        id=row.pk,
        version=row.version,
        number=version.number,
        current=row.current,
        name=row.name,
        campaign=row.campaign,
        state=SequenceState(row.state),
        owner_id=row.owner_id,
        owner_name=row.owner.get_full_name() if row.owner else "",
        steps=[step.model_copy(update={"says": saying.says(step)}) for step in plan.steps],
        options=plan.options,
        own_options=version.options,
        counts=counts_of([row.pk])[row.pk],
        step_counts=_step_counts(plan),
        versions=[VersionRow(**each) for each in fetch(_VERSIONS, [_LIVE, row.pk])],
        warnings=warnings_of(plan, row, version),
        may_change=by.role is not None and by.role.allows(Role.MANAGER),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def warnings_of(plan: Plan, row: Sequence, version: SequenceVersion) -> list[str]:
    """What to think about before people are enrolled."""
    found = list(wordings.against(plan))
    if StepKind.SMS in {step.kind for step in plan.steps}:
        found.append("Text messages reach only people who agreed to texts; the others skip that step.")
    if StepKind.CALL in {step.kind for step in plan.steps}:
        found.append("Calls reach only people who agreed to calls; the others skip that step.")
    used = {step.template_id for step in plan.steps if step.template_id is not None}
    newer = Template.objects.filter(pk__in=used, updated_at__gt=version.saved_at).order_by("name")
    found += [
        f"The template {each.name} was changed since; save the step again to take its text over." for each in newer
    ]
    if version.number != row.current:
        found.append(f"This is version {version.number}; new people are enrolled in version {row.current}.")
    return found


def days_of(plan: Plan) -> int:
    """About how many days it runs, when every condition leads to the next step."""
    hours = 0.0
    for step in plan.steps:
        factor = {DelayUnit.HOURS: 1.0, DelayUnit.DAYS: 24.0, DelayUnit.BUSINESS_DAYS: 24.0 * 7 / 5}[step.delay.unit]
        hours += step.delay.amount * factor
    return round(hours / 24)


def _row(row: Mapping[str, Any], plan: Plan, counted: Counts) -> SequenceRow:
    own = {name: row[name] for name in SequenceRow.model_fields if name in row}
    kinds = list(dict.fromkeys(step.kind for step in plan.steps if step.kind not in _QUIET))
    return SequenceRow(**own, channels=kinds, step_count=len(plan.steps), days=days_of(plan), counts=counted)


_QUIET = (StepKind.WAIT, StepKind.CONDITION)


def _counts(states: Mapping[str, int]) -> Counts:
    live = sum(states.get(state, 0) for state in _LIVE)
    return Counts(
        **{str(state): states.get(state, 0) for state in EnrolmentState}, live=live, total=sum(states.values())
    )


def _step_counts(plan: Plan) -> list[StepCounts]:
    of_steps = {row["key"]: row for row in fetch(_OF_STEPS, [_SENT, plan.sequence_id])}
    here = {row["key"]: row["n"] for row in fetch(_HERE, [plan.sequence_id, _LIVE])}
    skipped = {row["key"]: row["n"] for row in fetch(_SKIPPED, [plan.sequence_id])}
    return [_of_step(step, of_steps.get(step.key, {}), here, skipped) for step in plan.steps]


def _of_step(
    step: StepView, of_step: Mapping[str, Any], here: Mapping[str, int], skipped: Mapping[str, int]
) -> StepCounts:
    told = {name: of_step.get(name, 0) for name in ("sent", "queued", "failed")}
    return StepCounts(key=step.key, here=here.get(step.key, 0), skipped=skipped.get(step.key, 0), **told)
