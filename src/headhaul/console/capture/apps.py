"""The app of the capture panel."""

from __future__ import annotations

from django.apps import AppConfig

from headhaul.console.ui.navigation import NavItem
from headhaul.kernel import Role

PLACES = ("events", "event", "new_event", "codes", "sources", "routing")


class CapturePanelConfig(AppConfig):
    """The capture panel: have I saved this lead, and who is waiting."""

    name = "headhaul.console.capture"
    label = "console_capture"
    navigation = (
        NavItem(
            "capture:capture",
            "Capture",
            "scan",
            key="e",
            role=Role.REP,
            also=tuple(f"capture:{place}" for place in PLACES),
            is_handy=True,
        ),
        NavItem("capture:leads", "Leads", "lead", key="v", also=("capture:lead", "capture:away"), is_handy=True),
    )
