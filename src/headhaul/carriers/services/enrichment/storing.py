"""Keeping what FMCSA said, each fact in its table under the source "QCMobile" with its day."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from django.db import transaction

from headhaul.carriers.gateways.qcmobile_records import BasicRecord, CarrierRecord
from headhaul.carriers.models import (
    Authority,
    CarrierEnrichment,
    CarrierSafety,
    InsuranceFiling,
    OutOfServiceOrder,
)
from headhaul.carriers.services.enrichment.asking import LiveFacts, Trouble
from headhaul.kernel import Actor

QCMOBILE = "QCMobile"
_BASIC_CODES = {11: "unsafe_driv", 12: "hos_driv", 13: "driv_fit", 14: "contr_subst", 15: "veh_maint"}


def store(*, dot_number: int, outcome: LiveFacts | Trouble, at: datetime, by: Actor) -> CarrierEnrichment:
    """Keep the outcome. Trouble never touches the facts of an earlier answer, nor an old answer those of a newer."""
    with transaction.atomic():
        row, _ = CarrierEnrichment.objects.select_for_update().get_or_create(
            dot_number=dot_number, defaults={"tried_at": at, "tried_by": by.label}
        )
        row.tried_at, row.tried_by = at, by.label
        if isinstance(outcome, Trouble):
            row.trouble, row.trouble_code = outcome.reason, outcome.code
        else:
            row.trouble = row.trouble_code = ""
            if row.retrieved_at is None or row.retrieved_at <= outcome.retrieved_at:
                _take(row, outcome)
        row.save()
    return row


def _take(row: CarrierEnrichment, live: LiveFacts) -> None:
    day = live.retrieved_at.date()
    row.retrieved_at, row.missing = live.retrieved_at, live.missing
    row.allowed_to_operate = live.carrier.allowed_to_operate
    row.facts = _main_facts(live.carrier)
    _replace(InsuranceFiling, row.dot_number, _insurance(live.carrier, row.dot_number, day))
    _replace(OutOfServiceOrder, row.dot_number, _order_in_force(live, row.dot_number, day))
    if live.authority is not None:
        _replace(Authority, row.dot_number, _authority(live, row.dot_number, day))
    _store_safety(live, row.dot_number, day)


def _replace(table: Any, dot_number: int, rows: list[Any]) -> None:
    table.objects.filter(dot_number=dot_number, source=QCMOBILE).delete()
    table.objects.bulk_create(rows)


def _main_facts(carrier: CarrierRecord) -> dict[str, Any]:
    """What has no table of its own; what FMCSA does not say is left out."""
    said = {
        "legalName": carrier.legal_name,
        "dbaName": carrier.dba_name,
        "status": carrier.status_code,
        "operation": carrier.operation_code,
        "isPassengerCarrier": carrier.is_passenger_carrier,
        "powerUnits": carrier.power_units,
        "drivers": carrier.drivers,
        "hasOperatingAuthority": carrier.has_operating_authority,
        "safetyRating": carrier.safety_rating,
        "safetyRatingDate": carrier.safety_rating_date and carrier.safety_rating_date.isoformat(),
    }
    return {name: value for name, value in said.items() if value is not None}


def _insurance(carrier: CarrierRecord, dot_number: int, day: date) -> list[InsuranceFiling]:
    kinds = {
        "bipd": (carrier.bipd_is_required, carrier.bipd_required_dollars, carrier.bipd_on_file_dollars),
        "cargo": (carrier.cargo_is_required, None, carrier.cargo_on_file_dollars),
        "bond": (carrier.bond_is_required, None, carrier.bond_on_file_dollars),
    }
    rows: list[dict[str, Any]] = [
        {"kind": kind, "is_required": is_required, "required_dollars": required, "on_file_dollars": on_file}
        for kind, (is_required, required, on_file) in kinds.items()
        if is_required is not None or on_file is not None
    ]
    return [InsuranceFiling(dot_number=dot_number, source=QCMOBILE, as_of=day, **row) for row in rows]


def _authority(live: LiveFacts, dot_number: int, day: date) -> list[Authority]:
    by_docket = {found.docket: found for found in live.authority or () if found.docket}
    return [
        Authority(
            dot_number=dot_number,
            docket=docket,
            common=found.common_authority_status or "",
            contract=found.contract_authority_status or "",
            broker=found.broker_authority_status or "",
            source=QCMOBILE,
            as_of=day,
        )
        for docket, found in by_docket.items()
    ]


def _order_in_force(live: LiveFacts, dot_number: int, day: date) -> list[OutOfServiceOrder]:
    """FMCSA lists past orders too; only the date in the main record says that one is in force."""
    since = live.carrier.oos_date
    if since is None:
        return []
    order = next((found for found in live.oos_orders or () if found.ordered_on == since), None)
    return [
        OutOfServiceOrder(
            dot_number=dot_number,
            ordered_on=since,
            reason_code=(order and order.reason_code) or "",
            reason=(order and order.reason) or "",
            source=QCMOBILE,
            as_of=day,
        )
    ]


def _store_safety(live: LiveFacts, dot_number: int, day: date) -> None:
    carrier = live.carrier
    counts: dict[str, Any] = {
        "as_of": day,
        "driver_inspections": carrier.driver_inspections,
        "driver_oos": carrier.driver_oos_inspections,
        "vehicle_inspections": carrier.vehicle_inspections,
        "vehicle_oos": carrier.vehicle_oos_inspections,
        "hazmat_inspections": carrier.hazmat_inspections,
        "hazmat_oos": carrier.hazmat_oos_inspections,
        "crashes": carrier.crashes,
        "crashes_fatal": carrier.fatal_crashes,
        "crashes_injury": carrier.injury_crashes,
        "crashes_tow": carrier.towaway_crashes,
    }
    if live.basics is not None:
        counts["basics"] = {_basic_code(found): _basic(found) for found in live.basics}
    CarrierSafety.objects.update_or_create(dot_number=dot_number, source=QCMOBILE, defaults=counts)


def _basic_code(found: BasicRecord) -> str:
    known = _BASIC_CODES.get(found.basic_id or 0)
    words = found.name or found.code or f"category {found.basic_id}"
    return known or re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")


def _basic(found: BasicRecord) -> dict[str, Any]:
    """With the keys that FMCSA gives; percentile and alert of property carriers are absent rather than guessed."""
    said = {
        "name": found.name,
        "measure": _float(found.measure),
        "violations": found.violations,
        "acute": found.has_serious_violation,
        "percentile": _float(found.percentile),
        "threshold": _float(found.threshold),
        "alert": found.has_alert,
        "said": None if found.percentile is not None else found.percentile_text,
        "run_on": found.run_on and found.run_on.isoformat(),
    }
    return {key: value for key, value in said.items() if value is not None}


def _float(number: Any) -> float | None:
    return None if number is None else float(number)
