"""The app of the analytics panel."""

from __future__ import annotations

from django.apps import AppConfig

from headhaul.console.ui.navigation import NavItem

PLACES = ("rows", "snapshots", "snapshot", "compare", "mail")


class AnalyticsPanelConfig(AppConfig):
    """The analytics panel: are we on track, and how sure are we."""

    name = "headhaul.console.analytics"
    label = "console_analytics"
    navigation = (
        NavItem(
            "analytics:overview", "Analytics", "figures", key="y", also=tuple(f"analytics:{place}" for place in PLACES)
        ),
    )
