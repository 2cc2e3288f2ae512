"""Spend and competitor intel by the plan's column names, for another system."""

from __future__ import annotations

from headhaul.accounts.ports.imports import Leaving
from headhaul.accounts.selectors.pages import fetch
from headhaul.analytics.selectors.competitors import region_label

_SPEND = """
select id, starts_on::text as period_start, ends_on::text as period_end, channel, amount_cents, note as notes
from analytics_spend where removed_at is null and id > %s::bigint order by id limit %s::int
"""
_INTEL = """
select i.id, c.name as competitor_name, i.region, i.offerings, i.pricing_notes, i.source_url
from analytics_competitorintel i join analytics_competitor c on c.id = i.competitor_id
where i.removed_at is null and i.id > %s::bigint order by i.id limit %s::int
"""


def spend(*, after: int, limit: int) -> list[Leaving]:
    """The next rows of spend."""
    leaving = []
    for row in fetch(_SPEND, [after, limit]):
        cents = row.pop("amount_cents")
        leaving.append(Leaving(row.pop("id"), row | {"amount": f"{cents // 100}.{cents % 100:02d}"}))
    return leaving


def competitor_intel(*, after: int, limit: int) -> list[Leaving]:
    """The next notes about competitors."""
    return [
        Leaving(row.pop("id"), row | {"region": region_label(row["region"], nowhere="")})
        for row in fetch(_INTEL, [after, limit])
    ]
