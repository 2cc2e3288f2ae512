"""What can be done with carriers; each file declares its actions when it is imported."""

from headhaul.carriers.actions import enrichment, imports, signals

__all__ = ["enrichment", "imports", "signals"]
