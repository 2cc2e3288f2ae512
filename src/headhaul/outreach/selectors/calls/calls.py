"""Calls that were made, and whom they reached."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from headhaul.accounts.selectors.pages import Conditions, Sort, fetch, page
from headhaul.accounts.services.reaching import recipient_at
from headhaul.accounts.visibility import scope_of
from headhaul.compliance.judging.recording import recording_rule
from headhaul.kernel import Actor, NotFound, Recipient
from headhaul.outreach.models import Call
from headhaul.outreach.schemas.calls import CallRow, Calls, GetCalls, PastCall, RecordingRule
from headhaul.outreach.selectors.reports.scope import seen

_COLUMNS = """f.id, f.started_at, f.seconds, f.direction, f.number, f.contact_id, coalesce(c.name, '') as contact,
    f.account_id, coalesce(a.name, '') as account, f.user_id, coalesce(nullif(u.name, ''), u.email, '') as user,
    f.campaign_id as call_campaign_id, coalesce(g.name, '') as call_campaign, f.script_version,
    nullif(f.disposition, '') as disposition, f.notes, f.callback_at, f.recording_url, f.transcript, f.receipt_id,
    f.activity_id, f.target_id"""
_SOURCE = """outreach_call f
    left join accounts_contact c on c.id = f.contact_id
    left join accounts_account a on a.id = f.account_id
    left join security_user u on u.id = f.user_id
    left join outreach_callcampaign g on g.id = f.campaign_id"""
_NEWEST = Sort(
    name="newest",
    columns=("f.started_at", "f.id"),
    types=(datetime, int),
    key=lambda row: [row["started_at"], row["id"]],
)


def calls(*, asked: GetCalls, by: Actor) -> Calls:
    """Calls, newest first."""
    narrowed = _seen(by)
    for column, wanted in (
        ("campaign_id", asked.call_campaign_id),
        ("contact_id", asked.contact_id),
        ("account_id", asked.account_id),
        ("user_id", asked.user_id),
    ):
        if wanted is not None:
            narrowed.add(f"f.{column} = %s", wanted)
    if asked.activity_ids:
        narrowed.add("f.activity_id = any(%s)", asked.activity_ids)
    if asked.dispositions:
        narrowed.add("f.disposition = any(%s)", ["" if each == "open" else str(each) for each in asked.dispositions])
    if asked.since is not None:
        narrowed.add("f.started_at >= %s", asked.since)
    if asked.until is not None:
        narrowed.add("f.started_at < %s", asked.until)
    found = page(
        columns=_COLUMNS,
        source=_SOURCE,
        counted_in="outreach_call f",
        conditions=narrowed,
        sort=_NEWEST,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return Calls(
        items=_shown(found.rows),
        next_cursor=found.next_cursor,
        total=found.total,
        total_is_exact=found.total_is_exact,
    )


def one(call_id: int, *, by: Actor) -> CallRow:
    """One call that this actor sees."""
    narrowed = _seen(by)
    narrowed.add("f.id = %s", call_id)
    rows = fetch(f"select {_COLUMNS} from {_SOURCE} where {narrowed.where}", narrowed.parameters)
    if not rows:
        raise NotFound(f"There is no call {call_id}.", fields={"callId": "one of getCalls"})
    return _shown(rows)[0]


def is_seen(call: Call, *, by: Actor) -> bool:
    """Whether this actor sees the call: as its account is, or their own."""
    narrowed = _seen(by)
    narrowed.add("f.id = %s", call.pk)
    return bool(fetch(f"select 1 as n from outreach_call f where {narrowed.where}", narrowed.parameters))


def past(contact_id: int, *, but: int | None = None) -> list[PastCall]:
    """The last calls with somebody that have an outcome."""
    found = Call.objects.filter(contact_id=contact_id).exclude(disposition="")
    if but is not None:
        found = found.exclude(pk=but)
    return [
        PastCall(
            id=call.pk,
            at=call.started_at,
            user=call.user.get_full_name() if call.user else "",
            disposition=call.disposition,
            notes=call.notes,
            seconds=call.seconds,
        )
        for call in found.select_related("user").order_by("-started_at")[:5]
    ]


def reached(call: Call) -> Recipient:
    """Whom the call reached, with the zones and states they may be in."""
    contact = call.contact
    if contact is None:
        return Recipient(channel="call", address=call.number)
    return recipient_at(account_id=contact.account_id, contact_id=contact.pk, channel="call", address=call.number)


def states_of(call: Call) -> tuple[str, ...]:
    """The states whose law on recording holds for the call."""
    return reached(call).states


def recording(states: tuple[str, ...]) -> RecordingRule:
    """What has to be said or asked before it is recorded."""
    rule = recording_rule(states)
    return RecordingRule(needs_consent=rule.needs_consent, sentence=rule.sentence, cite=rule.cite)


def _seen(by: Actor) -> Conditions:
    narrowed = Conditions()
    if not scope_of(by).is_all:
        seen(narrowed, by=by, alias="f")
    return narrowed


def _shown(rows: list[dict[str, Any]]) -> list[CallRow]:
    consents = dict(Call.objects.filter(pk__in=[row["id"] for row in rows]).values_list("id", "recording_consent"))
    return [CallRow(**row, recording_consent=consents[row["id"]]) for row in rows]
