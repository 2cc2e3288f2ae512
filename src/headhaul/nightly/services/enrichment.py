"""Looking up the night's new accounts at FMCSA, one after the other; without an answer the census's facts stand."""

from __future__ import annotations

from collections import Counter

from headhaul import preferences
from headhaul.accounts.choices import FleetSource
from headhaul.accounts.services.enriching import enriched
from headhaul.carriers.errors import CarrierNotFound
from headhaul.carriers.preferences import SegmentSettings
from headhaul.carriers.schemas.enrichment import Enrichment
from headhaul.carriers.services.enrichment import enrich
from headhaul.carriers.services.segments import believed_units, segment_of
from headhaul.kernel import SYSTEM
from headhaul.nightly.preferences import Prospecting
from headhaul.nightly.services.openings import opened_for
from headhaul.nightly.services.runs import Night, Outcome


def enrich_accounts(night: Night) -> Outcome:
    """Look up each account opened for the day that was not looked up yet, best first, as many as the setting allows."""
    waiting = [account for account in opened_for(night.day) if account.enriched_at is None]
    asked = waiting[: preferences.get(Prospecting).enrichments]
    counts: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for number, account in enumerate(asked, start=1):
        try:
            found = enrich(dot_number=account.dot_number or 0, at=night.at, by=SYSTEM)
        except CarrierNotFound:
            counts["unknown"] += 1
            continue
        _keep(account.pk, found, night=night)
        counts["from_fmcsa" if found.is_live else "from_census"] += 1
        if not found.is_live:
            reasons[found.reason.split(" The facts are from")[0]] += 1
        night.beat(f"{number} of {len(asked)}")
    left = {"over_the_limit": len(waiting) - len(asked)} if len(waiting) > len(asked) else {}
    return Outcome(counts=dict(counts), left_out=left, notes=[f"{reason} ({n})" for reason, n in reasons.items()])


def _keep(account_id: int, found: Enrichment, *, night: Night) -> None:
    facts = {fact.name: fact for fact in found.facts}
    units, drivers = (_number(facts[name].value) if name in facts else None for name in ("powerUnits", "drivers"))
    enriched(
        account_id=account_id,
        fleet_size=believed_units(units, drivers),
        segment=segment_of(units, drivers, preferences.get(SegmentSettings).cut_offs),
        source=FleetSource.QCMOBILE if found.is_live else FleetSource.CENSUS,
        as_of=facts["powerUnits"].as_of if "powerUnits" in facts else found.as_of,
        at=night.at,
        by=SYSTEM,
    )


def _number(value: object) -> int | None:
    return int(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
