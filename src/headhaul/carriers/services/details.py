"""A carrier's page in one answer: facts, what follows from them, verdict and signal."""

from __future__ import annotations

from datetime import datetime

from headhaul.carriers.choices import CdlLevel, Segment, equipment_codes, job_codes
from headhaul.carriers.schemas.carriers import CarrierDetail
from headhaul.carriers.schemas.signals import GateWords, Worthiness
from headhaul.carriers.selectors import carriers, signals
from headhaul.carriers.services.equipment import cargo_names
from headhaul.carriers.services.importing.layouts import layouts
from headhaul.carriers.services.tuning import match_settings
from headhaul.carriers.services.worthiness import Verdict, gate_code, worthiness


def carrier_detail(*, dot_number: int, at: datetime) -> CarrierDetail:
    """Everything on file about a carrier."""
    found = carriers.get(dot_number)
    physical, mailing = carriers.addresses(found)
    titles = source_titles()
    signal = signals.one(dot_number=dot_number)
    return CarrierDetail(
        dot_number=found.dot_number,
        legal_name=found.legal_name,
        dba_name=found.dba_name,
        name=found.display_name,
        status=found.status_code,
        entity_types=found.entity_types,
        operation=found.carrier_operation,
        classes=_split(found.classdef),
        authorized_for_hire=found.authorized_for_hire,
        private_only=found.private_only,
        hazmat=found.hm,
        passenger=found.passenger,
        dockets=_split(found.dockets),
        physical=physical,
        mailing=mailing,
        phone=found.phone,
        cell_phone=found.cell_phone,
        email=found.email,
        fleet=carriers.fleet(found),
        segment=Segment(found.segment).value,
        cargo=cargo_names(found.cargo_mask),
        cargo_is_known=found.cargo_known,
        cargo_other=found.cargo_other,
        equipment=equipment_codes(found.equipment_primary),
        possible_equipment=equipment_codes(found.equipment_secondary),
        specificity=found.specificity,
        jobs=job_codes(found.job_mask),
        cdl_level=CdlLevel(found.cdl_level).label,
        filed_on=found.mcs150_date,
        registered_on=found.add_date,
        safety_rating=found.safety_rating,
        safety_rating_on=found.safety_rating_date,
        source=found.source,
        source_title=titles.get(found.source, found.source),
        source_date=found.source_date,
        first_seen_on=found.first_seen_on,
        sources=carriers.sources(dot_number, titles),
        filings=carriers.filings(dot_number),
        safety=carriers.safety(dot_number),
        crashes=carriers.crashes(dot_number),
        revocations=carriers.revocations(dot_number),
        worthiness=verdict_words(worthiness(dot_number=dot_number, at=at)),
        signal=signals.as_row(signal, match_settings().near_miles) if signal else None,
        signal_day=signal.day if signal else None,
    )


def verdict_words(verdict: Verdict) -> Worthiness:
    """A verdict as the wire has it."""
    override = verdict.override
    return Worthiness(
        is_worthy=verdict.is_worthy,
        gates=[GateWords(code=gate_code(gate), words=verdict.words(gate)) for gate in verdict.gates],
        override_reason=override.reason if override else "",
        override_by=override.created_by if override else "",
        override_expires_at=override.expires_at if override else None,
    )


def source_titles() -> dict[str, str]:
    """Names of the layouts by key."""
    return {layout.key: layout.title for layout in layouts()}


def _split(text: str) -> list[str]:
    return [part for part in text.split(";") if part]
