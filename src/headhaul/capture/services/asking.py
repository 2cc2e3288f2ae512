"""What a lead would score, without taking it down."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from headhaul.accounts.models import Account
from headhaul.capture.choices import MatchedBy
from headhaul.capture.models import Lead
from headhaul.capture.schemas.leads import LeadScored, ScoreLead, ScoreReason, WhatIf
from headhaul.capture.scoring import Facts
from headhaul.capture.selectors import facts, leads
from headhaul.capture.services import events, given, matching, scores, sources
from headhaul.capture.services.given import Given
from headhaul.kernel import Actor


def score(*, asked: ScoreLead, at: datetime, by: Actor) -> LeadScored:
    """By a lead as its company is now, or by what is given. The account is only named to who may see it."""
    if asked.lead_id is not None:
        leads.one(lead_id=asked.lead_id, at=at, by=by)
        lead = Lead.objects.select_related("source", "contact").get(pk=asked.lead_id)
        known = _facts_of_lead(lead)
        return _scored(known, lead.account_id, MatchedBy(lead.match.get("by", "")))
    said = given.read(asked)
    given.check_names_somebody(said)
    event = events.find(asked.event_id) if asked.event_id is not None else None
    match = matching.account_of(said, event=event)
    seen = match.account_id is not None and Account.objects.visible_to(by).filter(pk=match.account_id).exists()
    found = facts.known(
        account_id=match.account_id, dot_number=said.dot_number, state=said.state, fleet_size=said.fleet_size
    )
    source = sources.named(asked.source) if asked.source else event.source if event else None
    known = facts.facts_of(
        found,
        source_quality=source.quality if source else None,
        source_name=source.name if source else "",
        person=_person(said),
    )
    return _scored(known, match.account_id if seen else None, match.by)


def _person(said: Given) -> dict[str, bool]:
    return {
        "has_contact_name": bool(said.contact_name),
        "has_email": bool(said.emails),
        "has_phone": bool(said.phones),
        "has_role": bool(said.role or said.title),
    }


def _facts_of_lead(lead: Lead) -> Facts:
    known = facts.known(
        account_id=lead.account_id,
        dot_number=lead.dot_number,
        state=str(lead.as_given.get("state", "")),
        fleet_size=lead.as_given.get("fleetSize"),
    )
    typed = lead.as_given
    return facts.facts_of(
        known,
        source_quality=lead.source.quality,
        source_name=lead.source.name,
        person={
            "has_contact_name": bool(typed.get("contactName")),
            "has_email": bool(typed.get("emails")),
            "has_phone": bool(typed.get("phones")),
            "has_role": bool(typed.get("role") or typed.get("title")),
        },
    )


def _scored(known: Facts, account_id: int | None, by: MatchedBy) -> LeadScored:
    numbers, scored, model_id = scores.judge(known)
    return LeadScored(
        score=scored.score,
        grade=scored.grade,
        p_convert=scored.p_convert,
        reasons=[ScoreReason(**asdict(reason)) for reason in scored.reasons],
        counterfactuals=[WhatIf(**asdict(each)) for each in scored.counterfactuals],
        features=numbers,
        model="documented weights" if model_id is None else f"model {model_id}",
        account_id=account_id,
        matched_by=by,
    )
