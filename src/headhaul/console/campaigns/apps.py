"""The app of the campaigns panel."""

from __future__ import annotations

from django.apps import AppConfig

from headhaul.console.ui.navigation import NavItem

PLACES = ("sequences", "steps", "channels", "reps", "messages", "carriers")


class CampaignsPanelConfig(AppConfig):
    """The campaigns panel: what works, and how sure we are."""

    name = "headhaul.console.campaigns"
    label = "console_campaigns"
    navigation = (
        NavItem(
            "campaigns:overview", "Campaigns", "chart", key="r", also=tuple(f"campaigns:{place}" for place in PLACES)
        ),
    )
