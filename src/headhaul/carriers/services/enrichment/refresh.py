"""Refreshing a carrier's facts: now, from a job, or asked for from a page."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from headhaul import preferences
from headhaul.carriers.errors import CarrierNotFound
from headhaul.carriers.models import Carrier, CarrierEnrichment
from headhaul.carriers.preferences import FmcsaLookups
from headhaul.carriers.schemas.enrichment import Enrichment
from headhaul.carriers.services import lookups
from headhaul.carriers.services.enrichment.asking import NO_KEY, PASSING, Trouble, ask
from headhaul.carriers.services.enrichment.reading import enrichment_of
from headhaul.carriers.services.enrichment.storing import store
from headhaul.kernel import Actor


class NotAnsweredError(Exception):
    """FMCSA did not answer for some of the carriers; asking again later may help."""


def enrich(*, dot_number: int, at: datetime, by: Actor) -> Enrichment:
    """Ask FMCSA, keep what it says, and give the facts; without an answer those on file, with the reason.

    Waits for the network, so it refuses to run inside a transaction. Raises CarrierNotFound when neither
    FMCSA nor the census knows the carrier.
    """
    with transaction.atomic(durable=True):
        _check_is_known_or_can_be_asked(dot_number)
    outcome = ask(dot_number=dot_number, at=at)
    with transaction.atomic(durable=True):
        if isinstance(outcome, Trouble) and not _is_known(dot_number):
            raise CarrierNotFound(f"{outcome.reason} The census has no carrier {dot_number} either.")
        store(dot_number=dot_number, outcome=outcome, at=at, by=by)
        return enrichment_of(dot_number=dot_number)


def enrich_all(*, dot_numbers: list[int], at: datetime, by: Actor) -> dict[str, int]:
    """Enrich one carrier after the other; how many answers of which kind.

    Raises NotAnsweredError at the end when FMCSA failed in a way that may pass: what did come is kept, and
    the next try finds it there.
    """
    counts = {"live": 0, "fell_back": 0, "unknown": 0}
    failed = 0
    for dot_number in dot_numbers:
        try:
            found = enrich(dot_number=dot_number, at=at, by=by)
        except CarrierNotFound:
            counts["unknown"] += 1
            continue
        counts["live" if found.is_live else "fell_back"] += 1
        failed += found.reason_code in PASSING
    if failed:
        raise NotAnsweredError(f"FMCSA did not answer for {failed} of {len(dot_numbers)} carriers.")
    return counts


def request(*, dot_number: int, again: bool, at: datetime, by: Actor) -> tuple[Enrichment, bool]:
    """The facts on file, and whether FMCSA should be asked for newer ones by a job. Never uses the network."""
    if not lookups.has_key():
        _check_is_known_or_can_be_asked(dot_number)
        store(dot_number=dot_number, outcome=NO_KEY, at=at, by=by)
        return enrichment_of(dot_number=dot_number), False
    found = enrichment_of(dot_number=dot_number)
    if again:
        lookups.forget(dot_number=dot_number)
    is_whole = found.is_live and not found.missing
    is_fresh = is_whole and found.tried_at is not None and at - found.tried_at < _kept_for()
    return found, again or not is_fresh


def _is_known(dot_number: int) -> bool:
    return (
        Carrier.objects.filter(pk=dot_number).exists()
        or CarrierEnrichment.objects.filter(pk=dot_number).exclude(retrieved_at=None).exists()
    )


def _check_is_known_or_can_be_asked(dot_number: int) -> None:
    if not lookups.has_key() and not _is_known(dot_number):
        raise CarrierNotFound(f"The census has no carrier with USDOT number {dot_number}.")


def _kept_for() -> timedelta:
    return timedelta(hours=preferences.get(FmcsaLookups).keep_hours)
