"""A day's signals: read everybody, match, score, compare with last week, keep the best, swap the day in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from headhaul import preferences
from headhaul.carriers.models import SignalDay
from headhaul.carriers.preferences import SegmentSettings, SignalsSection
from headhaul.carriers.services import signals_store
from headhaul.carriers.services.arrays import read_arrays
from headhaul.carriers.services.derivation import rederive
from headhaul.carriers.services.matching.breakdown import breakdown
from headhaul.carriers.services.matching.cells import driver_cells
from headhaul.carriers.services.matching.columns import MatchColumns, NoMatch, ScoreColumns, UrgencyColumns
from headhaul.carriers.services.matching.demand import urgency
from headhaul.carriers.services.matching.regions import geography
from headhaul.carriers.services.matching.run import match
from headhaul.carriers.services.matching.score import score, spikes
from headhaul.carriers.services.matching.settings import ScoreSettings
from headhaul.carriers.services.matching_input import CensusColumns, read_census, read_drivers
from headhaul.carriers.services.signals_store import NO_SCORE, SignalRows
from headhaul.carriers.services.tuning import demand_settings, match_settings, score_settings
from headhaul.preferences.services import values as preferences_store

CHUNK = 1 << 16
WEEK = timedelta(days=7)


def compute_day(*, day: date, at: datetime, beat: Callable[[str], None] = lambda _: None) -> SignalDay:
    """Compute and store the signals of a day; doing it again replaces them. Gives the day with its counts.

    `details` say how many carriers were matched, why others were not, and how many of the lowest were not kept.
    """
    scoring, matching = score_settings(), match_settings()
    keeping = preferences.get(SignalsSection)
    geo = geography()
    classed_by = _class_anew(at, beat)
    beat("reading carriers and drivers")
    drivers = read_drivers(day=day, geo=geo, half_life_days=scoring.recency_half_life_days, seen=max(day, at.date()))
    cells, pool = driver_cells(drivers), len(drivers)
    del drivers
    census = read_census(day=day, at=at)
    carriers = census.carriers(geo)
    beat(f"matching {len(census):,} carriers with {pool:,} drivers")
    found = match(carriers, cells, geo, matching)
    scored = score(found, carriers, scoring)
    kept, left_out = best(found, scored, most=keeping.most_kept)
    parts = breakdown(carriers, kept, cells, geo, matching)
    beat(f"writing {len(kept):,} signals")
    rows = _rows(census, kept, found.take(kept), scored.take(kept), parts, day=day, scoring=scoring)
    details = _details(found, left_out)
    written = signals_store.write_day(
        day=day,
        rows=rows,
        details=details,
        considered=len(census),
        drivers=pool,
        at=at,
        settings_version=classed_by,
    )
    signals_store.drop_days_before(day - timedelta(days=keeping.history_days))
    return written


def _class_anew(at: datetime, beat: Callable[[str], None]) -> int:
    """Bring the carriers' segments up to the cut-offs of now when they were changed; gives the version of these."""
    stored = preferences_store.get_stored(SegmentSettings)
    newest = SignalDay.objects.order_by("-computed_at").first()
    if stored.version != (newest.settings_version if newest else 0):
        beat("classing carriers anew by the changed segments")
        rederive(year=at.year, cut_offs=preferences.get(SegmentSettings).cut_offs)
    return stored.version


def best(found: MatchColumns, scored: ScoreColumns, *, most: int) -> tuple[NDArray[np.int64], int]:
    """The rows that are kept: carriers with at least one driver, the best `most` of them; and how many were not."""
    some = np.flatnonzero(found.n > 0)
    if len(some) <= most:
        return some, 0
    order = np.lexsort((-found.n[some], -scored.score[some]))
    return np.sort(some[order[:most]]), len(some) - most


