"""The catalogue of metrics: every number of the business defined once.

A module of this folder defines the metrics of one subject by `define(Metric(...), ...)`. It is found by itself, so that
a new subject is a new file. Pages take name and help from `metric("winRate")`; `headhaul reference` writes
docs/reference/metrics.md from `catalogue()`.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module

from headhaul.analytics.metrics.definitions import Better, Metric, Unit, catalogue, define, metric, version_of
from headhaul.analytics.metrics.writing import changed, written

__all__ = ["Better", "Metric", "Unit", "catalogue", "changed", "define", "load", "metric", "version_of", "written"]


def load() -> None:
    """Read the definitions of all subjects, by the names of their files."""
    for found in sorted(pkgutil.iter_modules(__path__), key=lambda each: each.name):
        import_module(f"{__name__}.{found.name}")
