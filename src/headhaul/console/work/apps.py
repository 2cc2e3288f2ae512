"""The app of one's own work."""

from __future__ import annotations

from django.apps import AppConfig

from headhaul.console.ui.navigation import NavItem


class WorkPanelConfig(AppConfig):
    """One's own work: tasks and notifications."""

    name = "headhaul.console.work"
    label = "console_work"
    navigation = (
        NavItem("work:tasks", "Tasks", "task", key="t", also=("work:new_task", "work:edit")),
        NavItem("work:notifications", "Notifications", "bell", key="n", count="unread"),
    )