def _rows(
    census: CensusColumns,
    kept: NDArray[np.int64],
    found: MatchColumns,
    scored: ScoreColumns,
    parts: Any,
    *,
    day: date,
    scoring: ScoreSettings,
) -> SignalRows:
    dots = census.raw["dot"][kept]
    previous_score, previous_n = _last_week(dots, day)
    spiking = (previous_score != NO_SCORE) & spikes(found.n, previous_n, scoring)
    need = _urgency(census, kept, spiking)
    hundredths = np.clip(np.rint(scored.score * 100), 0, 10_000).astype(np.int16)
    above = hundredths >= scoring.threshold * 100
    first_time = above & ~_was_above(dots, day, round(scoring.threshold * 100))
    return SignalRows(
        dot_number=dots,
        score_hundredths=hundredths,
        n=found.n,
        near=found.near,
        prox=found.prox,
        rec=found.rec,
        fit=found.fit,
        active7=found.active7,
        pool=found.pool,
        confidence=scored.confidence,
        urgency=need.urgency,
        demand_mask=need.demand_mask,
        gate_mask=census.raw["gates"][kept],
        is_new=first_time,
        is_spike=spiking,
        previous_score_hundredths=previous_score,
        previous_n=previous_n,
        by_equipment=parts.by_equipment,
        by_job=parts.by_job,
        states=parts.top_states,
        state_counts=parts.top_state_counts,
    )


def _urgency(census: CensusColumns, rows: NDArray[np.int64], spiking: NDArray[np.bool_]) -> UrgencyColumns:
    settings = demand_settings()
    pieces = [
        urgency(census.demand(rows[start : start + CHUNK]), settings, spiking=spiking[start : start + CHUNK])
        for start in range(0, max(len(rows), 1), CHUNK)
    ]
    return UrgencyColumns(
        *(np.concatenate([getattr(piece, name) for piece in pieces]) for name in ("urgency", "strength", "demand_mask"))
    )


def _last_week(dots: NDArray[Any], day: date) -> tuple[NDArray[np.int16], NDArray[np.int32]]:
    """Score and drivers a week ago: of the newest day that is at least a week and at most two weeks back."""
    base = SignalDay.objects.filter(day__lte=day - WEEK, day__gte=day - 2 * WEEK).order_by("-day").first()
    score_then, n_then = np.full(len(dots), NO_SCORE, np.int16), np.full(len(dots), -1, np.int32)
    if base is None:
        return score_then, n_then
    columns = {"dot": ("dot_number", "int4"), "score": ("score_hundredths", "int2"), "n": ("n", "int4")}
    then = read_arrays(columns, "from carriers_signal where day = %(day)s", {"day": base.day})
    place = np.searchsorted(dots, then["dot"])
    place = np.minimum(place, max(len(dots) - 1, 0))
    same = dots[place] == then["dot"] if len(dots) else np.zeros(len(place), bool)
    score_then[place[same]], n_then[place[same]] = then["score"][same], then["n"][same]
    return score_then, n_then


def _was_above(dots: NDArray[Any], day: date, threshold: int) -> NDArray[np.bool_]:
    """Who reached the threshold on an earlier day that is kept. On the very first day nobody counts as new."""
    earlier = SignalDay.objects.filter(day__lt=day)
    if not earlier.exists():
        return np.ones(len(dots), bool)
    source = (
        "from (select distinct dot_number from carriers_signal where day < %(day)s and score_hundredths >= %(bar)s) s"
    )
    known = read_arrays({"dot": ("dot_number", "int4")}, source, {"day": day, "bar": threshold})["dot"]
    return np.isin(dots, known)


def _details(found: MatchColumns, left_out: int) -> dict[str, Any]:
    unmatched = {
        reason.name.lower(): int((found.no_match == reason).sum()) for reason in NoMatch if reason is not NoMatch.NONE
    }
    nobody = int(((found.n == 0) & (found.no_match == NoMatch.NONE)).sum())
    return {"unmatched": unmatched | {"no_driver_fits": nobody}, "left_out_of_the_best": left_out}
