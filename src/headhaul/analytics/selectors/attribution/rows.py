"""The rows behind attribution: the deals of a line, and the touches of a deal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from headhaul.accounts.selectors.pages import Conditions, Sort, fetch, page
from headhaul.analytics.attribution.touches import TOUCHES, Dimension, TouchKind
from headhaul.analytics.attribution.weights import ONE, Model, Moment, shares
from headhaul.analytics.schemas.attribution import (
    AttributedDeal,
    AttributedDeals,
    GetAttributedDeals,
    GetOpportunityTouches,
    OpportunityTouches,
    TouchShare,
)
from headhaul.analytics.selectors.attribution.naming import NOTHING, labels
from headhaul.analytics.selectors.attribution.sql import KEYS, ORDER, SUMS, Terms, shared
from headhaul.analytics.selectors.attribution.table import MODELS, UNATTRIBUTED, credit, credits_of, won
from headhaul.analytics.selectors.money import DEALS
from headhaul.kernel import Actor, NotFound
from headhaul.pipeline.selectors import visible

SHOWN = 500
_CLOSED = Sort(
    name="closed", columns=("o.closed_at", "o.id"), types=(datetime, int), key=lambda row: [row["closed_at"], row["id"]]
)
_COLUMNS = """o.id, o.name, o.account_id, a.name as account, coalesce(nullif(u.name, ''), u.email, '') as owner,
    o.closed_at, o.amount_cents"""
# A scalar, so that each deal is looked up by its account: as a semi-join, all touches there are would be read.
_TOUCHED = f"""(select true from ({TOUCHES}) t where t.account_id = o.account_id and t.at <= o.closed_at
    and t.at > o.closed_at - %s and {{which}} limit 1)"""
_OF_DEALS = f"""
select id, count(*) filter (where {{mine}}) as touches, count(*) as all_touches,
    {SUMS.replace("::bigint", " filter (where {mine})::bigint")}
from shared group by id
"""
_DEAL = f"""
select o.id, o.name, o.account_id, a.name as account, o.kind, o.amount_cents, o.closed_at
from {DEALS} where o.id = %s and {{where}}
"""
_TOUCHES = f"""
select t.*, coalesce(c.name, '') as contact, coalesce(nullif(u.name, ''), u.email, '') as user_name,
    coalesce(e.name, '') as event
