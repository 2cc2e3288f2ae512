"""The app of the lead score's page."""

from __future__ import annotations

from django.apps import AppConfig

from headhaul.console.ui.navigation import NavItem


class LeadScorePanelConfig(AppConfig):
    """How the lead score learns from what became of leads."""

    name = "headhaul.console.leadscore"
    label = "console_leadscore"
    navigation = (NavItem("leadscore:show", "Lead score", "sparkle", group="Data"),)
