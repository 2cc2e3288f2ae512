"""Looking up the night's new accounts at FMCSA, one after the other; without an answer the census's facts stand."""

from __future__ import annotations

from collections import Counter

from headhaul import preferences
from headhaul.accounts.choices import FleetSource
from headhaul.accounts.services.enriching import enriched
from headhaul.carriers.errors import CarrierNotFound
from headhaul.carriers.models import CarrierEnrichment
from headhaul.carriers.preferences import SegmentSettings
from headhaul.carriers.schemas.enrichment import Enrichment
from headhaul.carriers.services.enrichment import enrich
from headhaul.carriers.services.segments import believed_units, segment_of
from headhaul.carriers.services.worthiness import judge_again
from headhaul.kernel import SYSTEM
from headhaul.nightly.preferences import Prospecting
from headhaul.nightly.services.openings import gate_closed_for, opened_for
from headhaul.nightly.services.runs import Night, Outcome


def enrich_accounts(night: Night) -> Outcome:
    """Look up each account opened for the day that was not looked up yet, best first, as many as the setting allows."""
    opened = opened_for(night.day)
    waiting = [account for account in opened if account.enriched_at is None]
    done = len(opened) - len(waiting)
    asked = waiting[: max(0, preferences.get(Prospecting).enrichments - done)]
    for number, account in enumerate(asked, start=1):
        try:
            found = enrich(dot_number=account.dot_number or 0, at=night.at, by=SYSTEM)
        except CarrierNotFound:
            continue
        _keep(account.pk, found, night=night)
        night.beat(f"{number} of {len(asked)}")
    return _report(night, over_the_limit=len(waiting) - len(asked))


def _report(night: Night, *, over_the_limit: int) -> Outcome:
    """What stands now for the day's accounts, whichever attempt of the run it came from.

    What was learnt counts in the worthiness gate at once.
    """
    looked_up = [account.dot_number or 0 for account in opened_for(night.day) if account.enriched_at is not None]
    judge_again(dot_numbers=looked_up, day=night.day, at=night.at)
    answers = CarrierEnrichment.objects.filter(dot_number__in=looked_up)
    troubles = Counter(answers.exclude(trouble="").values_list("trouble", flat=True))
    return Outcome(
        counts={
            "looked_up": len(looked_up),
            "from_fmcsa": answers.filter(trouble="").count(),
            "no_longer_worthy": len(gate_closed_for(night.day)),
        },
        left_out={"over_the_limit": over_the_limit} if over_the_limit else {},
        notes=[f"{trouble} ({count:,})" for trouble, count in troubles.most_common(5)],
    )


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
