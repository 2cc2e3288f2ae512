"""Reads that join or summarise."""
