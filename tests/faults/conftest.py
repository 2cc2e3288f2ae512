"""No signals of an earlier test."""

from __future__ import annotations

from tests.nightly.conftest import _clean

__all__ = ["_clean"]
