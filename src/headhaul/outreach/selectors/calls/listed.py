"""The people of a call campaign, as a list: where each stands, and who may still be taken out."""

from __future__ import annotations

from datetime import datetime

from headhaul.accounts.selectors.pages import Conditions, Sort, page
from headhaul.accounts.selectors.scoping import visible
from headhaul.kernel import Actor, NotFound
from headhaul.outreach.choices import Disposition, TargetState
from headhaul.outreach.models import CallCampaign
from headhaul.outreach.schemas.calls import CallTargetRow, CallTargets, GetCallTargets

REMOVABLE = f"""(t.state = '{TargetState.QUEUED}' and t.tries = 0 and t.enrolment_id is null
    and not exists (select from outreach_call k where k.target_id = t.id))"""
"""Whom nobody has taken or called yet; what a step of a sequence asked for is the sequence's own."""
_COLUMNS = f"""t.id as target_id, t.contact_id, c.name as contact, c.title, t.account_id, a.name as account,
    coalesce(x.score_hundredths, t.score_hundredths) as score_hundredths, t.state, t.tries,
    nullif(t.last_disposition, '') as last_disposition, t.due_at, t.added_at, t.step_key, e.sequence_id,
    coalesce(s.name, '') as sequence, {REMOVABLE} as may_be_removed,
    case when t.state = 'taken' then t.taken_by_id end as taken_by_id, t.taken_until,
    case when t.state = 'taken' then coalesce(nullif(u.name, ''), u.email, '') else '' end as taken_by"""
_COUNTED = """outreach_calltarget t
    join accounts_contact c on c.id = t.contact_id
    join accounts_account a on a.id = t.account_id"""
_SOURCE = f"""{_COUNTED}
    left join accounts_accountscore x on x.account_id = t.account_id
    left join outreach_enrolment e on e.id = t.enrolment_id
    left join outreach_sequence s on s.id = e.sequence_id
    left join security_user u on u.id = t.taken_by_id"""
_NEWEST = Sort(name="newest targets", columns=("t.id",), types=(int,), key=lambda row: [row["target_id"]])


def targets(*, asked: GetCallTargets, by: Actor, at: datetime) -> CallTargets:
    """Those of the campaign that this actor sees, the last one added first."""
    if not CallCampaign.objects.filter(pk=asked.call_campaign_id).exists():
        raise NotFound("There is no such call campaign.", fields={"callCampaignId": "one of getCallCampaigns"})
    narrowed = Conditions()
    visible(narrowed, by=by)
    narrowed.add("t.campaign_id = %s", asked.call_campaign_id)
    if asked.states:
        narrowed.add("t.state = any(%s)", [str(state) for state in asked.states])
    if asked.contact_id is not None:
        narrowed.add("t.contact_id = %s", asked.contact_id)
    found = page(columns=_COLUMNS, source=_SOURCE, counted_in=_COUNTED, conditions=narrowed, sort=_NEWEST,
                 cursor=asked.cursor, limit=asked.limit)  # fmt: skip
    return CallTargets(
        items=[_row(each, at=at) for each in found.rows],
        next_cursor=found.next_cursor,
        total=found.total,
        total_is_exact=found.total_is_exact,
    )


def _row(row: dict[str, object], *, at: datetime) -> CallTargetRow:
    score, until = row.pop("score_hundredths"), row.pop("taken_until")
    is_leased = isinstance(until, datetime) and until > at
    return CallTargetRow.model_validate(
        row
        | {
            "score": score / 100 if isinstance(score, int) else None,
            "is_callback": row["last_disposition"] == Disposition.CALLBACK and row["state"] != TargetState.DONE,
            "taken_by_id": row["taken_by_id"] if is_leased else None,
            "taken_by": row["taken_by"] if is_leased else "",
        }
    )
