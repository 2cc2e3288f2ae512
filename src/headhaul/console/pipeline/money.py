"""Dollars as people type them."""

from __future__ import annotations

import re

from headhaul.kernel import InvalidData

_TYPED = re.compile(r"\$?\s*(\d[\d,\s]*)(?:\.(\d{1,2}))?\s*([kKmM])?")
_TIMES = {"": 1, "k": 1_000, "m": 1_000_000}


def cents(typed: str, field: str) -> int | None:
    """12,500 or $12500.50 or 12.5k in cents; nothing typed is None. `field` is what a refusal points at."""
    if not typed.strip():
        return None
    found = _TYPED.fullmatch(typed.strip())
    whole = re.sub(r"[,\s]", "", found[1]) if found else ""
    if not found or len(whole) > 12:
        raise InvalidData("An amount is a number of dollars.", fields={field: "for example 12,500"})
    return (int(whole) * 100 + int((found[2] or "0").ljust(2, "0"))) * _TIMES[(found[3] or "").lower()]


def dollars(amount: int | None) -> str:
    """As a field shows it."""
    if amount is None:
        return ""
    return f"{amount // 100:,}" if amount % 100 == 0 else f"{amount / 100:,.2f}"
