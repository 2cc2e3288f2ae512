"""Sources, channels, campaigns, events and months: what came of each, and what it cost."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from headhaul import preferences
from headhaul.accounts.selectors.pages import Conditions, Sort, fetch, page
from headhaul.accounts.visibility import scope_of
from headhaul.analytics.attribution.touches import Dimension
from headhaul.analytics.attribution.weights import split
from headhaul.analytics.costs import Cost, cost_of, payback_months
from headhaul.analytics.preferences import Crediting
from headhaul.analytics.schemas.money import MoneyScope
from headhaul.analytics.schemas.sources import (
    Costs,
    CostShown,
    GetCPA,
    GetSourcePerformance,
    GetSourceRows,
    Line,
    Measure,
    SourceLine,
    SourcePerformance,
    SourceRow,
    SourceRows,
)
from headhaul.analytics.selectors import sources_sql as sql
from headhaul.analytics.selectors.attribution.naming import NOTHING, labels
from headhaul.analytics.selectors.channels import GENERAL, label_of
from headhaul.analytics.selectors.money import range_of, share, span_of, whose
from headhaul.kernel import Actor
from headhaul.pipeline.selectors.periods import Span
from headhaul.pipeline.selectors.scopes import NOBODY, owner_condition, owners_of

NOT_WHOLE = (
    "Spend is kept for the whole firm: it cannot be held against the deals of a person, team, segment or pipeline."
)
NOT_SEEN = "Spend is kept for the whole firm, and you see a part of its accounts: costs would be wrong."
_SUMS = (
    "leads", "qualified", "converted", "opportunities", "won", "lost", "clients", "won_cents", "client_cents", "spend",
    "general",
)  # fmt: skip
_LEADS = Sort(
    name="captured", columns=("l.captured_at", "l.id"), types=(datetime, int), key=lambda row: [row["at"], row["id"]]
)
_OPENED = Sort(
    name="opened", columns=("o.opened_at", "o.id"), types=(datetime, int), key=lambda row: [row["at"], row["id"]]
)
_CLOSED = Sort(
    name="closed", columns=("o.closed_at", "o.id"), types=(datetime, int), key=lambda row: [row["at"], row["id"]]
)
_OWNER = "coalesce(nullif(u.name, ''), u.email, '') as owner"
_LEAD_COLUMNS = f"""'lead' as kind, l.id, coalesce(nullif(c.name, ''), a.name, '') as name, l.account_id,
    coalesce(a.name, '') as account, {_OWNER}, l.captured_at as at, null::bigint as amount_cents, l.status as state,
    s.name as source, l.campaign, null::float8 as days"""
_DEAL_COLUMNS = f"""'opportunity' as kind, o.id, o.name, o.account_id, a.name as account, {_OWNER},
    o.{{moment}} as at, o.amount_cents, o.kind as state, {sql.KEYS_OF_DEALS[Line.SOURCE]} as source,
    coalesce(f.campaign, '') as campaign, extract(epoch from o.closed_at - o.opened_at)::float8 / 86400 as days"""


def performance(*, asked: GetSourcePerformance | GetCPA, by: Actor, at: datetime) -> SourcePerformance:
    """Each line and the whole, in one reading; costs where spend can be held against what is counted."""
    span, note = span_of(asked, at=at), why_no_costs(asked, by=by)
    leads, deals = leads_of(asked, by=by), whose(asked, by=by)
    named: dict[str, Any] = _days(span)
    query = sql.counting(
        asked.by, leads=_named(leads, "lead", named), deals=_named(deals, "deal", named), with_spend=not note
    )
    answer = fetch(query, named)
    rows, [whole] = [row for row in answer if not row["is_whole"]], [row for row in answer if row["is_whole"]]
    chosen = preferences.get(Crediting)
    total: dict[str, Any] = {name: sum(int(row[name] or 0) for row in rows) for name in _SUMS}
    total |= {"key": "", "cycle": whole["cycle"], "loaded": total["spend"] + total["general"]}
    for row, part in zip(rows, _general(asked.by, rows, total), strict=True):
        row["loaded"] = int(row["spend"]) + part
    known = _labels(asked.by, [row["key"] for row in rows])
    shown = [row for row in rows if not (asked.by is Line.CHANNEL and row["key"] == GENERAL)]
    ordered = sorted(shown, key=_largest) if asked.by is not Line.MONTH else sorted(shown, key=lambda row: row["key"])
    lines = [_line(row, known[row["key"]], note=note, chosen=chosen) for row in ordered if _says(row)]
    return SourcePerformance(
        range=range_of(span, at=at),
        by=asked.by,
        lines=lines,
        total=_line(total, "All", note=note, chosen=chosen),
        general_cents=None if note else total["general"],
        costs_note=note,
        enough_clients=chosen.enough_clients,
        contract_months=chosen.contract_months,
        margin_percent=chosen.margin_percent,
    )


def rows(*, asked: GetSourceRows, by: Actor, at: datetime) -> SourceRows:
    """The leads or deals behind a number."""
    is_lead = asked.measure in (Measure.LEADS, Measure.QUALIFIED)
    span = span_of(asked, at=at)
    narrowed = leads_of(asked, by=by) if is_lead else whose(asked, by=by)
    moment = "opened_at" if asked.measure is Measure.OPPORTUNITIES else "closed_at"
    days = _days(span)
    condition = sql.ROWS_OF[asked.measure]
    narrowed.add(*_positional(condition, days))
    if asked.key is not None:
        key = sql.KEYS_OF_LEADS[asked.by] if is_lead else sql.key_of_deals(asked.by, moment)
        clause, parameters = _positional(key, days)[0], _positional(key, days)[1:]
        narrowed.add(f"{clause} = %s", *parameters, asked.key)
    source = sql.LEADS if is_lead else sql.DEALS
    extra = "left join accounts_contact c on c.id = l.contact_id " if is_lead else ""
    owner = "l.owner_id" if is_lead else "o.owner_id"
    found = page(
        columns=_LEAD_COLUMNS if is_lead else _DEAL_COLUMNS.format(moment=moment),
        source=f"{source} {extra}left join security_user u on u.id = {owner}",
        counted_in=source,
        conditions=narrowed,
        sort=_LEADS if is_lead else _OPENED if moment == "opened_at" else _CLOSED,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    names = {} if is_lead else labels(Dimension.SOURCE, {row["source"] for row in found.rows})
    return SourceRows(
        items=[SourceRow(**row | {"source": names.get(row["source"], row["source"])}) for row in found.rows],
        next_cursor=found.next_cursor,
        total=found.total,
        total_is_exact=found.total_is_exact,
        label="" if asked.key is None else line_label(asked.by, asked.key),
        cents=None if is_lead or asked.cursor else _together(source, narrowed),
    )


def _together(source: str, narrowed: Conditions) -> int:
    sql = f"select coalesce(sum(o.amount_cents), 0)::bigint as cents from {source} where {narrowed.where}"
    return int(fetch(sql, narrowed.parameters)[0]["cents"])


def why_no_costs(asked: MoneyScope, *, by: Actor) -> str:
    """Why spend cannot be held against these rows; "" when it can."""
    if asked.owner != "all" or any(each is not None for each in (asked.team_id, asked.segment, asked.pipeline_id)):
        return NOT_WHOLE
    return "" if scope_of(by).is_all else NOT_SEEN


def leads_of(asked: MoneyScope, *, by: Actor) -> Conditions:
    """Conditions on leads `l` and their accounts `a`: whose are asked for, and which the reader sees."""
    narrowed = Conditions()
    clause, parameters = owner_condition(owners_of(asked, by=by), "l.owner_id")
    narrowed.add(clause, *parameters)
    if asked.segment is not None:
        narrowed.add("a.segment = %s", asked.segment.value)
    scope = scope_of(by)
    if not scope.is_all:
        condition, seen = scope.condition("a")
        narrowed.add(
            f"(l.owner_id = %s or l.captured_by_id = %s or (a.id is not null and {condition}))",
            by.user_id or NOBODY,
            by.user_id or NOBODY,
            *seen,
        )
    return narrowed


def _days(span: Span) -> dict[str, Any]:
    return {
        "since": span.since, "until": span.until, "first": span.starts_on, "last": span.last_day,
        "zone": str(span.zone),
    }  # fmt: skip


def _named(conditions: Conditions, prefix: str, into: dict[str, Any]) -> str:
    """The clause with its parameters by name, which are put into `into`."""
    where = conditions.where
    for number, value in enumerate(conditions.parameters):
        into[f"{prefix}{number}"] = value
        where = where.replace("%s", f"%({prefix}{number})s", 1)
    return where


def _positional(clause: str, named: dict[str, Any]) -> list[Any]:
    """The clause with %s, and its parameters in their order."""
    parameters: list[Any] = []
    while "%(" in clause:
        start = clause.index("%(")
        end = clause.index(")s", start)
        parameters.append(named[clause[start + 2 : end]])
        clause = f"{clause[:start]}%s{clause[end + 2 :]}"
    return [clause, *parameters]


def line_label(by: Line, key: str) -> str:
    """What the line of a key is called."""
    return _labels(by, [key])[key]


def _labels(by: Line, keys: list[str]) -> dict[str, str]:
    if by is Line.MONTH:
        return {key: f"{date.fromisoformat(f'{key}-01'):%B %Y}" for key in keys}
    if by is Line.CHANNEL:
        return {key: label_of(key) if key else NOTHING[Dimension.CHANNEL] for key in keys}
    return labels(Dimension(by.value), keys)


def _says(row: dict[str, Any]) -> bool:
    return any(row[name] for name in _SUMS if name != "general")


def _largest(row: dict[str, Any]) -> tuple[int, int, int, int, str]:
    return -row["won_cents"], -row["spend"], -row["opportunities"], -row["leads"], row["key"]


def _line(row: dict[str, Any], label: str, *, note: str, chosen: Crediting) -> SourceLine:
    cycle = row["cycle"]
    return SourceLine(
        key=row["key"],
        label=label,
        **{name: int(row[name]) for name in _SUMS if name not in ("converted", "spend", "general")},
        win_rate=share(row["won"], row["won"] + row["lost"]),
        lead_to_client=share(row["converted"], row["leads"]),
        cycle_days=None if cycle is None else round(float(cycle), 1),
        costs=None if note else _costs(row, chosen=chosen),
    )


def _general(by: Line, rows: list[dict[str, Any]], total: dict[str, Any]) -> list[int]:
    """What each line bears of the spend that belongs to none: by new clients; a month bears its own."""
    if by is Line.MONTH:
        return [int(row["general"]) for row in rows]
    if not total["clients"]:
        return [0] * len(rows)
    return split(total["general"], [int(row["clients"]) for row in rows])


def _costs(row: dict[str, Any], *, chosen: Crediting) -> Costs:
    spend, clients, loaded = int(row["spend"]), int(row["clients"]), int(row["loaded"])
    cac = cost_of(loaded, clients, enough=chosen.enough_clients)
    return Costs(
        spend_cents=spend,
        loaded_cents=loaded,
        per_lead=_shown(cost_of(spend, row["leads"], enough=chosen.enough_clients)),
        per_opportunity=_shown(cost_of(spend, row["opportunities"], enough=chosen.enough_clients)),
        cpa=_shown(cost_of(spend, clients, enough=chosen.enough_clients)),
        cac=_shown(cac),
        payback_months=payback_months(
            cac.cents,
            won_cents=row["client_cents"],
            clients=clients,
            contract_months=chosen.contract_months,
            margin_percent=chosen.margin_percent,
        ),
        said=_said(spend, loaded, clients, cac, chosen=chosen),
    )


def _said(spend: int, loaded: int, clients: int, cac: Cost, *, chosen: Crediting) -> str:
    if not loaded:
        return "Nothing was spent on it in these days." if clients else ""
    if not clients:
        least = f"${(cac.low or 0) / 100:,.0f}"
        return f"No client came of it: a client costs at least {least}, and nobody knows how much more."
    if clients < chosen.enough_clients:
        return f"{clients} {'client is' if clients == 1 else 'clients are'} too few for one number; the range holds."
    return "" if spend else "It has only its part of the general spend."


def _shown(cost: Cost) -> CostShown:
    return CostShown(cents=cost.cents, low=cost.low, high=cost.high, n=cost.n, is_enough=cost.is_enough)
