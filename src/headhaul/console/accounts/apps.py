"""The app of the accounts panel."""

from __future__ import annotations

from django.apps import AppConfig

from headhaul.console.ui.navigation import NavItem
from headhaul.kernel import Role

IMPORTS = ("accounts:import_new", "accounts:import_plan", "accounts:import", "accounts:airtable")

PAGES = tuple(
    f"accounts:{name}"
    for name in (
        "account", "create", "contact", "account_contacts", "new_contact", "fact", "owner", "changes", "consent",
        "duplicates", "merge",
    )
)  # fmt: skip


class AccountsPanelConfig(AppConfig):
    """List, page, and what can be done on them."""

    name = "headhaul.console.accounts"
    label = "console_accounts"
    navigation = (
        NavItem("accounts:list", "Accounts", "account", key="a", also=PAGES, is_handy=True),
        NavItem("accounts:contacts", "Contacts", "users", key="c"),
        NavItem("accounts:imports", "Imports", "upload", key="i", role=Role.MANAGER, group="Data", also=IMPORTS),
    )
