"""The app of the accounts panel."""

from __future__ import annotations

from django.apps import AppConfig

from headhaul.console.ui.navigation import NavItem


class AccountsPanelConfig(AppConfig):
    """List, page, and what can be done on them."""

    name = "headhaul.console.accounts"
    label = "console_accounts"
    navigation = (
        NavItem("accounts:list", "Accounts", "account", key="a", also=("accounts:account", "accounts:create")),
    )
