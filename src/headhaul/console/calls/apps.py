"""The app of the calls panel."""

from __future__ import annotations

from django.apps import AppConfig

from headhaul.console.ui.navigation import NavItem

PLACES = ("card", "campaigns", "campaign", "new", "made")


class CallsPanelConfig(AppConfig):
    """The calls panel: whom do I call now, and what do I say."""

    name = "headhaul.console.calls"
    label = "console_calls"
    navigation = (NavItem("calls:queue", "Calls", "phone", key="l", also=tuple(f"calls:{place}" for place in PLACES)),)
