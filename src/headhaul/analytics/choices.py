"""The closed lists of this room. The words are stored: never change one, only add."""

from __future__ import annotations

from enum import StrEnum


class SnapshotKind(StrEnum):
    """What took a snapshot."""

    MANUAL = "manual"
    MONTHLY = "monthly"

    @property
    def label(self) -> str:
        """How a page says it."""
        return {"manual": "By hand", "monthly": "Of the month"}[self.value]


class MailRhythm(StrEnum):
    """How often somebody gets the figures by mail."""

    OFF = "off"
    WEEKLY = "weekly"
    MONTHLY = "monthly"

    @property
    def label(self) -> str:
        """How a page says it."""
        return {"off": "Never", "weekly": "Every week", "monthly": "Every month"}[self.value]


class MailWhose(StrEnum):
    """Whose figures a mail tells, as far as its reader sees them."""

    ME = "me"
    TEAM = "team"
    ALL = "all"

    @property
    def label(self) -> str:
        """How a page says it."""
        return {"me": "Mine", "team": "My team's", "all": "Everyone's"}[self.value]
