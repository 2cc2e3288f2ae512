"""Leads as rows: the queue, one lead with everything, and the answer to whoever took one down."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

from headhaul import preferences
from headhaul.accounts.selectors.pages import Conditions, Sort, fetch, page
from headhaul.capture.choices import OPEN_STATUSES, CaptureStatus, MatchedBy, RoutedBy
from headhaul.capture.models import Lead
from headhaul.capture.preferences import PublicForms
from headhaul.capture.schemas.leads import (
    GetLeadQueue,
    LeadCaptured,
    LeadDetail,
    LeadRow,
    LeadsPage,
    RoutingStep,
    ScoreReason,
    TouchRow,
    WhatIf,
)
from headhaul.capture.schemas.words import Person
from headhaul.capture.selectors.seen import visible
from headhaul.kernel import Actor, NotFound

_COLUMNS = """
l.id, l.client_id, l.version, l.rank, l.account_id, l.contact_id, l.opportunity_id, l.dot_number, l.event_id,
l.medium, l.campaign, l.door, l.captured_at, l.status, l.score, l.grade, l.due_at, l.first_attempt_at,
l.escalated_at, l.outcome, l.is_spam, l.tags, coalesce(e.name, '') as event, s.key as source, s.name as source_name,
coalesce(nullif(c.name, ''), l.as_given ->> 'contactName', '') as person,
coalesce(nullif(a.name, ''), l.as_given ->> 'company', '') as company,
coalesce(nullif(a.city, ''), l.as_given ->> 'city', '') as city,
coalesce(nullif(a.state, ''), l.as_given ->> 'state', '') as state,
l.owner_id, coalesce(nullif(o.name, ''), o.email) as owner_name,
l.captured_by_id, coalesce(nullif(t.name, ''), t.email) as captured_by_name
"""
_SOURCE = """
capture_lead l join capture_leadsource s on s.id = l.source_id
left join capture_captureevent e on e.id = l.event_id
left join accounts_account a on a.id = l.account_id
left join accounts_contact c on c.id = l.contact_id
left join security_user o on o.id = l.owner_id
left join security_user t on t.id = l.captured_by_id
"""
_COUNTED = "capture_lead l left join accounts_account a on a.id = l.account_id"
_LATE = "l.first_attempt_at is null and l.due_at < %s"

HOT_FIRST = Sort(
    "hot",
    ("l.rank", "l.captured_at", "l.id"),
    (int, datetime, int),
    lambda row: [row["rank"], row["captured_at"], row["id"]],
)
NEWEST = Sort("newest", ("l.captured_at", "l.id"), (datetime, int), lambda row: [row["captured_at"], row["id"]])


def queue(*, asked: GetLeadQueue, at: datetime, by: Actor) -> LeadsPage:
    """A page of leads that this actor sees."""
    narrowed = _narrowed(asked, at=at, by=by)
    found = page(
        columns=_COLUMNS,
        source=_SOURCE,
        counted_in=_COUNTED,
        conditions=narrowed,
        sort=HOT_FIRST if asked.order == "hot" else NEWEST,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return LeadsPage(
        items=[LeadRow(**_row(row, at=at)) for row in found.rows],
        next_cursor=found.next_cursor,
        total=found.total,
        total_is_exact=found.total_is_exact,
    )


def _narrowed(asked: GetLeadQueue, *, at: datetime, by: Actor) -> Conditions:
    narrowed = Conditions()
    visible(narrowed, by=by)
    if asked.is_spam:
        narrowed.add("l.is_spam")
    else:
        narrowed.add("not l.is_spam and l.merged_into_id is null")
        _status(narrowed, asked)
    if asked.grade is not None:
        narrowed.add("l.grade = %s", asked.grade.value)
    if asked.owner == "none":
        narrowed.add("l.owner_id is null")
    elif asked.owner == "me" or asked.owner_id is not None:
        narrowed.add("l.owner_id = %s", by.user_id if asked.owner == "me" else asked.owner_id)
    for column, value in (("l.event_id", asked.event_id), ("l.account_id", asked.account_id)):
        if value is not None:
            narrowed.add(f"{column} = %s", value)
    if asked.source is not None:
        narrowed.add("l.source_id = (select id from capture_leadsource where key = %s)", asked.source)
    if asked.is_late:
        narrowed.add(_LATE, at)
    return narrowed


def _status(narrowed: Conditions, asked: GetLeadQueue) -> None:
    if asked.status == "open":
        words = ", ".join(f"'{status}'" for status in sorted(OPEN_STATUSES))
        narrowed.add(f"l.status in ({words})")
    elif asked.status != "all":
        narrowed.add("l.status = %s", asked.status)


def one(*, lead_id: int, at: datetime, by: Actor) -> LeadDetail:
    """A lead with everything that is known of it."""
    narrowed = Conditions()
    visible(narrowed, by=by)
    narrowed.add("l.id = %s", lead_id)
    found = fetch(f"select {_COLUMNS} from {_SOURCE} where {narrowed.where}", narrowed.parameters)
    if not found:
        raise NotFound(f"There is no lead {lead_id}.", fields={"leadId": "see getLeadQueue"})
    lead = Lead.objects.get(pk=lead_id)
    steps = _steps(lead_id)
    return LeadDetail(
        **_row(found[0], at=at),
        **explained(lead),
        as_given=lead.as_given,
        note=lead.note,
        consent=lead.consent,
        clock_note=lead.clock_note,
        received_at=lead.received_at,
        status_reason=lead.status_reason,
        spam_reasons=lead.spam_reasons,
        kept_at=lead.kept_at,
        removed_on=_removed_on(lead),
        scored_at=lead.scored_at,
        features=lead.features,
        routed=steps[0].why if steps else "",
        routing=steps,
        follow_up_id=lead.follow_up_id,
        outcome_at=lead.outcome_at,
        merged_into_id=lead.merged_into_id,
        doubles=lead.doubles.count(),
        touches=_touches(lead.account_id),
    )


def _removed_on(lead: Lead) -> date | None:
    """When its time is over, for what was held back as junk and nobody keeps."""
    if not lead.is_spam or lead.kept_at is not None:
        return None
    return (lead.received_at + timedelta(days=preferences.get(PublicForms).held_days)).date()


def id_of(*, client_id: Any, by: Actor) -> int:
    """The lead that was sent with this client id, if this actor sees it."""
    narrowed = Conditions()
    visible(narrowed, by=by)
    narrowed.add("l.client_id = %s", client_id)
    found = fetch(f"select l.id from {_COUNTED} where {narrowed.where}", narrowed.parameters)
    if not found:
        raise NotFound("No lead was sent with this client id.", fields={"clientId": "unknown"})
    return int(found[0]["id"])


def explained(lead: Lead) -> dict[str, Any]:
    """How it was recognised, and why it has its score."""
    return {
        "joined": lead.match.get("joined", ""),
        "matched_by": MatchedBy(lead.match.get("by", "")),
        "differs": lead.match.get("differs", []),
        "p_convert": lead.p_convert,
        "reasons": [ScoreReason(**each) for each in lead.reasons],
        "counterfactuals": [WhatIf(**each) for each in lead.counterfactuals],
    }


def answer(lead: Lead, *, client_id: Any, status: CaptureStatus) -> LeadCaptured:
    """What whoever took it down is told."""
    own = lead if str(lead.client_id) == str(client_id) else Lead.objects.get(client_id=client_id)
    steps = _steps(lead.pk)
    joined = explained(own)
    if own.pk != lead.pk:
        place = f"at {lead.event.name} " if lead.event else ""
        joined["joined"] = f"Taken down {place}before, as lead {lead.pk}. {joined['joined']}".strip()
    owner = lead.owner
    said = explained(lead) | {name: joined[name] for name in ("joined", "matched_by", "differs")}
    return LeadCaptured(
        lead_id=lead.pk,
        client_id=str(own.client_id),
        account_id=lead.account_id,
        contact_id=own.contact_id or lead.contact_id,
        opportunity_id=lead.opportunity_id,
        is_new=bool(own.match.get("isNew")),
        score=lead.score,
        grade=lead.grade,
        owner=Person(id=owner.pk, name=owner.get_full_name()) if owner else None,
        routed=steps[0].why if steps else "",
        due_at=lead.due_at,
        follow_up_id=lead.follow_up_id,
        captured_at=own.captured_at,
        clock_note=own.clock_note,
        status=status,
        **said,
    )


def _row(row: dict[str, Any], *, at: datetime) -> dict[str, Any]:
    plain = {
        name: row[name]
        for name in (
            "id", "version", "company", "account_id", "contact_id", "opportunity_id", "dot_number", "city", "state",
            "event_id", "event", "source", "source_name", "medium", "campaign", "door", "captured_at", "status",
            "score", "grade", "due_at", "first_attempt_at", "escalated_at", "outcome", "is_spam", "tags",
        )
    }  # fmt: skip
    is_late = bool(row["due_at"] and row["first_attempt_at"] is None and row["due_at"] < at)
    return plain | {
        "client_id": str(row["client_id"]),
        "name": row["person"] or row["company"],
        "owner": _person(row["owner_id"], row["owner_name"]),
        "captured_by": _person(row["captured_by_id"], row["captured_by_name"]),
        "is_late": is_late and row["status"] in OPEN_STATUSES,
    }


def _person(key: int | None, name: str | None) -> Person | None:
    return None if key is None else Person(id=key, name=name or "")


_STEPS = """
select d.decided_at as at, d.by, d.why, d.passed_over::text as passed_over, d.owner_id,
       coalesce(nullif(u.name, ''), u.email) as owner_name
from capture_routingdecision d left join security_user u on u.id = d.owner_id
where d.lead_id = %s order by d.id desc limit 50
"""


def _steps(lead_id: int) -> list[RoutingStep]:
    return [
        RoutingStep(
            at=row["at"],
            owner=_person(row["owner_id"], row["owner_name"]),
            by=RoutedBy(row["by"]).value,
            why=row["why"],
            passed_over=json.loads(row["passed_over"]),
        )
        for row in fetch(_STEPS, [lead_id])
    ]


_TOUCHES = """
select at, kind, channel, source, campaign, lead_id from capture_leadtouch
where account_id = %s order by at desc, id desc limit 50
"""


def _touches(account_id: int | None) -> list[TouchRow]:
    return [] if account_id is None else [TouchRow(**row) for row in fetch(_TOUCHES, [account_id])]
