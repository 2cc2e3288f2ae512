"""What can be done with leads."""

from headhaul.capture.actions import capture, events, extract, leads, routing

__all__ = ["capture", "events", "extract", "leads", "routing"]
