"""Money over days: evenly, and exact to the cent however a period is cut."""

from __future__ import annotations

from datetime import date

IN_DAYS = """(
    s.amount_cents * (greatest(0, least(s.ends_on, {last}) - s.starts_on + 1))::bigint / (s.ends_on - s.starts_on + 1)
    - s.amount_cents * (greatest(0, {first} - s.starts_on))::bigint / (s.ends_on - s.starts_on + 1)
)"""
"""What of spend `s` falls into the days from {first} to {last}, both included, where they overlap at all."""
OVERLAPS = "s.removed_at is null and s.starts_on <= {last} and s.ends_on >= {first}"


def in_days(amount: int, *, starts_on: date, ends_on: date, first: date, last: date) -> int:
    """The part of an amount, spread evenly over its days, that falls into other days (all ends included).

    It is what was spent until the last day less what was spent before the first one, each rounded down: so that
    periods which follow one another add up to the whole.
    """
    if last < starts_on or first > ends_on:
        return 0
    days = (ends_on - starts_on).days + 1
    until = (min(ends_on, last) - starts_on).days + 1
    before = max(0, (first - starts_on).days)
    return amount * until // days - amount * before // days
