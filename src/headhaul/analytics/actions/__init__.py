"""What can be asked about the business, and what of it can be kept."""

from headhaul.analytics.actions import attribution, competitors, dashboard, figures, mails, snapshots, sources, spend

__all__ = ["attribution", "competitors", "dashboard", "figures", "mails", "snapshots", "sources", "spend"]
