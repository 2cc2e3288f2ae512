"""Competitors: what is known of them, and how deals went in which they were met."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from headhaul.accounts.choices import REGION_NAMES
from headhaul.accounts.selectors.pages import Conditions, Sort, fetch, page
from headhaul.analytics.models import CompetitorIntel
from headhaul.analytics.schemas.competitors import (
    CompetitorDeal,
    CompetitorDeals,
    CompetitorIntelList,
    CompetitorRow,
    GetCompetitorDeals,
    GetCompetitorIntel,
    IntelChange,
    IntelRow,
    Met,
)
from headhaul.analytics.schemas.money import MoneyScope
from headhaul.analytics.selectors.money import range_of, share, span_of, whose
from headhaul.kernel import Actor

HISTORY = 200
_FOUND = Sort(name="met", columns=("x.deals", "x.key"), types=(int, str), key=lambda row: [row["deals"], row["key"]])
_NEWEST = Sort(name="newest", columns=("x.at", "x.id"), types=(datetime, int), key=lambda row: [row["at"], row["id"]])
_KEY = "coalesce('c' || n.competitor_id, 'n' || lower(btrim(o.competitor)))"
_NAMED = """pipeline_opportunity o join accounts_account a on a.id = o.account_id
    left join analytics_competitorname n on n.key = lower(btrim(o.competitor))"""
_COUNTED = """count(*) filter (where o.kind = 'open') as open, count(*) filter (where o.kind = 'won') as won,
    count(*) filter (where o.kind = 'lost') as lost"""
_MET = f"""
(
    select coalesce(m.key, 'c' || c.id) as key, c.id as competitor_id, coalesce(c.name, m.written) as name,
        coalesce(m.open, 0) as open, coalesce(m.won, 0) as won, coalesce(m.lost, 0) as lost,
        coalesce(m.open + m.won + m.lost, 0)::int as deals, coalesce(m.won_cents, 0) as won_cents,
        coalesce(m.lost_cents, 0) as lost_cents, coalesce(m.open_cents, 0) as open_cents, m.last_seen_at,
        coalesce(m.regions, array[]::text[]) as regions
    from (select * from analytics_competitor where removed_at is null) c
    full join (
        select {_KEY} as key, min(n.competitor_id) as competitor_id, min(btrim(o.competitor)) as written, {_COUNTED},
            coalesce(sum(o.amount_cents) filter (where o.kind = 'won'), 0)::bigint as won_cents,
            coalesce(sum(o.amount_cents) filter (where o.kind = 'lost'), 0)::bigint as lost_cents,
            coalesce(sum(o.amount_cents) filter (where o.kind = 'open'), 0)::bigint as open_cents,
            max(coalesce(o.closed_at, o.updated_at)) as last_seen_at, array_agg(distinct a.region) as regions
        from {_NAMED} where {{where}} group by 1
    ) m on m.competitor_id = c.id
) x"""
_REGIONS = f"""
select {_KEY} as key, a.region, {_COUNTED} from {_NAMED} where {{where}} and {_KEY} = any(%s)
group by 1, 2 order by count(*) desc, 2
"""
_INTEL = """
select i.id, i.version, i.competitor_id, c.name as competitor, i.region, i.offerings, i.pricing_notes, i.source_url,
    i.updated_at, coalesce(nullif(u.name, ''), u.email, '') as updated_by
