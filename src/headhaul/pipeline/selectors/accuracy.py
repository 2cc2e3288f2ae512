"""How good forecasts were: what each method said of past periods at fixed leads, against what was won in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from statistics import fmean
from typing import get_args

from headhaul import preferences
from headhaul.accounts.selectors.pages import fetch
from headhaul.accounts.visibility import scope_of
from headhaul.kernel import Actor
from headhaul.pipeline.choices import SubmissionKind
from headhaul.pipeline.preferences import ForecastSettings
from headhaul.pipeline.schemas.accuracy import (
    ForecastAccuracy,
    GetForecastAccuracy,
    Judged,
    JudgedPeriod,
    Lead,
    Method,
    MethodSummary,
)
from headhaul.pipeline.schemas.forecast import GetForecast
from headhaul.pipeline.schemas.periods import PeriodChoice
from headhaul.pipeline.selectors import calls
from headhaul.pipeline.selectors.calls import Subject
from headhaul.pipeline.selectors.forecast import by_owner, question
from headhaul.pipeline.selectors.forecast_rows import figures
from headhaul.pipeline.selectors.periods import PeriodSpan, span_of
from headhaul.pipeline.selectors.scopes import owners_of, sees_person, sees_team
from headhaul.pipeline.working_days import start_of

_FIRST = "select min(recorded_at) as first from pipeline_opportunitychange"
Said = tuple[Method, int, int]  # what it forecast in cents, from how many deals or calls


def accuracy(*, asked: GetForecastAccuracy, by: Actor, at: datetime) -> ForecastAccuracy:
    """The last periods that have ended, newest first. What was said before Headhaul knew anything is not judged."""
    kind = asked.period or preferences.get(ForecastSettings).period
    current = span_of(PeriodChoice(period=kind), at=at)
    first = fetch(_FIRST, [])[0]["first"]
    spans = [current.moved(-number) for number in range(1, asked.periods + 1)]
    judged = [_judge(span, asked, first, by=by, at=at) for span in spans if first and first < span.until]
    summary = list(_summaries(judged))
    return ForecastAccuracy(
        state="ready" if summary else "not_enough",
        missing=_missing(judged, summary, current, first),
        summary=summary,
        periods=judged,
    )


def leads(span: PeriodSpan) -> dict[Lead, datetime]:
    """The moments at which forecasts are held against what came."""
    before: dict[Lead, int] = {"days_30": 30, "days_7": 7}
    found: dict[Lead, datetime] = {"start": span.since}
    for lead, days in before.items():
        moment = start_of(span.ends_on - timedelta(days=days), span.zone)
        if moment > span.since:
            found[lead] = moment
    return found


def _judge(span: PeriodSpan, asked: GetForecastAccuracy, first: datetime, *, by: Actor, at: datetime) -> JudgedPeriod:
    closed = figures(by_owner(question(asked=_forecast(asked, span, None), by=by, at=at)), by="stage")
    actual = closed["closed_cents"]
    said = [
        Judged(method=method, lead=lead, said_at=moment, forecast_cents=cents, n=n, **_held(cents, actual, n=n))
        for lead, moment in leads(span).items()
        if moment >= first
        for method, cents, n in _said(span, asked, moment, by=by, at=at)
    ]
    return JudgedPeriod(period=span.shown(at=at), actual_cents=actual, actual_deals=closed["closed_deals"], said=said)


def _forecast(asked: GetForecastAccuracy, span: PeriodSpan, moment: datetime | None) -> GetForecast:
    whose = asked.model_dump(include={"owner", "team_id", "pipeline_id"})
    return GetForecast(period=span.kind, starts_on=span.starts_on, as_of=moment, **whose)


def _held(cents: int, actual: int, *, n: int) -> dict[str, float | None]:
    if not actual or not n:  # where there was no deal yet, nothing was said that could be right or wrong
        return {"accuracy": None, "bias": None}
    bias = (cents - actual) / actual
    return {"accuracy": round(100 * (1 - abs(bias)), 1), "bias": round(100 * bias, 1)}


def _said(span: PeriodSpan, asked: GetForecastAccuracy, moment: datetime, *, by: Actor, at: datetime) -> Iterator[Said]:
    sums = by_owner(question(asked=_forecast(asked, span, moment), by=by, at=at))
    stage, ai = figures(sums, by="stage"), figures(sums, by="ai")
    n = stage["closed_deals"] + stage["open_deals"]
    yield "stage", stage["expected_cents"], n
    if ai["deals_with_ai"]:
        yield "ai", ai["expected_cents"], ai["deals_with_ai"]
    yield "commit", stage["commit_total_cents"], n
    yield "best_case", stage["best_case_total_cents"], n
    if asked.pipeline_id is None:
        yield from _called(span, asked, moment, by=by)


def _called(span: PeriodSpan, asked: GetForecastAccuracy, moment: datetime, *, by: Actor) -> Iterator[Said]:
    scope, owners = scope_of(by), owners_of(asked, by=by)
    standing = calls.standing(span, moment=moment)
    reps = [
        call.commit_cents
        for (kind, (of, key)), call in standing.items()
        if kind is SubmissionKind.REP and of == "user" and sees_person(scope, key) and (owners is None or key in owners)
    ]
    if reps:
        yield "rep_calls", sum(reps), len(reps)
    subject = _subject(asked, by=by)
    manager = standing.get((SubmissionKind.MANAGER, subject))
    if manager and (sees_person(scope, subject[1]) if subject[0] == "user" else sees_team(scope, subject[1])):
        yield "manager_call", manager.commit_cents, 1


def _subject(asked: GetForecastAccuracy, *, by: Actor) -> Subject:
    if asked.team_id is not None:
        return "team", asked.team_id if isinstance(asked.team_id, int) else None
    if asked.owner == "team":
        return "team", by.team_id
    if asked.owner == "all":
        return "firm", None
    return "user", asked.owner if isinstance(asked.owner, int) else by.user_id


def _summaries(periods: list[JudgedPeriod]) -> Iterator[MethodSummary]:
    for lead in get_args(Lead):
        for method in get_args(Method):
            held = [
                said
                for period in periods
                for said in period.said
                if said.method == method and said.lead == lead and said.accuracy is not None
            ]
            if held:
                yield MethodSummary(
                    method=method,
                    lead=lead,
                    mean_accuracy=round(fmean(said.accuracy or 0 for said in held), 1),
                    mean_bias=round(fmean(said.bias or 0 for said in held), 1),
                    periods=len(held),
                )


def _missing(
    periods: list[JudgedPeriod], summary: list[MethodSummary], current: PeriodSpan, first: datetime | None
) -> list[str]:
    """What is not there yet, in words."""
    kind = current.kind.value
    if first is None:
        return ["No deal has been recorded yet."]
    if not any(period.said for period in periods):
        whole = current if first <= current.since else current.moved(1)
        return [
            f"No {kind} has ended that began with deals on record. {whole.label} can be judged when it is over"
            f" on {whole.ends_on.isoformat()}; its last weeks count from then on."
        ]
    if not summary:
        return [f"Nothing was won in the {kind}s that have ended, so there is nothing to hold forecasts against."]
    there = {each.method for each in summary}
    said = {
        "ai": "No AI predictions were on record at these moments.",
        "rep_calls": "Reps had made no calls by these moments.",
        "manager_call": "Managers had made no call by these moments.",
    }
    return [words for method, words in said.items() if method not in there]
