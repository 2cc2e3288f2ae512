"""What is known of a lead's company when it is scored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from headhaul.accounts.selectors.pages import fetch
from headhaul.capture.scoring import Facts
from headhaul.carriers.services.signals_store import current_day

_SIGNAL = """
select s.score_hundredths, s.n, s.near, s.fit, s.units
from carriers_signal s where s.day = %s and s.dot_number = %s
"""
_CARRIER = "select effective_units, phy_state, segment, first_seen_on from carriers_carrier where dot_number = %s"
_ACCOUNT = "select dot_number, fleet_size, state, segment from accounts_account where id = %s"
_USUAL = """
select percentile_cont(0.5) within group (order by near)::float as near
from carriers_signal where day = %s and state = %s
"""


@dataclass(frozen=True, slots=True)
class Known:
    """What routing, value and score need to know of the company, whoever knows it."""

    dot_number: int | None = None
    state: str = ""
    segment: str = ""
    fleet_size: int | None = None
    signal: dict[str, Any] | None = None  # of the current day
    is_scored_as_nothing: bool = False  # the carrier was matched, and no driver fits
    day: date | None = None


def known(*, account_id: int | None, dot_number: int | None, state: str = "", fleet_size: int | None = None) -> Known:
    """The account's facts first, then the census's, then what was said."""
    account = fetch(_ACCOUNT, [account_id])[0] if account_id else {}
    number = account.get("dot_number") or dot_number
    day = current_day()
    rows = fetch(_SIGNAL, [day, number]) if day and number else []
    census = fetch(_CARRIER, [number]) if number else []
    carrier = census[0] if census else {}
    is_nothing = bool(day and carrier and not rows and carrier["first_seen_on"] <= day)
    size = account.get("fleet_size")
    size = carrier.get("effective_units") if size is None else size
    return Known(
        dot_number=number,
        state=account.get("state") or carrier.get("phy_state") or state,
        segment=account.get("segment") or carrier.get("segment") or "",
        fleet_size=fleet_size if size is None else size,
        signal=rows[0] if rows else None,
        is_scored_as_nothing=is_nothing,
        day=day,
    )


def facts_of(known: Known, *, source_quality: int | None, source_name: str, person: dict[str, bool]) -> Facts:
    """As scoring takes them."""
    signal = known.signal
    near, is_of_state = (float(signal["near"]), False) if signal else (_usual(known), True)
    if known.is_scored_as_nothing:
        near, is_of_state = 0.0, False
    matched = int(signal["n"]) if signal else 0 if known.is_scored_as_nothing else None
    fit = (
        signal["fit"] / (1000 * signal["n"]) if signal and signal["n"] else 0.0 if known.is_scored_as_nothing else None
    )
    score = signal["score_hundredths"] / 100 if signal else 0.0 if known.is_scored_as_nothing else None
    return Facts(
        signal_score=score,
        fleet_size=known.fleet_size,
        drivers_near=near,
        near_is_of_state=is_of_state,
        drivers_matched=matched,
        equipment_fit=fit,
        source_quality=source_quality,
        source_name=source_name,
        state=known.state,
        **person,
    )


def _usual(known: Known) -> float | None:
    """How many fitting drivers the usual carrier of the state has close by: known also of one not in the census."""
    if not known.day or not known.state:
        return None
    return _usual_in(known.day, known.state)


@lru_cache(maxsize=512)
def _usual_in(day: date, state: str) -> float | None:
    found = fetch(_USUAL, [day, state])[0]["near"]
    return None if found is None else float(found)
