"""One carrier's signal made anew, for a rep who does not want to wait for the night."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from headhaul.carriers.errors import SignalNotFound
from headhaul.carriers.models import Carrier, Signal, SignalDay
from headhaul.carriers.schemas.signals import SignalRow
from headhaul.carriers.selectors import carriers, signals
from headhaul.carriers.services import tallies
from headhaul.carriers.services.market import supply_of_pool
from headhaul.carriers.services.matching.columns import NoMatch
from headhaul.carriers.services.matching.demand import urgency
from headhaul.carriers.services.matching.regions import geography
from headhaul.carriers.services.matching.score import score
from headhaul.carriers.services.matching_input import read_census
from headhaul.carriers.services.tuning import demand_settings, match_settings, score_settings
from headhaul.kernel.places import STATE_CODES


def recompute(*, dot_number: int, at: datetime) -> SignalRow:
    """Write the carrier's signal of the current day again, from its facts and the pool as they are now."""
    carrier = carriers.get(dot_number)
    current = SignalDay.objects.filter(is_current=True).first()
    if current is None:
        raise SignalNotFound("No signals have been computed yet. Compute the whole census first.")
    census = read_census(day=current.day, at=at, dot_number=dot_number)
    columns = census.carriers(geography())
    supply = supply_of_pool(day=current.day).of(columns, 0)
    found, parts = supply.found, supply.parts
    if found.no_match[0] != NoMatch.NONE:
        raise SignalNotFound(NoMatch(int(found.no_match[0])).words)
    scored = score(found, columns, score_settings())
    demand = census.demand(slice(0, 1))
    with transaction.atomic():
        before = Signal.objects.select_for_update().filter(day=current.day, dot_number=dot_number).first()
        spiking = bool(before and before.is_spike)
        need = urgency(demand, demand_settings())
        values = {
            **{name: int(getattr(found, name)[0]) for name in ("n", "near", "prox", "rec", "fit", "active7", "pool")},
            "score_hundredths": round(float(scored.score[0]) * 100),
            "by_equipment": parts.by_equipment[0].tolist(),
            "by_job": parts.by_job[0].tolist(),
            "top_states": [STATE_CODES[state] for state in parts.top_states[0].tolist() if state >= 0],
            "top_state_counts": [count for count in parts.top_state_counts[0].tolist() if count > 0],
            "confidence": int(scored.confidence[0]),
            "urgency": 2 if spiking else int(need.urgency[0]),
            "demand_mask": int(need.demand_mask[0]),
            "gate_mask": int(census.raw["gates"][0]),
            **_carrier_columns(carrier),
            "computed_at": at,
        }
        if before is None:
            Signal.objects.create(day=current.day, dot_number=dot_number, **values)
        else:
            Signal.objects.filter(day=current.day, dot_number=dot_number).update(**values)
        tallies.refresh(changed=current.day)
    stored = signals.one(dot_number=dot_number)
    assert stored is not None
    return signals.as_row(stored, match_settings().near_miles)


def _carrier_columns(carrier: Carrier) -> dict[str, object]:
    return {
        "state": carrier.phy_state,
        "segment": carrier.segment,
        "equipment_mask": carrier.equipment_mask,
        "units": carrier.effective_units,
        "name": carrier.display_name,
    }
