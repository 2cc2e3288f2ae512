"""The app of the administration panel."""

from __future__ import annotations

from django.apps import AppConfig

from headhaul.console.ui.navigation import NavItem
from headhaul.kernel import Role

GROUP = "Administration"
SETTINGS = tuple(
    f"admin:{name}"
    for name in (
        *("section", "rules", "rule", "new_rule", "firings"),
        *("catalogue", "entry", "new_entry", "teams", "team", "new_team", "quotas"),
        *("senders", "sender", "new_sender"),
    )
)
SENDING = tuple(f"admin:{name}" for name in ("denials", "lift_denial", "proofs", "proof", "replay", "law"))


class AdminPanelConfig(AppConfig):
    """Who may come in, what they may do, what they did, how the product is set."""

    name = "headhaul.console.admin"
    label = "console_admin"
    navigation = (
        NavItem("admin:jobs", "Jobs", "jobs", key="j", role=Role.MANAGER, group=GROUP, also=("admin:job",)),
        NavItem("admin:sending", "Sending", "hand", group=GROUP, also=SENDING),
        NavItem("admin:permissions", "Permissions", "shield", role=Role.MANAGER, group=GROUP),
        NavItem("admin:people", "People", "users", role=Role.ADMIN, group=GROUP, also=("admin:new_person",)),
        NavItem("admin:tokens", "API tokens", "key", role=Role.ADMIN, group=GROUP, also=("admin:new_token",)),
        NavItem("admin:audit", "Audit", "audit", role=Role.ADMIN, group=GROUP),
        NavItem("admin:settings", "Settings", "settings", role=Role.MANAGER, group=GROUP, also=SETTINGS),
    )