from ({TOUCHES}) t left join accounts_contact c on c.id = t.contact_id left join security_user u on u.id = t.user_id
left join capture_captureevent e on e.id = t.event_id
where t.account_id = any(%s) and t.at <= %s and t.at > %s and {{which}} order by {ORDER}
"""


def attributed_deals(*, asked: GetAttributedDeals, by: Actor, at: datetime) -> AttributedDeals:
    """The deals that a line touched, or that nothing did."""
    narrowed, terms = won(asked, by=by, at=at), Terms.of(asked)
    touched = terms.conditions()
    if asked.key is not None and not asked.unattributed:
        touched.add(f"{KEYS[asked.by]} = %s", asked.key)
    if asked.key is not None or asked.unattributed:
        reading = _TOUCHED.format(which=touched.where)
        narrowed.add(
            f"{reading} is {'null' if asked.unattributed else 'not null'}", terms.look_back, *touched.parameters
        )
    found = page(
        columns=_COLUMNS,
        source=f"{DEALS} left join security_user u on u.id = o.owner_id",
        counted_in=DEALS,
        conditions=narrowed,
        sort=_CLOSED,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    given = _shares(found.rows, asked, terms)
    return AttributedDeals(
        items=[_deal(row, given.get(row["id"])) for row in found.rows],
        next_cursor=found.next_cursor,
        total=found.total,
        total_is_exact=found.total_is_exact,
        label=_label(asked),
    )


def opportunity_touches(*, asked: GetOpportunityTouches, by: Actor, at: datetime) -> OpportunityTouches:
    """The touches before a deal, each with its share by every model."""
    narrowed = Conditions()
    visible(narrowed, by=by)
    deals = fetch(_DEAL.format(where=narrowed.where), [asked.opportunity_id, *narrowed.parameters])
    if not deals:
        raise NotFound(
            f"There is no opportunity {asked.opportunity_id}.", fields={"opportunityId": "one of getPipeline"}
        )
    deal, terms = deals[0], Terms.of(asked)
    until, which = deal["closed_at"] or at, terms.conditions()
    parameters = [[deal["account_id"]], until, until - terms.look_back, *which.parameters]
    rows = fetch(_TOUCHES.format(which=which.where), parameters)
    moments = [Moment(row["at"], row["rank"], row["key"]) for row in rows]
    given = {
        (model, name): shares(model, moments, whole=whole, half_life=terms.half_life)
        for model in Model
        for name, whole in (("deals", ONE), ("cents", deal["amount_cents"] or 0))
    }
    sources = labels(Dimension.SOURCE, (row["source"] for row in rows[:SHOWN]))
    channels = labels(Dimension.CHANNEL, (row["channel"] for row in rows[:SHOWN]))
    return OpportunityTouches(
        opportunity_id=deal["id"],
        name=deal["name"],
        account_id=deal["account_id"],
        account=deal["account"],
        is_won=deal["kind"] == "won",
        until=until,
        amount_cents=deal["amount_cents"],
        look_back_days=terms.look_back.days,
        half_life_days=terms.half_life.days,
        total=len(rows),
        limit=SHOWN,
        models=MODELS,
        touches=[
            TouchShare(
                **{name: row[name] for name in _PLAIN},
                label=TouchKind(row["kind"]).label,
                user=row["user_name"],
                source_label=sources[row["source"]],
                channel_label=channels[row["channel"]],
                credits=[
                    credit(
                        model, given[model, "deals"][place], given[model, "cents"][place],
                        deals=1, cents=deal["amount_cents"] or 0,
                    )
                    for model in Model
                ],
            )
            for place, row in enumerate(rows[:SHOWN])
        ],
    )  # fmt: skip


_PLAIN = (
    "at", "kind", "source", "medium", "campaign", "channel", "event_id", "event", "contact_id", "contact",
    "is_automatic",
)  # fmt: skip


def _shares(rows: list[dict[str, Any]], asked: GetAttributedDeals, terms: Terms) -> dict[int, dict[str, Any]]:
    if not rows or asked.unattributed:
        return {}
    deals = Conditions()
    deals.add("o.id = any(%s)", [row["id"] for row in rows])
    sql, parameters = shared(deals, by=asked.by, terms=terms)
    mine = "true" if asked.key is None else "key = %s"
    repeated = _OF_DEALS.count("{mine}")
    answer = fetch(
        sql + _OF_DEALS.replace("{mine}", mine),
        [*parameters, *([asked.key] * repeated if asked.key is not None else [])],
    )
    return {row["id"]: row for row in answer}


def _deal(row: dict[str, Any], given: dict[str, Any] | None) -> AttributedDeal:
    cents = row["amount_cents"] or 0
    unexplained = {f"deals_{model}": ONE for model in Model} | {f"cents_{model}": cents for model in Model}
    told = given or unexplained | {"touches": 0, "all_touches": 0}
    return AttributedDeal(
        opportunity_id=row["id"],
        **{name: row[name] for name in ("name", "account_id", "account", "owner", "closed_at", "amount_cents")},
        touches=told["touches"],
        all_touches=told["all_touches"],
        credits=credits_of({name: value or 0 for name, value in told.items()}, deals=1, cents=cents),
    )


def _label(asked: GetAttributedDeals) -> str:
    if asked.unattributed:
        return UNATTRIBUTED
    if asked.key is None:
        return "All deals won"
    return labels(asked.by, [asked.key])[asked.key] if asked.key else NOTHING[asked.by]
