"""Asking FMCSA about a carrier: the main record must come, the other parts may be missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from headhaul.carriers.gateways.faults import (
    FmcsaFault,
    FmcsaMaintenance,
    FmcsaResting,
    FmcsaUnavailable,
    FmcsaUnknownCarrier,
)
from headhaul.carriers.gateways.qcmobile import Answer
from headhaul.carriers.gateways.qcmobile_records import AuthorityRecord, BasicRecord, CarrierRecord, OosRecord
from headhaul.carriers.services import lookups

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class LiveFacts:
    """What FMCSA said. A part that did not come is None, with the reason in `missing`."""

    carrier: CarrierRecord
    retrieved_at: datetime
    authority: tuple[AuthorityRecord, ...] | None
    oos_orders: tuple[OosRecord, ...] | None
    basics: tuple[BasicRecord, ...] | None
    missing: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why there are no live facts."""

    code: str
    reason: str


PASSING = frozenset(kind.code for kind in (FmcsaUnavailable, FmcsaMaintenance, FmcsaResting))
NO_KEY = Trouble("no_key", "No FMCSA web key is set (FMCSA_WEB_KEY), so FMCSA was not asked.")


def ask(*, dot_number: int, at: datetime) -> LiveFacts | Trouble:
    """Several questions over the network: never inside a database transaction."""
    if not lookups.has_key():
        return NO_KEY
    client = lookups.client()
    try:
        main = client.carrier(dot_number, at=at)
    except FmcsaUnknownCarrier as unknown:
        return Trouble(unknown.code, "FMCSA has no carrier with this USDOT number.")
    except FmcsaFault as fault:
        return Trouble(fault.code, f"FMCSA could not be asked: {fault.reason}.")
    missing: dict[str, str] = {}

    def part(name: str, question: Callable[..., Answer[tuple[R, ...]]]) -> tuple[R, ...] | None:
        try:
            return question(dot_number, at=at).value
        except FmcsaFault as fault:
            missing[name] = fault.reason
            return None

    return LiveFacts(
        carrier=main.value,
        retrieved_at=main.retrieved_at,
        authority=part("authority", client.authority),
        oos_orders=part("outOfService", client.oos_orders),
        basics=part("basics", client.basics),
        missing=missing,
    )
