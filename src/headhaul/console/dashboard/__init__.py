"""The dashboard: whom do I contact now, and why."""
