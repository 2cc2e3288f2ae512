"""The app of the pipeline panel."""

from __future__ import annotations

from django.apps import AppConfig

from headhaul.console.ui.navigation import NavItem

PLACES = (
    "list", "risks", "opportunity", "create", "forecast", "forecast_deals", "movement", "movement_deals", "conversions",
    "accuracy", "help",
)  # fmt: skip


class PipelinePanelConfig(AppConfig):
    """The pipeline panel: what closes this month, what is at risk."""

    name = "headhaul.console.pipeline"
    label = "console_pipeline"
    navigation = (
        NavItem("pipeline:board", "Pipeline", "pipeline", key="p", also=tuple(f"pipeline:{place}" for place in PLACES)),
    )
