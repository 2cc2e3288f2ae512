"""The whole of outreach in some days, and each campaign of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from headhaul.accounts.selectors.pages import fetch
from headhaul.kernel import Actor
from headhaul.kernel.days import monday_of
from headhaul.outreach.schemas.reports import (
    CampaignLine,
    CampaignMetrics,
    GetCampaignMetrics,
    Measure,
    ReportScope,
    Trend,
)
from headhaul.outreach.selectors.reports import calls
from headhaul.outreach.selectors.reports.counting import MEASURES, count, empty_line
from headhaul.outreach.selectors.reports.scope import CALL_CAMPAIGN, messages, period_of, span_of

NO_CAMPAIGN = "No campaign"
BY_DAY_UP_TO = timedelta(days=45)
_SHOWN = (Measure.SENT, Measure.DELIVERED, Measure.BOUNCED, Measure.CLICKED_HUMAN, Measure.REPLIED)
_TREND = f"""
select date_trunc(%s, {{moment}} at time zone %s)::date as starts_on,
       {", ".join(f"count(*) filter (where {MEASURES[each]}) as {each}" for each in _SHOWN)}
from outreach_messagefact f where {{where}} group by 1
"""


def metrics(*, asked: GetCampaignMetrics, by: Actor, at: datetime) -> CampaignMetrics:
    """Counts, funnel and trend of the whole; counts, funnel and calls of each campaign.

    Each message and each call is in exactly one campaign, so that the counts of all of them are the whole.
    """
    counted = count(asked, key="f.campaign", by=by, at=at)
    called, calls_of = calls.count(asked, key=CALL_CAMPAIGN, by=by, at=at)
    lines = counted.groups | {key: empty_line(key=key, label=key) for key in calls.after(counted.groups, calls_of)}
    return CampaignMetrics(
        period=period_of(asked, at=at),
        total=counted.total,
        calls=called,
        trend=_trend(asked, by=by, at=at),
        campaigns=[
            CampaignLine(
                **dict(line) | {"label": key or NO_CAMPAIGN}, calls=calls_of[key] if key in calls_of else calls.none()
            )
            for key, line in lines.items()
        ],
    )


def _trend(asked: ReportScope, *, by: Actor, at: datetime) -> list[Trend]:
    """Every day or week, also those without a message."""
    span, narrowed = span_of(asked, at=at), messages(asked, by=by, at=at)
    is_daily = span.last - span.first < BY_DAY_UP_TO
    moment = "f.enrolled_at" if asked.by == "enrolled" else "f.at"
    sql = _TREND.format(moment=moment, where=narrowed.where)
    parameters = ["day" if is_daily else "week", str(span.zone), *narrowed.parameters]
    found = {row.pop("starts_on"): row for row in fetch(sql, parameters)}
    step = timedelta(days=1 if is_daily else 7)
    first: date = span.first if is_daily else monday_of(span.first)
    days = [first + step * number for number in range((span.last - first) // step + 1)]
    none = dict.fromkeys(map(str, _SHOWN), 0)
    return [Trend(starts_on=day, ends_on=day + step - timedelta(days=1), **found.get(day, none)) for day in days]