from analytics_competitorintel i join analytics_competitor c on c.id = i.competitor_id
left join security_user u on u.id = i.updated_by_id
where i.removed_at is null and {where} order by i.region, i.id
"""
_NAMES = "select competitor_id, key from analytics_competitorname where competitor_id = any(%s) order by key"
_HISTORY = f"""
select h.intel_id, i.region, h.version, h.field, h.old, h.new, h.at, coalesce(nullif(u.name, ''), u.email, '') as by
from analytics_competitorintelchange h join analytics_competitorintel i on i.id = h.intel_id
left join security_user u on u.id = h.by_id
where i.competitor_id = %s order by h.id desc limit {HISTORY}
"""
_DEALS = f"""
(
    select o.id, o.name, o.account_id, a.name as account, a.region, o.owner_id, o.kind as state, o.competitor,
        o.lost_reason, o.amount_cents, coalesce(o.closed_at, o.opened_at) as at
    from {_NAMED} where {{where}}
) x"""
EVERYWHERE, UNPLACED = "Everywhere", "Region not known"

_SUM = "select coalesce(sum(x.amount_cents), 0)::bigint as cents from {source}"


def intel(*, asked: GetCompetitorIntel, by: Actor, at: datetime) -> CompetitorIntelList:
    """Competitors that are noted, and names that deals have of which nothing is noted yet."""
    span = span_of(asked, at=at)
    met = _met(asked, by=by, at=at)
    source = _MET.format(where=met.where)
    narrowed = Conditions(parameters=list(met.parameters))
    if asked.q:
        narrowed.add(
            "(x.name ilike %s or exists (select from analytics_competitorname n where n.competitor_id ="
            " x.competitor_id and n.key ilike %s))",
            *[f"%{_plain(asked.q)}%"] * 2,
        )
    if asked.region is not None:
        narrowed.add(
            "(%s = any(x.regions) or exists (select from analytics_competitorintel i where i.competitor_id ="
            " x.competitor_id and i.removed_at is null and i.region = %s))",
            asked.region,
            asked.region,
        )
    if asked.key is not None:
        narrowed.add("x.key = %s", asked.key)
    if asked.intel_id is not None:
        narrowed.add(
            "x.competitor_id = (select i.competitor_id from analytics_competitorintel i where i.id = %s"
            " and i.removed_at is null)",
            asked.intel_id,
        )
    found = page(
        columns="x.*",
        source=source,
        counted_in=source,
        conditions=narrowed,
        sort=_FOUND,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    ids = [row["competitor_id"] for row in found.rows if row["competitor_id"] is not None]
    noted, names = _noted(ids), _names(ids)
    regions = _regions(met, [row["key"] for row in found.rows])
    return CompetitorIntelList(
        items=[_row(row, noted, names, regions) for row in found.rows],
        next_cursor=found.next_cursor,
        total=found.total,
        total_is_exact=found.total_is_exact,
        range=range_of(span, at=at),
        history=_history(ids[0]) if asked.key is not None and ids else [],
    )


def deals(*, asked: GetCompetitorDeals, by: Actor, at: datetime) -> CompetitorDeals:
    """The deals that a competitor's numbers count."""
    met = _met(asked, by=by, at=at)
    met.add(f"{_KEY} = %s", asked.key)
    if asked.state != "all":
        met.add("o.kind = %s", asked.state)
    if asked.region is not None:
        met.add("a.region = %s", asked.region)
    source = _DEALS.format(where=met.where)
    found = page(
        columns="x.*, coalesce(nullif(u.name, ''), u.email, '') as owner",
        source=f"{source} left join security_user u on u.id = x.owner_id",
        counted_in=source,
        conditions=Conditions(parameters=list(met.parameters)),
        sort=_NEWEST,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return CompetitorDeals(
        items=[
            CompetitorDeal(
                opportunity_id=row["id"],
                region=region_label(row["region"], nowhere=UNPLACED),
                **{name: row[name] for name in _OF_DEAL},
            )
            for row in found.rows
        ],
        next_cursor=found.next_cursor,
        total=found.total,
        total_is_exact=found.total_is_exact,
        name=_name_of(asked.key),
        cents=None if asked.cursor else fetch(_SUM.format(source=source), met.parameters)[0]["cents"],
    )


def row(of: CompetitorIntel) -> IntelRow:
    """One row as answers show it; also one that was just removed."""
    sql = _INTEL.replace("i.removed_at is null and {where}", "i.id = %s")
    return _intel(fetch(sql, [of.pk])[0])


def region_label(region: str, *, nowhere: str = EVERYWHERE) -> str:
    """What a region is called."""
    return REGION_NAMES.get(region, region) if region else nowhere


_OF_DEAL = (
    "name", "account_id", "account", "owner", "state", "competitor", "lost_reason", "amount_cents", "at",
)  # fmt: skip


def _met(asked: MoneyScope, *, by: Actor, at: datetime) -> Conditions:
    span, met = span_of(asked, at=at), whose(asked, by=by)
    met.add("btrim(o.competitor) <> ''")
    met.add("(o.kind = 'open' or (o.closed_at >= %s and o.closed_at < %s))", span.since, span.until)
    return met


def _plain(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _noted(ids: list[int]) -> dict[int, list[IntelRow]]:
    noted: dict[int, list[IntelRow]] = defaultdict(list)
    for found in fetch(_INTEL.format(where="i.competitor_id = any(%s)"), [ids]):
        noted[found["competitor_id"]].append(_intel(found))
    return noted


def _intel(found: dict[str, Any]) -> IntelRow:
    return IntelRow(**found, region_label=region_label(found["region"]))


def _names(ids: list[int]) -> dict[int, list[str]]:
    names: dict[int, list[str]] = defaultdict(list)
    for found in fetch(_NAMES, [ids]):
        names[found["competitor_id"]].append(found["key"])
    return names


def _regions(met: Conditions, keys: list[str]) -> dict[str, list[Met]]:
    regions: dict[str, list[Met]] = defaultdict(list)
    for found in fetch(_REGIONS.format(where=met.where), [*met.parameters, keys]):
        label = region_label(found["region"], nowhere=UNPLACED)
        counts = {name: found[name] for name in ("open", "won", "lost")}
        regions[found["key"]].append(Met(region=found["region"], region_label=label, **counts))
    return regions


def _history(competitor_id: int) -> list[IntelChange]:
    return [
        IntelChange(region_label=region_label(found.pop("region")), **found)
        for found in fetch(_HISTORY, [competitor_id])
    ]


def _row(
    found: dict[str, Any], noted: dict[int, list[IntelRow]], names: dict[int, list[str]], regions: dict[str, list[Met]]
) -> CompetitorRow:
    key = found["competitor_id"]
    called = [] if key is None else [each for each in names[key] if each != found["name"].lower()]
    counts = ("deals", "open", "won", "lost", "won_cents", "lost_cents", "open_cents", "last_seen_at")
    return CompetitorRow(
        key=found["key"],
        competitor_id=key,
        name=found["name"],
        also_called=called,
        intel=[] if key is None else noted[key],
        win_rate=share(found["won"], found["won"] + found["lost"]),
        regions=regions[found["key"]],
        **{name: found[name] for name in counts},
    )


def _name_of(key: str) -> str:
    if key[:1] == "c" and key[1:].isdigit():
        found = fetch("select name from analytics_competitor where id = %s::bigint", [key[1:][:18]])
        return found[0]["name"] if found else ""
    return key[1:]
