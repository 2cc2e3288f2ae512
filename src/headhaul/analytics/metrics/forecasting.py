"""How well the pipeline told what was coming."""

from __future__ import annotations

from headhaul.analytics.metrics.definitions import Better, Metric, Unit, define

define(
    *(
        Metric(
            key=f"forecastAccuracy{days}",
            name=f"Forecast accuracy, {days} days ahead",
            formula="100 × (1 − |forecast − won| ÷ won), not below 0; forecast = what was won in the period by"
            f" {days} days before its end + Σ amount × probability of the deals then open that were to close in it",
            unit=Unit.PERCENT,
            better=Better.MORE,
            tables=("pipeline_opportunitysnapshot", "pipeline_opportunity"),
            action="getAnalytics",
            owner="pipeline",
            help=f"How near the weighted pipeline came, {days} days before the period ended, to what was won in it."
            " The open deals are those of that day's snapshot, which nobody can change afterwards.",
            group="Forecast",
        )
        for days in (30, 60, 90)
    )
)
