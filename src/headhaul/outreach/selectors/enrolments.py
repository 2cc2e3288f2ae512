"""Reading who is in sequences: where they stand, what comes next and when, and what holds it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from headhaul.accounts.selectors.pages import Conditions, Sort, fetch, page
from headhaul.accounts.selectors.scoping import literal, visible
from headhaul.kernel import Actor
from headhaul.kernel.days import end_of, resolved, start_of
from headhaul.outreach.choices import LIVE_ENROLMENTS, WENT_OUT
from headhaul.outreach.models import Enrolment, SequenceVersion
from headhaul.outreach.ports import firm_zone
from headhaul.outreach.schemas.enrolments import EnrolmentMove, EnrolmentRow, EnrolmentsPage, GetEnrollments
from headhaul.outreach.selectors import saying
from headhaul.outreach.selectors.plans import Plan, plan_of
from headhaul.outreach.selectors.reports.scope import whose

_LIVE = sorted(str(state) for state in LIVE_ENROLMENTS)
_SENT = ", ".join(f"'{state}'" for state in sorted(WENT_OUT))
_COLUMNS = f"""
    e.id, e.sequence_id, s.name as sequence_name, e.version_number as number, e.contact_id, c.name as contact_name,
    e.account_id, a.name as account_name, e.owner_id, coalesce(nullif(u.name, ''), u.email, '') as owner_name, e.state,
    e.step_key, e.next_at, c.timezone, e.held_rule, e.held_reason, e.ended_reason, e.round, e.source, e.batch_id,
    e.enrolled_at, e.ended_at,
    (select count(*) from outreach_message m where m.enrolment_id = e.id and m.state in ({_SENT})) as sent
"""
_FROM = """
outreach_enrolment e join accounts_account a on a.id = e.account_id join accounts_contact c on c.id = e.contact_id
"""
_SOURCE = f"{_FROM} join outreach_sequence s on s.id = e.sequence_id left join security_user u on u.id = e.owner_id"
_NEWEST = Sort("newest", ("e.enrolled_at", "e.id"), (datetime, int), lambda row: [row["enrolled_at"], row["id"]])
_MOVES = """
select c.at, c.from_state, c.to_state, c.step_key, c.reason, coalesce(nullif(u.name, ''), u.email, '') as by
from outreach_enrolmentchange c left join security_user u on u.id = c.by_id where c.enrolment_id = %s order by c.id
"""


def enrolments_page(*, asked: GetEnrollments, by: Actor, at: datetime) -> EnrolmentsPage:
    """A page of enrolments of accounts that this actor sees."""
    narrowed = _narrowed(asked, by=by, at=at)
    found = page(columns=_COLUMNS, source=_SOURCE, counted_in=_FROM, conditions=narrowed, sort=_NEWEST,
                 cursor=asked.cursor, limit=asked.limit)  # fmt: skip
    plans = _plans(found.rows)
    items = [_row(row, plans[row["sequence_id"], row["number"]]) for row in found.rows]
    if asked.enrolment_id is not None:
        items = [item.model_copy(update={"moves": _moves(item.id)}) for item in items]
    return EnrolmentsPage(
        items=items, next_cursor=found.next_cursor, total=found.total, total_is_exact=found.total_is_exact
    )


def _narrowed(asked: GetEnrollments, *, by: Actor, at: datetime) -> Conditions:
    narrowed = Conditions()
    visible(narrowed, by=by)
    for column, value in (
        ("e.id", asked.enrolment_id),
        ("e.sequence_id", asked.sequence_id),
        ("e.contact_id", asked.contact_id),
        ("e.account_id", asked.account_id),
        ("e.owner_id", asked.owner_id),
        ("e.state", asked.state.value if asked.state else None),
        ("e.step_key", asked.step_key or None),
        ("e.batch_id", asked.batch_id),
        ("e.version_number", asked.version),
    ):
        if value is not None:
            narrowed.add(f"{column} = %s", value)
    if asked.enrolled_from:
        narrowed.add(
            "e.enrolled_at >= %s", start_of(resolved(asked.enrolled_from, at=at, zone=firm_zone()), firm_zone())
        )
    if asked.enrolled_to:
        narrowed.add("e.enrolled_at < %s", end_of(resolved(asked.enrolled_to, at=at, zone=firm_zone()), firm_zone()))
    whose(narrowed, asked.owner, "e.owner_id", by=by)
    if asked.is_live is not None:
        narrowed.add("(e.state = any(%s)) = %s", _LIVE, asked.is_live)
    if asked.q:
        narrowed.add("(c.name ilike %s or a.name ilike %s)", *[f"%{literal(asked.q)}%"] * 2)
    return narrowed


def _plans(rows: list[dict[str, Any]]) -> dict[tuple[int, int], Plan]:
    wanted = {(row["sequence_id"], row["number"]) for row in rows}
    versions = SequenceVersion.objects.filter(sequence_id__in={key for key, _ in wanted})
    return {key: plan_of(each) for each in versions if (key := (each.sequence_id, each.number)) in wanted}


def _row(row: Mapping[str, Any], plan: Plan) -> EnrolmentRow:
    step = plan.step(row["step_key"])
    return EnrolmentRow(
        **row,
        step_title=saying.title_of(step) if step else "",
        step_kind=step.kind.value if step else "",
        step_number=plan.position(row["step_key"]),
        step_count=len(plan.steps),
    )


def _moves(enrolment_id: int) -> list[EnrolmentMove]:
    return [EnrolmentMove(**row) for row in fetch(_MOVES, [enrolment_id])]


def is_in_sequence(account_id: int) -> bool:
    """Whether anybody at the account is in a sequence now."""
    return Enrolment.objects.filter(account=account_id, state__in=_LIVE).exists()
