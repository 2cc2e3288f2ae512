"""What the figures cost: the action and its page, for a quarter, a year, one person, one size of fleet; their rows; and
what sources and touches brought.

    SIZE=1000000 python -m bench.analytics [--seconds 8] [--only "getAnalytics"]

Over the customer database of `bench.crm` (SIZE accounts, a fifth as many opportunities, three times as many
activities), with 200 nights' snapshots of some of the open deals added: at 1,000,000 it is 200,000 opportunities and
3,000,000 activities.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import psycopg

from bench import baselines
from bench.crm import Sample, action, command_line, measured, page_of
from bench.operations import Operation
from bench.report import Report

NIGHTS, DEALS_A_NIGHT = 200, 2_000
_SNAPSHOTS = """
insert into pipeline_opportunitysnapshot (day, opportunity_id, account_id, pipeline_id, stage_id, stage_key, owner_id,
    amount_cents, close_on, category, probability, days_in_stage, days_open, touches_30, replies_30, contacts,
    has_decision_maker, has_next_step, pushes, risks, taken_at)
select current_date - n, o.id, o.account_id, o.pipeline_id, o.stage_id, 'proposal', o.owner_id, o.amount_cents,
    o.close_on, 'pipeline', 50, 3, 30, 2, 1, 1, false, true, 0, '{}', current_date - n + time '04:30'
from generate_series(1, %(nights)s) n
cross join (select * from pipeline_opportunity where kind = 'open' order by id limit %(deals)s) o
on conflict do nothing
"""


def operations(sample: Sample) -> list[Operation]:
    """The panel and what is behind it."""
    year = {"period": "this_year"}
    hers = {"owner": sample.rep(3)}
    fleets = {"segment": "enterprise,mid_market"}
    return [
        action("getAnalytics", baselines.FIGURES, lambda _: {}),
        action("getAnalytics", baselines.FIGURES, lambda _: year, called="getAnalytics of a year"),
        action("getAnalytics", baselines.FIGURES, lambda _: hers, called="getAnalytics of one person"),
        action("getAnalytics", baselines.FIGURES, lambda _: fleets, called="getAnalytics of two sizes of fleet"),
        action("getSourcePerformance", baselines.FIGURES, lambda _: {"from": "-60d"}),
        action("getSourcePerformance", baselines.FIGURES, lambda _: {}, called="getSourcePerformance of a year"),
        action("getAttribution", baselines.FIGURES, lambda _: {"from": "-60d"}),
        action("getAttribution", baselines.FIGURES, lambda _: {}, called="getAttribution of a year"),
        action("getAnalyticsDeals", baselines.LIST, lambda _: {"metric": "winRate"}),
        action("getAnalyticsActivities", baselines.LIST, lambda _: {"metric": "calls"}),
        page_of("analytics page", baselines.FIGURES, lambda _: "/analytics/"),
        page_of(
            "analytics page of a year and person", baselines.FIGURES, lambda _: f"/analytics/?{urlencode(year | hers)}"
        ),
    ]


def measure_analytics(*, size: int, seconds: float, only: set[str]) -> Report:
    """Every operation with one and with eight clients."""
    title = f"Figures: {size // 5:,} opportunities, {3 * size:,} activities"
    return measured(title, choose=_with_snapshots, size=size, seconds=seconds, only=only)


def _with_snapshots(connection: psycopg.Connection[Any]) -> list[Operation]:
    connection.execute(_SNAPSHOTS, {"nights": NIGHTS, "deals": DEALS_A_NIGHT})
    connection.execute("vacuum analyze pipeline_opportunitysnapshot")
    return operations(Sample(connection))


if __name__ == "__main__":
    command_line(__doc__, measure_analytics)
