"""Facts from FMCSA for one carrier."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued

from headhaul.carriers.jobs import enrich_carriers
from headhaul.carriers.schemas.enrichment import EnrichCarrier, Enrichment, GetEnrichment
from headhaul.carriers.services import enrichment
from headhaul.kernel import Call, Role, action

LOOKED_UP = "What FMCSA said stays known; the next look-up replaces it."


def _carrier(given: EnrichCarrier, _: Any) -> tuple[str, str]:
    return "carrier", str(given.dot_number)


@action("getEnrichment", reply="enrichmentLoaded", role=Role.VIEWER)
def get_enrichment(call: Call, data: GetEnrichment) -> Enrichment:
    """What is known of a carrier, each fact with its source and day, and why it is not FMCSA's live answer if so."""
    return enrichment.enrichment_of(dot_number=data.dot_number)


@action("enrichCarrier", reply="carrierEnriched", role=Role.REP, writes=True, target=_carrier, final=LOOKED_UP)
def enrich_carrier(call: Call, data: EnrichCarrier) -> Enrichment:
    """Ask FMCSA for a carrier's authority, insurance, orders and safety.

    Answers at once with what is on file; `isAsking` tells that a job asks FMCSA now. Without a web key the
    facts are the census's, and the reason says so.
    """
    found, shall_ask = enrichment.request(dot_number=data.dot_number, again=data.again, at=call.at, by=call.actor)
    if shall_ask:
        _ask_once(data.dot_number)
    return found.model_copy(update={"is_asking": shall_ask})


def _ask_once(dot_number: int) -> None:
    """Queue the question with this transaction, unless it is in the queue already."""
    job = enrich_carriers.configure(queueing_lock=f"enrich:{dot_number}")
    try:
        with transaction.atomic():
            job.defer(dot_numbers=[dot_number])
    except AlreadyEnqueued:
        return
