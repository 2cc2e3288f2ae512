"""The app of the outreach panel."""

from __future__ import annotations

from django.apps import AppConfig

from headhaul.console.ui.navigation import NavItem

PLACES = (
    *("sequence", "new_sequence", "edit_sequence", "enrol", "enrolments", "enrolment"),
    *("outbox", "message", "replies", "reply", "templates", "template", "new_template", "write"),
)


class OutreachPanelConfig(AppConfig):
    """The outreach panel: what goes out today, what is held, who answered."""

    name = "headhaul.console.outreach"
    label = "console_outreach"
    navigation = (
        NavItem("outreach:sequences", "Outreach", "send", key="o", also=tuple(f"outreach:{name}" for name in PLACES)),
    )
