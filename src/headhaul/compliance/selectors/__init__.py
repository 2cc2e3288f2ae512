"""Reading consent: what holds for an address now, and everything that was said."""

from headhaul.compliance.selectors.consent import events, standing

__all__ = ["events", "standing"]
