"""What the nights wrote down of open deals, held against what was won: at 30, 60 and 90 days before periods ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from headhaul.accounts.selectors.pages import fetch
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
# All at once: of each lead, what the night wrote down and what was won by then; of each period, what was won in it.
_NIGHTS = """
select l.day as lead, s.day, (select min(taken_at) from pipeline_opportunitysnapshot where day = s.day) as at
from unnest(%s::date[]) l(day)
cross join lateral (select max(day) as day from pipeline_opportunitysnapshot where day <= l.day and day > l.day - %s) s
where s.day is not null
"""
_SUMS = """
select l.number, s.n + w.n as n, (s.hundredths + 100 * w.cents)::numeric / 100 as cents, w.cents as won_cents
from unnest(%s::int[], %s::date[], %s::date[], %s::date[], %s::timestamptz[], %s::timestamptz[])
    l(number, taken_on, starts_on, ends_on, since, until)
cross join lateral (
    select count(*) as n, coalesce(sum(d.amount_cents * d.probability), 0) as hundredths
    from pipeline_opportunitysnapshot d
    where d.day = l.taken_on and d.category <> 'omitted' and d.close_on >= l.starts_on and d.close_on < l.ends_on
        and {where}
) s
cross join lateral (
    select count(*) as n, coalesce(sum(d.amount_cents), 0)::bigint as cents from pipeline_opportunity d
    where d.kind = 'won' and d.closed_at >= l.since and d.closed_at < l.until and {where}
) w
"""


@dataclass(frozen=True, slots=True)
class Said:
    """The deals behind a forecast at a lead: open ones of a night's snapshot, and those won by then."""

    taken_on: date
    sql: str
    parameters: list[Any]


def said(question: Question, span: Span, days: int) -> Said | None:
    """What was on record so many days before a span ended; nothing without a snapshot near that day."""
    taken_on = latest_snapshot(_lead_day(span, days))
    if taken_on is None:
        return None
    at = fetch(_TAKEN, [taken_on])[0]["at"]
    then, won = question.narrowed(), question.narrowed()
    parameters = [taken_on, span.starts_on, span.ends_on, *then.parameters, span.since, min(at, span.until)]
    sql = f"{_THEN.format(where=then.where)} union all {_WON.format(where=won.where)}"
    return Said(taken_on, sql, [*parameters, *won.parameters])


def judged(question: Question) -> list[JudgedForecast]:
    """The latest ended periods of which a night's snapshot says something, newest first."""
    spans = ended(question, count=JUDGED)
    nights = _nights([_lead_day(span, days) for span in spans for days in LEADS])
    spans = [span for span in spans if any(_lead_day(span, days) in nights for days in LEADS)]
    sums = _added_up(question, spans, nights)
    return [
        JudgedForecast(
            period=days_of(span),
            leads=[
                _lead(
                    days, nights.get(_lead_day(span, days)), sums.get((span, days)), actual=sums[span, 0]["won_cents"]
                )
                for days in LEADS
            ],
        )
        for span in spans
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


@dataclass(frozen=True, slots=True)
class _Night:
    """A night's snapshot: its day, and when it was taken."""

    day: date
    at: datetime


def _lead_day(span: Span, days: int) -> date:
    return span.ends_on - timedelta(days=days)


def _nights(leads: list[date]) -> dict[date, _Night]:
    """The last snapshot that still speaks for each of these days, where there is one."""
    return {row["lead"]: _Night(row["day"], row["at"]) for row in fetch(_NIGHTS, [leads, NEAR.days])}


def _added_up(
    question: Question, spans: list[Span], nights: dict[date, _Night]
) -> dict[tuple[Span, int], dict[str, Any]]:
    """The deals and cents of each span and lead; of lead 0 what was won in all of the span, without any snapshot."""
    found = [
        (span, days, nights.get(_lead_day(span, days)) if days else None)
        for span in spans
        for days in (*LEADS, 0)
        if not days or _lead_day(span, days) in nights
    ]
    narrowed = question.narrowed()
    columns: list[list[Any]] = [
        list(range(len(found))),
        [night and night.day for _, _, night in found],
        [span.starts_on for span, _, _ in found],
        [span.ends_on for span, _, _ in found],
        [span.since for span, _, _ in found],
        [min(night.at, span.until) if night else span.until for span, _, night in found],
    ]
    rows = fetch(_SUMS.format(where=narrowed.where), [*columns, *narrowed.parameters, *narrowed.parameters])
    return {found[row["number"]][:2]: row for row in rows}


def _lead(days: int, night: _Night | None, row: dict[str, Any] | None, *, actual: int) -> LeadTime:
    forecast = None if row is None else round(row["cents"])
    nothing_said = row is None or not row["n"]  # a night without a deal foretold nothing
    bias = None if forecast is None or nothing_said or not actual else 100 * (forecast - actual) / actual
    return LeadTime(
        days=days,
        snapshot_on=night.day if night else None,
        forecast_cents=forecast,
        won_by_then_cents=row["won_cents"] if row else None,
        actual_cents=actual,
        accuracy=None if bias is None else round(max(0.0, 100 - abs(bias)), 1),
        bias=None if bias is None else round(bias, 1),
        deals=row["n"] if row else 0,
    )


def _missing(lead: LeadTime | None, spans: list[Span], days: int) -> str:
    if not spans:
        return "These days are not over yet."
    if lead is None or lead.snapshot_on is None:
        day = _lead_day(spans[0], days)
        return (
            f"No night wrote open deals down in the {NEAR.days} days up to {day:%-d %b %Y}, {days} days before"
            f" {days_of(spans[0]).label} ended."
        )
    if not lead.deals:
        return f"No deals yet: none was open for {days_of(spans[0]).label}, or won in it, {days} days before its end."
    return "" if lead.accuracy is not None else f"Nothing was won in {days_of(spans[0]).label}."
