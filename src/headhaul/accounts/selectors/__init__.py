"""Reads over accounts that join or summarise."""
