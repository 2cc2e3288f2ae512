"""What can be done with leads."""

from headhaul.capture.actions import capture, events, extract, forms, leads, routing

__all__ = ["capture", "events", "extract", "forms", "leads", "routing"]
