"""The cast, and the clean tables a run starts from."""

from __future__ import annotations

from tests.accounts.conftest import max_, rick, rosa, vera

__all__ = ["max_", "rick", "rosa", "vera"]
