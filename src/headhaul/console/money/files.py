"""Reports about money as files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpResponse

from headhaul.console.ui.files import table_file

_COUNTS = ("leads", "qualified", "opportunities", "won", "lost", "clients")
_COSTS = ("per_lead", "per_opportunity", "cpa", "cac")
_PARTS = ("cents", "low", "high")


def of_attribution(found: Any) -> HttpResponse:
    """One row for each line: its touches, and what every model gives it."""
    models = [model.key.value for model in found.models]
    head = [found.by.value, "key", "deals_touched", "touches", "automatic_touches"]
    head += [f"{name}_{model}" for model in models for name in ("deals", "dollars")]
    return table_file(f"attribution-{found.by.value}", head, (_credited(line) for line in found.lines))


def of_sources(name: str, found: Any) -> HttpResponse:
    """One row for each line: what came of it, how sure that is, what it cost."""
    head = [found.by.value, "key", *_COUNTS, "won_dollars", "win_rate", "win_rate_low", "win_rate_high", "cycle_days"]
    head += ["spend_dollars", "spend_with_general_dollars"]
    head += [f"{cost}{_SUFFIX[part]}" for cost in _COSTS for part in _PARTS]
    return table_file(
        f"{name}-{found.by.value}", [*head, "payback_months", "note"], (_line(line) for line in found.lines)
    )


def of_competitors(rows: Iterable[Any]) -> HttpResponse:
    """One row for each competitor and region that is noted."""
    head = ["competitor", "open", "won", "lost", "win_rate_low", "win_rate_high", "region", "offerings", "pricing"]
    return table_file("competitors", [*head, "source"], (cells for row in rows for cells in _competitor(row)))


_SUFFIX = {"cents": "", "low": "_low", "high": "_high"}


def _credited(line: Any) -> list[Any]:
    given = [part for each in line.credits for part in (each.deals_millionths / 1_000_000, each.amount_cents / 100)]
    return [line.label, line.key, line.deals, line.touches, line.automatic_touches, *given]


def _line(line: Any) -> list[Any]:
    rate, costs = line.win_rate, line.costs
    cells = [line.label, line.key, *[getattr(line, name) for name in _COUNTS], line.won_cents / 100]
    cells += [rate.percent, rate.low, rate.high, line.cycle_days]
    if costs is None:
        return cells
    cells += [costs.spend_cents / 100, costs.loaded_cents / 100]
    cells += [_dollars(getattr(getattr(costs, cost), part)) for cost in _COSTS for part in _PARTS]
    return [*cells, costs.payback_months, costs.said]


def _dollars(cents: int | None) -> float | None:
    return None if cents is None else cents / 100


def _competitor(row: Any) -> Iterator[list[Any]]:
    counts = [row.name, row.open, row.won, row.lost, row.win_rate.low, row.win_rate.high]
    if not row.intel:
        yield counts
    for note in row.intel:
        yield [*counts, note.region_label, note.offerings, note.pricing_notes, note.source_url]
