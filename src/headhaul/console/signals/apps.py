"""The app of the signals panel."""

from __future__ import annotations

from django.apps import AppConfig

from headhaul.console.ui.navigation import NavItem


class SignalsPanelConfig(AppConfig):
    """The list, the carrier page and the what-if page."""

    name = "headhaul.console.signals"
    label = "console_signals"
    navigation = (
        NavItem("signals:list", "Signals", "signals", key="s", also=("signals:carrier",)),
        NavItem("signals:what_if", "What-if", "whatif", key="w"),
    )
