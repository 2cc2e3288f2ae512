"""Touches of whole days, from the tally of them: for whoever sees everybody's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, tzinfo
from typing import Any

from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.kernel.days import start_of

# Both zone tables must agree on where the days begin; if they do not, or the days are kept in another zone, nothing is
# answered. News and days are read in one statement, as what was told is moved from one to the other.
_TALLIED = """
with kept as (
    select from activities_touchzone z
    where z.zone = %s and z.is_whole and not exists (
        select from unnest(%s::date[], %s::timestamptz[]) begins(day, at)
        where (begins.at at time zone z.zone)::date <> begins.day
            or ((begins.at - interval '1 microsecond') at time zone z.zone)::date >= begins.day
    )
), told as (
    select day, owner_id, type, n from activities_touchday
    union all
    select day, owner_id, type, n from activities_touchnews
), d as materialized (
    select width_bucket(t.day, %s::date[]) as stretch, nullif(t.owner_id, 0) as owner_id, t.type, sum(t.n) as n
    from told t where t.day >= %s and t.day < %s and exists (select from kept) group by 1, 2, 3
)
select -1 as stretch, null::bigint as owner_id, '' as type, 0::bigint as n from kept
union all
select stretch, owner_id, type, n::bigint from d where n <> 0 and {where}
"""


def touches(
    *, beginnings: Sequence[date], until: date, zone: tzinfo, narrowed: Conditions
) -> list[dict[str, Any]] | None:
    """The touches of each stretch of days, person and kind: stretch (from 1), owner_id, type, n.

    The stretches begin on these days, in order, and the last one ends before `until`; `narrowed` are conditions on
    `d.owner_id`. None where the tally does not say it: then the rows have to be counted.
    """
    days = [*beginnings, until]
    moments = [start_of(day, zone) for day in days]
    rows = fetch(
        _TALLIED.format(where=narrowed.where),
        [str(zone), days, moments, list(beginnings), days[0], until, *narrowed.parameters],
    )
    return [row for row in rows if row["stretch"] > 0] if rows else None
