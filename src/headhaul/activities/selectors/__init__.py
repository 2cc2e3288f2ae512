"""Reads over activities that join or summarise."""
