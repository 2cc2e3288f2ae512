"""The tables of this room."""

from headhaul.activities.models.activities import Activity, RemovedActivity
from headhaul.activities.models.alerts import Alert, ScoreMove
from headhaul.activities.models.notifications import Digest, DigestChoice, Notification

__all__ = ["Activity", "Alert", "Digest", "DigestChoice", "Notification", "RemovedActivity", "ScoreMove"]
