"""Headhaul: carrier acquisition for trucking-driver recruiters."""

__version__ = "0.3.0"
