"""Rows that become call campaigns: drafts with their script and the people on their list. Nobody is called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from headhaul.accounts.ports.imports import (
    ImportField,
    Kind,
    MatchKey,
    Problem,
    Rules,
    Session,
)
from headhaul.accounts.services.importing import external
from headhaul.accounts.services.importing.account_fields import EXTERNAL
from headhaul.accounts.services.importing.drafts import DraftSession
from headhaul.accounts.services.importing.sessions import Refusal
from headhaul.outreach.models import CallCampaign
from headhaul.outreach.schemas.calls import MOST_TARGETS, AddCallTargets
from headhaul.outreach.services.calling import campaigns, targets

_NAMES = ("contact_id", "contactId", "contact", "id", "record_id")
LONGEST_SCRIPT = 20_000


class CampaignSession(DraftSession):
    """One import's work on call campaigns."""

    entity, one = "callCampaign", "call campaign"

    def find(self, title: str) -> int | None:
        """By name."""
        return CallCampaign.objects.filter(name__iexact=title).values_list("pk", flat=True).first()

    def make(self, said: Mapping[str, Any], title: str, *, at: datetime) -> CallCampaign:
        """With its script and the people on its list."""
        people, script = self._people(said.get("targets")), str(said.get("script") or "")
        if len(script) > LONGEST_SCRIPT:
            raise Refusal(Problem("script", "", f"has more than {LONGEST_SCRIPT:,} characters"))
        values = {"name": title, "script": script, "campaign": said.get("campaign") or "",
                  "owner_id": said.get("owner") or self.rules.by.user_id}  # fmt: skip
        campaign = campaigns.save(call_campaign_id=None, version=None, values=values, at=at, by=self.rules.by).campaign
        if people:
            asked = AddCallTargets(call_campaign_id=campaign.pk, contact_ids=people)
            targets.add(asked=asked, at=at, by=self.rules.by)
        return campaign

    def _people(self, said: Any) -> list[int]:
        """The contacts on the list. Refusal where it names what is no contact here."""
        if said in (None, "", [], {}):
            return []
        if not isinstance(said, list):
            raise Refusal(Problem("targets", str(said)[:80], "is no list of contacts"))
        names = [_name_of(each) for each in said]
        known = external.ids_of(source=self.rules.source, entity="contact", names=names)
        missing = [name or "?" for name in names if name not in known]
        if missing:
            told = (
                f"{len(missing)} of {len(names)} on the list are no contacts that came in: {', '.join(missing[:3])}; "
                "import the contacts first, or take these off the list"
            )
            raise Refusal(Problem("targets", "", told))
        if len(known) > MOST_TARGETS:
            raise Refusal(Problem("targets", "", f"has more than {MOST_TARGETS:,} people"))
        return list(dict.fromkeys(known[name] for name in names))


def _name_of(each: Any) -> str:
    if isinstance(each, dict):
        return str(next((each[name] for name in _NAMES if each.get(name)), ""))
    return str(each)


class CallCampaigns:
    """Call campaigns as something to import."""

    key, label = "callCampaigns", "Call campaigns"
    match_keys: Sequence[MatchKey] = (MatchKey("name", "Name", ("name",)),)

    def fields(self) -> list[ImportField]:
        """What can be said of a call campaign."""
        return [
            ImportField("name", "Name", synonyms=("call campaign", "title"), longest=120),
            ImportField("script", "Script", Kind.LONG_TEXT),
            ImportField("targets", "Who is to be called", Kind.DOCUMENT, synonyms=("target list", "targets"),
                        hint="JSON: a list of contacts by the other system's IDs."),
            ImportField("campaign", "Group of reports", synonyms=("campaign",), longest=120),
            ImportField("owner", "Owner", Kind.USER, synonyms=("owner_id",)),
            EXTERNAL,
        ]  # fmt: skip

    def missing(self, given: Iterable[str]) -> str:
        """It is told by its name."""
        return "" if "name" in set(given) else "Say which column is the name."

    def session(self, rules: Rules) -> Session:
        """Begin."""
        return CampaignSession(rules)
