"""What can be done with activities, alerts and notifications."""

from headhaul.activities.actions import activities, alerts, notifications, quick, tasks, timeline

__all__ = ["activities", "alerts", "notifications", "quick", "tasks", "timeline"]
