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

# The index of active carriers by place answers who is there; wide rows are read for those alone who are taken along.
_AREA = "select c.dot_number, c.effective_units from carriers_carrier c where c.status_code = 'A' and {where}"
_BEST = """
with area as materialized ({area}),
best as materialized (
    select a.dot_number, a.effective_units, s.dot_number as scored, s.name, s.state, s.units, s.equipment_mask,
           s.score_hundredths, s.n, s.near
    from area a left join carriers_signal s
         on s.day = %s and s.state = any(%s) and s.dot_number = a.dot_number
    order by s.score_hundredths desc nulls last,
             case when s.dot_number is null then a.effective_units end desc nulls last, a.dot_number desc
    limit %s
)
select b.dot_number, coalesce(nullif(b.name, ''), nullif(c.dba_name, ''), c.legal_name) as name, c.phy_city,
       coalesce(b.state, c.phy_state) as state,
       case when b.scored is null then c.effective_units else b.units end as units,
       coalesce(b.equipment_mask, c.equipment_primary | c.equipment_secondary) as equipment_mask,
       (b.score_hundredths + 50) / 100 as score, b.n, b.near
from best b join carriers_carrier c on c.dot_number = b.dot_number
order by b.score_hundredths desc nulls last, case when b.scored is null then b.effective_units end desc nulls last,
         b.dot_number desc
"""
SMALLEST_ROW = 36  # bytes of a row without a name: more rows than fit are never asked for
_CENSUS = "select max(source_date) as day from (select source_date from carriers_carrier limit 1000) few"


@dataclass(slots=True)
class Where:
    """What was asked for, in words, and as conditions on carriers `c`."""

    words: str
    states: list[str]
    areas: list[int] | None = None
    conditions: Conditions = field(default_factory=Conditions)

    def __post_init__(self) -> None:
        self.conditions.add("c.phy_state = any(%s)", self.states)
        if self.areas is not None:
            self.conditions.add("c.zip3 = any(%s::smallint[])", self.areas)

    @property
    def area(self) -> str:
        """The active carriers there."""
        return _AREA.format(where=self.conditions.where)


def extract(*, asked: GetCaptureExtract, at: datetime) -> CaptureExtract:
    """Scored carriers, then those without a score by their fleet, until the bytes are used up."""
    chosen = preferences.get(OfflineExtract)
    most = 1_000 * min(asked.most_kilobytes or chosen.most_kilobytes, chosen.most_kilobytes)
    where = _where(asked, default_radius=chosen.radius_miles)
    day = current_day()
    rows, used = _fill(where, day, most - ENVELOPE)
    total = int(fetch(f"select count(*) as n from ({where.area}) area", where.conditions.parameters)[0]["n"])
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
    parameters = [*where.conditions.parameters, day, where.states, budget // SMALLEST_ROW]
    for row in stream(_BEST.format(area=where.area), parameters):
        packed = (
            row["dot_number"], row["name"], row["phy_city"], row["state"], row["units"], row["equipment_mask"],
            row["score"], row["n"], row["near"],
        )  # fmt: skip
        size = len(json.dumps(packed, separators=(",", ":"), ensure_ascii=False).encode()) + 1
        if used + size > budget:
            break
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
