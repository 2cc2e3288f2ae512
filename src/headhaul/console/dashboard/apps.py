"""The app of the dashboard panel."""

from __future__ import annotations

from django.apps import AppConfig

from headhaul.console.ui.navigation import NavItem


class DashboardConfig(AppConfig):
    """First in the rail."""

    name = "headhaul.console.dashboard"
    label = "console_dashboard"
    navigation = (NavItem("dashboard:home", "Dashboard", "dashboard", key="d"),)
