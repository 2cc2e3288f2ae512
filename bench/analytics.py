"""What the figures cost: the action and its page, for a quarter, a year, one person, one size of fleet; and their rows.

    SIZE=1000000 python -m bench.analytics [--seconds 8] [--only "getAnalytics"]

Over the customer database of `bench.crm` (SIZE accounts, a fifth as many opportunities, three times as many
activities), with 200 nights' snapshots of some of the open deals added: at 1,000,000 it is 200,000 opportunities and
3,000,000 activities.
"""

from __future__ import annotations

import argparse
import os
from urllib.parse import urlencode

import psycopg

from bench import baselines, crm_data
from bench.crm import Sample, action, crm_installation, page_of
from bench.load import Target, free_port, lift_limits, make_token, measure_operation, sign_in
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
        action("getAnalytics", baselines.FIGURES, lambda _: year, called="getAnalytics, a year"),
        action("getAnalytics", baselines.FIGURES, lambda _: hers, called="getAnalytics, one person's"),
        action("getAnalytics", baselines.FIGURES, lambda _: fleets, called="getAnalytics, two sizes of fleet"),
        action("getAnalyticsDeals", baselines.LIST, lambda _: {"metric": "winRate"}),
        action("getAnalyticsActivities", baselines.LIST, lambda _: {"metric": "calls"}),
        page_of("analytics page", baselines.FIGURES, lambda _: "/analytics/"),
        page_of("analytics page, filtered", baselines.FIGURES, lambda _: f"/analytics/?{urlencode(year | hers)}"),
    ]


def measure_analytics(*, size: int, seconds: float, only: set[str]) -> Report:
    """Every operation with one and with eight clients."""
    report = Report(f"Figures: {size // 5:,} opportunities, {3 * size:,} activities")
    place = crm_installation(size)
    database, port = place.start_database(), free_port()
    place.run("migrate", database=database)
    place.make_users()
    with psycopg.connect(place.database, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        crm_data.fill(connection, size=size)
        connection.execute(_SNAPSHOTS, {"nights": NIGHTS, "deals": DEALS_A_NIGHT})
        connection.execute("vacuum analyze pipeline_opportunitysnapshot")
        lift_limits(place, database)
        chosen = operations(Sample(connection))
    with place.serving(port) as server:
        target = Target(
            port=port,
            server=server,
            database=database,
            token=make_token(place, database),
            cookies=sign_in(place, port),
        )
        for operation in chosen:
            if not only or operation.name in only:
                print(f"· {operation.name}")
                measure_operation(report, operation, target, seconds)
    return report


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--only", default="", help="names of operations, joined by commas")
    args = parser.parse_args()
    only = {name for name in args.only.split(",") if name}
    size = int(os.environ.get("SIZE", "100000").replace("_", "").replace(",", ""))
    measure_analytics(size=size, seconds=args.seconds, only=only).print()


if __name__ == "__main__":
    main()
