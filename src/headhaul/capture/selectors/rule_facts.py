"""Leads as automation rules see them: what can be asked of one, and the leads of the last days to try a rule on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from headhaul.accounts.selectors.pages import fetch
from headhaul.capture.choices import Grade, LeadDoor, LeadStatus
from headhaul.capture.models import Lead, LeadSource
from headhaul.pipeline.choices import RuleTrigger
from headhaul.pipeline.ports import Fact, PastRecord

_LEADS = """
select l.id, l.grade, l.score, l.status, l.medium, l.campaign, l.door, l.owner_id, l.tags, s.key as source,
       coalesce(e.name, '') as event, array(select jsonb_array_elements_text(coalesce(l.consent -> 'channels', '[]')))
       as agreed, l.contact_id is not null as has_contact
from capture_lead l join capture_leadsource s on s.id = l.source_id
left join capture_captureevent e on e.id = l.event_id
where l.id = any(%s)
"""


class LeadFacts:
    """A lead is scored once, when it is taken down, and keeps its score and grade: one trigger tells of both."""

    kind = "lead"
    triggers = frozenset({RuleTrigger.LEAD_CAPTURED})

    def facts(self, *, users: Mapping[str, str]) -> Sequence[Fact]:
        """What conditions can ask of a lead."""
        sources = dict(LeadSource.objects.order_by("name").values_list("key", "name"))
        return [
            Fact("lead.grade", "Lead's class", "choice", {each.value: each.label for each in Grade}),
            Fact("lead.score", "Lead score", "number"),
            Fact("lead.source", "Lead's source", "choice", sources),
            Fact("lead.medium", "Lead's channel", "text"),
            Fact("lead.campaign", "Lead's campaign", "text"),
            Fact("lead.event", "Event it was captured at", "text"),
            Fact("lead.door", "How the lead came in", "choice", {each.value: each.label for each in LeadDoor}),
            Fact("lead.status", "Lead's status", "choice", {each.value: each.label for each in LeadStatus}),
            Fact("lead.owner", "Lead's owner", "user", users),
            Fact("lead.tag", "Tags of the lead", "tags"),
            Fact("lead.agreedTo", "Channels they agreed to", "tags"),
            Fact("lead.hasContact", "Names a person", "yes_no"),
        ]  # fmt: skip

    def load(self, ids: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
        """What is known of each."""
        return {row["id"]: _facts(row) for row in fetch(_LEADS, [list(ids)])}

    def newest_of(self, account_id: int) -> int | None:
        """The account's latest lead."""
        found = Lead.objects.counted().filter(account_id=account_id).order_by("-captured_at", "-pk")
        return found.values_list("pk", flat=True).first()

    def past(self, trigger: RuleTrigger, *, since: datetime, most: int) -> Sequence[PastRecord]:
        """Leads of their own since then, the newest first."""
        found = Lead.objects.counted().filter(captured_at__gte=since, account__isnull=False)
        rows = found.order_by("-captured_at", "-pk").values_list("captured_at", "account_id", "pk")[:most]
        return [PastRecord(at, account_id, pk) for at, account_id, pk in rows if account_id is not None]


def _facts(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "lead.grade": row["grade"], "lead.score": row["score"], "lead.source": row["source"],
        "lead.medium": row["medium"] or None, "lead.campaign": row["campaign"] or None,
        "lead.event": row["event"] or None, "lead.door": row["door"], "lead.status": row["status"],
        "lead.owner": row["owner_id"], "lead.tag": list(row["tags"]), "lead.agreedTo": list(row["agreed"]),
        "lead.hasContact": row["has_contact"],
    }  # fmt: skip
