"""What is configured, reachable, stale. Each check looks at one thing and says what it found and what would help."""

from headhaul.config.doctor.findings import Finding, Level
from headhaul.config.doctor.rounds import examine

__all__ = ["Finding", "Level", "examine"]
