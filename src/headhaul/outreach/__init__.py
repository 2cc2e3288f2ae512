"""Outreach: sequences, messages that really leave, what comes back, and calls."""
