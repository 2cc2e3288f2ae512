"""The rows behind a figure: by the same conditions, so that there are as many as it says."""

from __future__ import annotations

from datetime import datetime

from headhaul.accounts.selectors.pages import Conditions, Sort, fetch, page
from headhaul.analytics.schemas.rows import (
    AnalyticsAccount,
    AnalyticsAccounts,
    AnalyticsActivities,
    AnalyticsActivity,
    AnalyticsDeal,
    AnalyticsDeals,
    GetAnalyticsAccounts,
    GetAnalyticsActivities,
    GetAnalyticsDeals,
)
from headhaul.analytics.selectors import deals, forecasting, working
from headhaul.analytics.selectors.scope import Question, days_of, ended, question
from headhaul.kernel import Actor, InvalidData

_FORECAST = "forecastAccuracy"
_OWNER = "coalesce(nullif(u.name, ''), u.email, '') as owner"
_NOW = """(
    select d.id, d.account_id, d.owner_id, d.stage_id, d.kind, d.amount_cents, s.probability::int as probability,
           d.close_on, d.closed_at
    from pipeline_opportunity d join pipeline_stage s on s.id = d.stage_id where {where}
)"""
_DEAL_COLUMNS = f"""d.id, d.account_id, coalesce(a.name, '') as account, coalesce(o.name, 'Removed since') as name,
    d.owner_id, {_OWNER}, s.label as stage, d.kind, d.amount_cents, d.probability, d.close_on, o.opened_at, d.closed_at,
    extract(epoch from d.closed_at - o.opened_at)::float8 / 86400 as days"""
_DEAL_NAMES = """
    left join pipeline_opportunity o on o.id = d.id left join accounts_account a on a.id = d.account_id
    left join pipeline_stage s on s.id = d.stage_id left join security_user u on u.id = d.owner_id"""
_TOGETHER = """
select coalesce(sum(amount_cents), 0)::bigint as cents,
       coalesce(sum(amount_cents * probability), 0)::numeric / 100 as weighted from {source} d
"""
_LARGEST = Sort(
    "largest",
    ("coalesce(d.amount_cents, -1)", "d.id"),
    (int, int),
    lambda row: [-1 if row["amount_cents"] is None else row["amount_cents"], row["id"]],
)
_ACTIVITY_COLUMNS = f"""d.id, d.account_id, a.name as account, d.type, d.direction, d.outcome, d.subject, d.happened_at,
    d.owner_id, {_OWNER}"""
_ACTIVITIES = """activities_activity d join accounts_account a on a.id = d.account_id
    left join security_user u on u.id = d.owner_id"""
_LATEST = Sort("latest", ("d.happened_at", "d.id"), (datetime, int), lambda row: [row["happened_at"], row["id"]])
_ACCOUNT_COLUMNS = f"a.id, a.name, a.state, a.segment, a.source, a.created_at, a.owner_id, {_OWNER}"
_NEWEST = Sort("newest", ("a.created_at", "a.id"), (datetime, int), lambda row: [row["created_at"], row["id"]])


def deals_behind(*, asked: GetAnalyticsDeals, by: Actor, at: datetime) -> AnalyticsDeals:
    """The deals that a figure counts."""
    worked_out = question(asked, by=by, at=at)
    source, parameters = _deals(asked, worked_out)
    found = page(
        columns=_DEAL_COLUMNS,
        source=f"{source} d {_DEAL_NAMES}",
        counted_in=f"{source} d",
        conditions=Conditions(parameters=parameters),
        sort=_LARGEST,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    sums = {} if asked.cursor else fetch(_TOGETHER.format(source=source), parameters)[0]
    is_forecast = asked.metric.startswith(_FORECAST)
    judged = ended(worked_out, count=1) if is_forecast else []
    return AnalyticsDeals(
        period=days_of(judged[0] if judged else worked_out.span),
        items=[AnalyticsDeal(**row) for row in found.rows],
        next_cursor=found.next_cursor,
        total=found.total,
        total_is_exact=found.total_is_exact,
        cents=sums.get("cents"),
        weighted_cents=round(sums["weighted"]) if sums and is_forecast else None,
    )


def activities_behind(*, asked: GetAnalyticsActivities, by: Actor, at: datetime) -> AnalyticsActivities:
    """The activities that a figure counts."""
    worked_out = question(asked, by=by, at=at)
    narrowed = working.counted(asked.metric, worked_out)
    if asked.rep is not None:
        rep = None if asked.rep == "none" else asked.rep
        narrowed.add("d.owner_id is not distinct from %s::bigint", rep)
    found = page(
        columns=_ACTIVITY_COLUMNS,
        source=_ACTIVITIES,
        counted_in="activities_activity d",
        conditions=narrowed,
        sort=_LATEST,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return AnalyticsActivities(
        period=days_of(worked_out.span),
        items=[AnalyticsActivity(**row) for row in found.rows],
        next_cursor=found.next_cursor,
        total=found.total,
        total_is_exact=found.total_is_exact,
    )


def accounts_behind(*, asked: GetAnalyticsAccounts, by: Actor, at: datetime) -> AnalyticsAccounts:
    """The accounts that a figure counts."""
    worked_out = question(asked, by=by, at=at)
    found = page(
        columns=_ACCOUNT_COLUMNS,
        source="accounts_account a left join security_user u on u.id = a.owner_id",
        counted_in="accounts_account a",
        conditions=working.counted_accounts(worked_out),
        sort=_NEWEST,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return AnalyticsAccounts(
        period=days_of(worked_out.span),
        items=[AnalyticsAccount(**row) for row in found.rows],
        next_cursor=found.next_cursor,
        total=found.total,
        total_is_exact=found.total_is_exact,
    )


def _deals(asked: GetAnalyticsDeals, worked_out: Question) -> tuple[str, list[object]]:
    """The deals as a subquery with its parameters."""
    if asked.metric.startswith(_FORECAST):
        if asked.pipeline_id is not None:
            raise InvalidData("A forecast is of all pipelines.", fields={"pipelineId": "leave it out"})
        return _forecast(int(asked.metric.removeprefix(_FORECAST)), worked_out)
    if asked.metric in deals.COHORTS:
        if asked.stage is None:
            raise InvalidData("A figure of stages needs the stage.", fields={"stage": "its key, as getStages lists it"})
        narrowed = deals.in_cohort(asked.metric, asked.stage, worked_out, pipeline_id=asked.pipeline_id)
    else:
        narrowed = deals.counted(asked.metric, worked_out)
        if asked.pipeline_id is not None:
            narrowed.add("d.pipeline_id = %s", asked.pipeline_id)
    return _NOW.format(where=narrowed.where), narrowed.parameters


def _forecast(days: int, worked_out: Question) -> tuple[str, list[object]]:
    spans = ended(worked_out, count=1)
    found = forecasting.said(worked_out, spans[0], days) if spans else None
    if found is None:
        return _NOW.format(where="false"), []
    return f"({found.sql})", found.parameters
