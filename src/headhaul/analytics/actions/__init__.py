"""What can be asked about the business, and what of it can be kept."""

from headhaul.analytics.actions import attribution, competitors, dashboard, sources, spend

__all__ = ["attribution", "competitors", "dashboard", "sources", "spend"]
