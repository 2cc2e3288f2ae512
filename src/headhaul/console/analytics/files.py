"""The tables of the page as files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpResponse

from headhaul.console.ui.files import table_file

Table = tuple[list[str], Iterator[list[Any]]]


def _figures(found: Any) -> Table:
    head = [
        "key", "name", "value", "unit", "n", "part", "low", "high", "lower_quartile", "upper_quartile", "previous",
        "change", "change_percent", "verdict", "note", "missing", "formula",
    ]  # fmt: skip
    return head, ([getattr(each, name) for name in head] for each in found.figures)


def _trend(found: Any) -> Table:
    head = [
        "starts_on", "ends_on", "new_deals", "won", "lost", "won_cents", "touches", "new_accounts",
    ]  # fmt: skip
    return head, ([getattr(each, name) for name in head] for each in found.trend)


def _reps(found: Any) -> Table:
    kinds = [each.metric for each in found.reps[0].kinds] if found.reps else []
    return (
        ["name", "touches", *kinds],
        ([each.name, each.touches.count, *[kind.count for kind in each.kinds]] for each in found.reps),
    )


def _stages(found: Any) -> Table:
    head = ["stage", "entered", "moved_forward", "percent", "low", "high", "median_days", "n_days"]
    return head, (
        [
            each.label,
            each.entered.count,
            each.moved_forward.count,
            each.percent,
            each.low,
            each.high,
            each.time_in_stage.median_days,
            each.time_in_stage.n,
        ]
        for each in found.stages
    )


def _forecasts(found: Any) -> Table:
    head = ["days", "snapshot_on", "forecast_cents", "won_by_then_cents", "actual_cents", "accuracy", "bias", "deals"]
    return ["period", *head], (
        [each.period.label, *[getattr(lead, name) for name in head]] for each in found.forecasts for lead in each.leads
    )


TABLES: dict[str, Callable[[Any], Table]] = {
    "figures": _figures,
    "trend": _trend,
    "reps": _reps,
    "stages": _stages,
    "forecasts": _forecasts,
}


def as_csv(name: str, found: Any) -> HttpResponse:
    """A table of the analytics."""
    head, rows = TABLES[name](found)
    return table_file(f"analytics-{name}-{found.period.from_}-{found.period.to}", head, rows)


def comparison(found: Any) -> HttpResponse:
    """Two snapshots beside each other."""
    head = ["key", "name", "unit", "first", "second", "first_n", "second_n", "change", "change_percent", "says"]
    return table_file("analytics-comparison", head, ([getattr(each, name) for name in head] for each in found.figures))
