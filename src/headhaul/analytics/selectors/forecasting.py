"""What the nights wrote down of open deals, held against what was won: at 30, 60 and 90 days before periods ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.analytics.schemas.figures import Figure, JudgedForecast, LeadTime
from headhaul.analytics.selectors.quotas import NEAR, latest_snapshot
from headhaul.analytics.selectors.scope import Question, days_of, ended
from headhaul.analytics.selectors.telling import figure, rows_of
from headhaul.pipeline.selectors.periods import Span

LEADS = (30, 60, 90)
JUDGED = 4  # periods
_TAKEN = "select min(taken_at) as at from pipeline_opportunitysnapshot where day = %s"
_THEN = """
select d.opportunity_id as id, d.account_id, d.owner_id, d.stage_id, 'open' as kind, d.amount_cents,
       d.probability::int as probability, d.close_on, null::timestamptz as closed_at
from pipeline_opportunitysnapshot d
where d.day = %s and d.category <> 'omitted' and d.close_on >= %s and d.close_on < %s and {where}
"""
_WON = """
select d.id, d.account_id, d.owner_id, d.stage_id, d.kind, d.amount_cents, 100 as probability, d.close_on, d.closed_at
from pipeline_opportunity d where d.kind = 'won' and d.closed_at >= %s and d.closed_at < %s and {where}
"""
_SAID = """
select count(*) as n, coalesce(sum(amount_cents * probability), 0)::numeric / 100 as cents,
       coalesce(sum(amount_cents) filter (where kind = 'won'), 0)::bigint as won_cents from ({rows}) r
"""


@dataclass(frozen=True, slots=True)
class Said:
    """The deals behind a forecast at a lead: open ones of a night's snapshot, and those won by then."""

    taken_on: date
    sql: str
    parameters: list[Any]


def said(question: Question, span: Span, days: int) -> Said | None:
    """What was on record so many days before a span ended; nothing without a snapshot near that day."""
    lead = span.ends_on - timedelta(days=days)
    taken_on = latest_snapshot(lead)
    if taken_on is None:
        return None
    at = fetch(_TAKEN, [taken_on])[0]["at"]
    then, won = question.narrowed(), question.narrowed()
    parameters = [taken_on, span.starts_on, span.ends_on, *then.parameters, span.since, min(at, span.until)]
    sql = f"{_THEN.format(where=then.where)} union all {_WON.format(where=won.where)}"
    return Said(taken_on, sql, [*parameters, *won.parameters])


def judged(question: Question) -> list[JudgedForecast]:
    """The latest ended periods of which a night's snapshot says something, newest first."""
    return [
        JudgedForecast(period=days_of(span), leads=list(_leads(question, span)))
        for span in ended(question, count=JUDGED)
        if any(latest_snapshot(span.ends_on - timedelta(days=days)) for days in LEADS)
    ]


def figures(question: Question, forecasts: list[JudgedForecast]) -> Iterator[Figure]:
    """The accuracies of the latest ended period; before it is that of the one before it."""
    spans = ended(question, count=2)
    by_label = {each.period.label: each for each in forecasts}
    now, before = ([by_label.get(days_of(span).label) for span in spans] + [None, None])[:2]
    for number, days in enumerate(LEADS):
        key = f"forecastAccuracy{days}"
        lead = now.leads[number] if now else None
        former = before.leads[number].accuracy if before else None
        yield figure(
            key,
            lead.accuracy if lead else None,
            n=lead.deals if lead else 0,
            before=former,
            digits=1,
            link=rows_of("getAnalyticsDeals", key, question),
            is_enough=bool(lead and lead.accuracy is not None),
            missing=_missing(lead, spans, days),
            note=f"of {days_of(spans[0]).label}" if lead and lead.accuracy is not None else "",
        )


def _leads(question: Question, span: Span) -> Iterator[LeadTime]:
    actual = _actual(question, span)
    for days in LEADS:
        yield _lead(question, span, days, actual=actual)


def _lead(question: Question, span: Span, days: int, *, actual: int) -> LeadTime:
    found = said(question, span, days)
    row = fetch(_SAID.format(rows=found.sql), found.parameters)[0] if found else None
    forecast = None if row is None else round(row["cents"])
    nothing_said = row is None or not row["n"]  # a night without a deal foretold nothing
    bias = None if forecast is None or nothing_said or not actual else 100 * (forecast - actual) / actual
    return LeadTime(
        days=days,
        snapshot_on=found.taken_on if found else None,
        forecast_cents=forecast,
        won_by_then_cents=row["won_cents"] if row else None,
        actual_cents=actual,
        accuracy=None if bias is None else round(max(0.0, 100 - abs(bias)), 1),
        bias=None if bias is None else round(bias, 1),
        deals=row["n"] if row else 0,
    )


def _actual(question: Question, span: Span) -> int:
    won: Conditions = question.narrowed()
    sql = f"select coalesce(sum(amount_cents), 0)::bigint as cents from ({_WON.format(where=won.where)}) r"
    return int(fetch(sql, [span.since, span.until, *won.parameters])[0]["cents"])


def _missing(lead: LeadTime | None, spans: list[Span], days: int) -> str:
    if not spans:
        return "These days are not over yet."
    if lead is None or lead.snapshot_on is None:
        day = spans[0].ends_on - timedelta(days=days)
        return (
            f"No night wrote open deals down in the {NEAR.days} days up to {day:%-d %b %Y}, {days} days before"
            f" {days_of(spans[0]).label} ended."
        )
    if not lead.deals:
        return f"No deals yet: none was open for {days_of(spans[0]).label}, or won in it, {days} days before its end."
    return "" if lead.accuracy is not None else f"Nothing was won in {days_of(spans[0]).label}."
