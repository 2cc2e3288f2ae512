"""The dashboard's numbers, each from one aggregate in SQL."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from headhaul.accounts.choices import NOT_PROSPECTS, AccountSource, AccountStatus
from headhaul.accounts.selectors.pages import fetch
from headhaul.accounts.selectors.tallies import by_status, unowned_prospects
from headhaul.accounts.visibility import scope_of
from headhaul.analytics.schemas.dashboard import DashboardKpis, Kpi, Link
from headhaul.carriers.selectors.bar import Bar
from headhaul.carriers.selectors.days import Day, above_bar, before
from headhaul.carriers.selectors.days import current as current_day
from headhaul.kernel import Actor

_NEW = """
select count(*) filter (where created_at >= %s) as n,
       count(*) filter (where created_at < %s) as before
from accounts_account a
where source = %s and created_at >= %s and created_at <= %s and {seen}
"""


def kpis(*, days: int, bar: Bar, at: datetime, by: Actor) -> DashboardKpis:
    """The tiles as of now, compared with `days` days before. `bar` is what makes a prospect.

    Accounts are counted as far as the actor sees them.
    """
    current = current_day()
    earlier = current and before(current.day, days=days)
    items = [*_of_signals(current, earlier, bar=bar), *_of_accounts(days=days, at=at, by=by)]
    return DashboardKpis(range=days, day=current and current.day, compared_with=earlier and earlier.day, items=items)


def _of_signals(now: Day | None, then: Day | None, *, bar: Bar) -> list[Kpi]:
    as_of = now.computed_at if now else None
    above = {"minScore": bar.score, "minDrivers": bar.drivers, "isWorthy": True}
    if bar.fleet:
        above["minFleet"] = bar.fleet
    rows = [
        ("prospects", "Prospects above the bar", _above(now, bar), _above(then, bar), above),
        ("carriersMatched", "Carriers scored", now and now.rows, then and then.rows, {}),
        ("drivers", "Drivers available", now and now.drivers, then and then.drivers, None),
        ("spikes", "Rising fast", now and now.spikes, then and then.spikes, {"isSpike": True}),
    ]
    return [
        Kpi(
            key=key,
            label=label,
            value=value or 0,
            previous=previous,
            as_of=as_of,
            link=None if data is None else Link(action="listSignals", data=data),
        )
        for key, label, value, previous, data in rows
    ]


def _above(signals: Day | None, bar: Bar) -> int | None:
    return None if signals is None else above_bar(signals, bar=bar)


def _of_accounts(*, days: int, at: datetime, by: Actor) -> list[Kpi]:
    today = at.replace(hour=0, minute=0, second=0, microsecond=0)  # whole days, as the list behind it has them
    since, earlier = today - timedelta(days=days), today - timedelta(days=2 * days)
    source = AccountSource.AUTO_PROSPECTED.value
    seen, parameters = scope_of(by).condition("a")
    new = fetch(_NEW.format(seen=seen), [since, since, source, earlier, at, *parameters])[0]
    state = by_status(by=by)
    listed = {"source": source, "createdSince": since.date().isoformat()}
    rows: list[tuple[str, str, int, int | None, dict[str, Any]]] = [
        ("newAccounts", "New accounts", new["n"], new["before"], listed),
        (
            "unownedAccounts",
            "Accounts nobody has",
            unowned_prospects(by=by),
            None,
            {"owner": "none", "status": ",".join(sorted(set(AccountStatus) - NOT_PROSPECTS))},
        ),
    ]
    rows += [
        (f"{status.value}Accounts", label, state[status], None, {"status": status.value})
        for status, label in (
            (AccountStatus.TARGET, "Targets"),
            (AccountStatus.PROSPECTING, "Prospecting"),
            (AccountStatus.CLIENT, "Clients"),
        )
    ]
    return [
        Kpi(
            key=key,
            label=label,
            value=value,
            previous=previous,
            as_of=at,
            link=Link(action="listAccounts", data=data),
        )
        for key, label, value, previous, data in rows
    ]
