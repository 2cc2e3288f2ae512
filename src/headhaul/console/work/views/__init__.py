"""The views of one's own work."""
