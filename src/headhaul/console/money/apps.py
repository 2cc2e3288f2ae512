"""The app of the pages about money."""

from __future__ import annotations

from django.apps import AppConfig

from headhaul.console.ui.navigation import NavItem

PLACES = (
    "costs", "rows", "spend", "spend_row", "attribution", "deals", "touches", "competitors", "competitor",
    "new_intel", "intel",
)  # fmt: skip


class MoneyPanelConfig(AppConfig):
    """Where deals come from, and what they cost."""

    name = "headhaul.console.money"
    label = "console_money"
    navigation = (
        NavItem("money:sources", "Money", "money", key="m", also=tuple(f"money:{place}" for place in PLACES)),
    )
