"""Touches a week, counted by the database in the weeks of the reader's zone, and where they are heading."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.accounts.visibility import scope_of
from headhaul.activities.choices import TOUCHES
from headhaul.activities.schemas.velocity import ActivityVelocity, GetActivityVelocity, VelocityTrend, VelocityWeek
from headhaul.activities.selectors.zones import reader_zone
from headhaul.kernel import Actor, InvalidData, NotFound
from headhaul.kernel.days import monday_of, start_of, today

ENOUGH = 30  # touches; a percentage of fewer says more than is known
STEADY = 0.1  # of the mean: less than this is no direction

_COUNT = """
select width_bucket(v.happened_at, %s::timestamptz[]) as week, v.type, count(*) as touches
from activities_activity v {join}
where v.happened_at >= %s and v.happened_at < %s and v.type = any(%s) and {where}
group by week, v.type
"""


def velocity(*, asked: GetActivityVelocity, by: Actor, at: datetime) -> ActivityVelocity:
    """The last weeks up to the present one, which is not over yet."""
    name, zone = reader_zone(asked.timezone, by=by)
    this_week = monday_of(today(at, zone))
    mondays = [this_week - timedelta(weeks=back) for back in reversed(range(asked.weeks))]
    starts = [start_of(monday, zone) for monday in mondays]
    narrowed, join = _whose(asked, by=by)
    rows = fetch(
        _COUNT.format(join=join, where=narrowed.where),
        [starts, starts[0], start_of(this_week + timedelta(weeks=1), zone), sorted(TOUCHES), *narrowed.parameters],
    )
    weeks = _weeks(mondays, rows)
    return ActivityVelocity(
        weeks=weeks,
        total=sum(week.touches for week in weeks),
        per_week=sum(week.touches for week in weeks) / len(weeks),
        trend=trend([week.touches for week in weeks if not week.is_partial]),
        timezone=name,
    )


def trend(touches: list[int]) -> VelocityTrend | None:
    """Where whole weeks are heading, oldest first; None for fewer than two."""
    if len(touches) < 2:
        return None
    *before, last = touches
    mean, n = sum(before) / len(before), sum(touches)
    change = last - mean
    return VelocityTrend(
        last_week=last,
        mean_before=mean,
        change=change,
        change_percent=100 * change / mean if n >= ENOUGH and mean else None,
        slope=_slope(touches),
        direction="steady" if abs(change) <= STEADY * mean else "up" if change > 0 else "down",
        n=n,
        weeks=len(touches),
    )


def _slope(values: list[int]) -> float:
    """By least squares."""
    middle = (len(values) - 1) / 2
    mean = sum(values) / len(values)
    above = sum((x - middle) * (y - mean) for x, y in enumerate(values))
    return above / sum((x - middle) ** 2 for x in range(len(values)))


def _whose(asked: GetActivityVelocity, *, by: Actor) -> tuple[Conditions, str]:
    named = [name for name in ("account_id", "owner_id", "team_id") if getattr(asked, name) is not None]
    if len(named) > 1:
        raise InvalidData("Ask for an account, a colleague or a team.", fields={"accountId": "one of the three"})
    narrowed = Conditions()
    condition, parameters = scope_of(by).condition("a")
    if asked.account_id is not None:
        found = fetch(
            f"select 1 from accounts_account a where a.id = %s and {condition}", [asked.account_id, *parameters]
        )
        if not found:
            raise NotFound("There is no such account.", fields={"accountId": "unknown"})
        narrowed.add("v.account_id = %s", asked.account_id)
        return narrowed, ""
    if asked.team_id is not None:
        narrowed.add("v.owner_id = any(array(select u.id from security_user u where u.team_id = %s))", asked.team_id)
    else:
        narrowed.add("v.owner_id = %s", asked.owner_id if asked.owner_id is not None else by.user_id)
    if condition == "true":
        return narrowed, ""
    narrowed.add(condition, *parameters)
    return narrowed, "join accounts_account a on a.id = v.account_id"


def _weeks(mondays: list[date], rows: list[dict[str, Any]]) -> list[VelocityWeek]:
    counted: dict[int, dict[str, int]] = defaultdict(dict)
    for row in rows:
        counted[row["week"]][row["type"]] = row["touches"]
    weeks = []
    for number, monday in enumerate(mondays, start=1):
        year, week, _ = monday.isocalendar()
        by_type = {str(kind): counted[number].get(str(kind), 0) for kind in sorted(TOUCHES)}
        weeks.append(
            VelocityWeek(
                starts_on=monday,
                iso_week=f"{year}-W{week:02}",
                touches=sum(by_type.values()),
                by_type=by_type,
                is_partial=number == len(mondays),
            )
        )
    return weeks
