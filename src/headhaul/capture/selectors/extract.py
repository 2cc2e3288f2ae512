"""Carriers for a phone without network: the best first, as many as fit into a number of bytes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from headhaul import preferences
from headhaul.accounts.selectors.pages import Conditions, fetch, stream
from headhaul.capture.models import CaptureEvent
from headhaul.capture.preferences import OfflineExtract
from headhaul.capture.schemas.extract import CaptureExtract, GetCaptureExtract
from headhaul.capture.selectors import places
from headhaul.carriers.choices import Equipment
from headhaul.carriers.services.signals_store import current_day
from headhaul.kernel import InvalidData, NotFound
from headhaul.kernel.places import STATES

COLUMNS = ["dotNumber", "name", "city", "state", "fleet", "equipment", "score", "drivers", "near"]
ENVELOPE = 1_024  # bytes of everything beside the rows

_SCORED = """
select s.dot_number, coalesce(nullif(s.name, ''), c.legal_name) as name, c.phy_city, s.state, s.units,
       s.equipment_mask, (s.score_hundredths + 50) / 100 as score, s.n, s.near
from carriers_signal s join carriers_carrier c on c.dot_number = s.dot_number
where s.day = %s and {where}
order by s.score_hundredths desc, s.dot_number desc
"""
_UNSCORED = """
select c.dot_number, coalesce(nullif(c.dba_name, ''), c.legal_name) as name, c.phy_city, c.phy_state as state,
       c.effective_units as units, c.equipment_primary | c.equipment_secondary as equipment_mask,
       null::int as score, null::int as n, null::int as near
from carriers_carrier c
where c.status_code = 'A' and {where}
      and not exists (select from carriers_signal s where s.day = %s and s.dot_number = c.dot_number)
order by c.effective_units desc nulls last, c.dot_number desc
"""
_TOTAL = """
select (select count(*) from carriers_signal s join carriers_carrier c on c.dot_number = s.dot_number
        where s.day = %s and {scored})
     + (select count(*) from carriers_carrier c where c.status_code = 'A' and {unscored}
        and not exists (select from carriers_signal s where s.day = %s and s.dot_number = c.dot_number)) as n
"""
_CENSUS = "select max(source_date) as day from (select source_date from carriers_carrier limit 1000) few"


@dataclass(slots=True)
class Where:
    """What was asked for, in words, and as conditions on signals `s` and on carriers `c`."""

    words: str
    states: list[str]
    areas: list[int] | None = None
    scored: Conditions = field(default_factory=Conditions)
    unscored: Conditions = field(default_factory=Conditions)

    def __post_init__(self) -> None:
        self.scored.add("s.state = any(%s)", self.states)
        self.unscored.add("c.phy_state = any(%s)", self.states)
        if self.areas is not None:
            self.scored.add("c.zip3 = any(%s)", self.areas)
            self.unscored.add("c.zip3 = any(%s)", self.areas)


def extract(*, asked: GetCaptureExtract, at: datetime) -> CaptureExtract:
    """Scored carriers, then those without a score by their fleet, until the bytes are used up."""
    chosen = preferences.get(OfflineExtract)
    most = 1_000 * min(asked.most_kilobytes or chosen.most_kilobytes, chosen.most_kilobytes)
    where = _where(asked, default_radius=chosen.radius_miles)
    day = current_day()
    rows, used = _fill(where, day, most - ENVELOPE)
    parameters = [day, *where.scored.parameters, *where.unscored.parameters, day]
    counted = _TOTAL.format(scored=where.scored.where, unscored=where.unscored.where)
    total = int(fetch(counted, parameters)[0]["n"])
    return CaptureExtract(
        made_at=at,
        day=day,
        census_day=fetch(_CENSUS, [])[0]["day"],
        where=where.words,
        columns=COLUMNS,
        equipment=[kind.code for kind in Equipment],
        rows=rows,
        total=total,
        left_out=total - len(rows),
        bytes=used + ENVELOPE,
        most_bytes=most,
    )


def _fill(where: Where, day: Any, budget: int) -> tuple[list[tuple[Any, ...]], int]:
    found: list[tuple[Any, ...]] = []
    used = 0
    for sql, parameters in (
        (_SCORED.format(where=where.scored.where), [day, *where.scored.parameters]),
        (_UNSCORED.format(where=where.unscored.where), [*where.unscored.parameters, day]),
    ):
        for row in stream(sql, parameters):
            packed = (
                row["dot_number"], row["name"], row["phy_city"], row["state"], row["units"], row["equipment_mask"],
                row["score"], row["n"], row["near"],
            )  # fmt: skip
            size = len(json.dumps(packed, separators=(",", ":"), ensure_ascii=False).encode()) + 1
            if used + size > budget:
                return found, used
            found.append(packed)
            used += size
    return found, used


def _where(asked: GetCaptureExtract, *, default_radius: int) -> Where:
    if asked.states:
        unknown = [state for state in asked.states if state not in STATES]
        if unknown:
            raise InvalidData(f"{', '.join(unknown)} is no state.", fields={"states": "codes such as TX"})
        return Where(f"in {', '.join(asked.states)}", list(dict.fromkeys(asked.states)))
    radius = asked.radius_miles or default_radius
    if asked.zip is not None:
        spot = places.spot_of_zip(asked.zip)
        if spot is None:
            raise InvalidData(f"Nobody knows where ZIP {asked.zip} is.", fields={"zip": "an American ZIP code"})
        return _around(spot, radius, f"ZIP {asked.zip}")
    if asked.event_id is None:
        raise InvalidData("Say where: states, a zip or an eventId.", fields={"states": "one of the three"})
    return _of_event(asked.event_id, radius)


def _of_event(event_id: int, radius: int) -> Where:
    event = CaptureEvent.objects.filter(pk=event_id).first()
    if event is None:
        raise NotFound(f"There is no event {event_id}.", fields={"eventId": "see getCaptureEvents"})
    spot = places.spot_of_city(event.city, event.state) if event.city and event.state in STATES else None
    if spot is not None:
        return _around(spot, radius, f"{event.city}, {event.state}")
    if event.state in STATES:
        states = [event.state, *sorted(STATES[event.state].neighbours)]
        return Where(f"in {event.state} and its neighbours", states)
    raise InvalidData(
        f"{event.name} has no place, so say which states.", fields={"states": "codes such as TX", "eventId": "no state"}
    )


def _around(spot: tuple[float, float], radius: int, name: str) -> Where:
    areas = places.areas_within(spot, radius)
    return Where(f"within {radius} miles of {name}", sorted(set(areas.values())), sorted(areas))
