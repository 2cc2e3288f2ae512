"""What this room keeps: figures as they were, and who wants them by mail."""

from __future__ import annotations

from headhaul.analytics.models.mails import AnalyticsMailChoice
from headhaul.analytics.models.snapshots import AnalyticsSnapshot

__all__ = ["AnalyticsMailChoice", "AnalyticsSnapshot"]
