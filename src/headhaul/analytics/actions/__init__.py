"""What can be asked about the business, and what of it can be kept."""

from headhaul.analytics.actions import dashboard, figures, mails, snapshots

__all__ = ["dashboard", "figures", "mails", "snapshots"]
