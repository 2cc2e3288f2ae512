"""What Rosa, Theo and Max said the last and this quarter would bring."""

from __future__ import annotations

from datetime import datetime

from headhaul.config.demo.sales.diary import Diary, dice
from headhaul.config.demo.sales.team import Cast
from headhaul.kernel import Actor
from headhaul.pipeline.choices import Period
from headhaul.pipeline.schemas.forecast import SubmitForecast
from headhaul.pipeline.schemas.periods import PeriodChoice
from headhaul.pipeline.selectors.calls import Subject
from headhaul.pipeline.selectors.periods import PeriodSpan, span_of
from headhaul.pipeline.services import forecast_calls

REACH = 110  # days; before that there was nothing to speak of
EVERY = 21
HOPE = {"rosa": 1.1, "theo": 0.9, "max": 0.95}  # everybody's way of seeing what the pipeline says
NOTES = {
    "rosa": "All but one are waiting for a signature.",
    "theo": "Counting on the tanker fleet.",
    "max": "One of the large ones usually slips.",
}


def plan(diary: Diary, cast: Cast) -> None:
    """A call of each every three weeks, the last one in these days."""
    for offset in (-1, 0):
        span = span_of(PeriodChoice(period=Period.QUARTER, offset=offset), at=diary.at)
        first = min((diary.day - span.starts_on).days - 2, REACH)
        last = max((diary.day - span.last_day).days + 3, 1)
        for days_ago in (*range(first, last, -EVERY), last):
            _round(diary, cast, span, days_ago)


def _round(diary: Diary, cast: Cast, span: PeriodSpan, days_ago: int) -> None:
    for number, word in enumerate(("rosa", "theo")):
        own: Subject = ("user", cast.of(word).user_id)
        _plan(diary, span, own, cast.of(word), word, days_ago, hour=9 + number)
    _plan(diary, span, ("user", cast.rosa.user_id), cast.max, "max", days_ago, hour=12)
    _plan(diary, span, ("team", cast.team_id), cast.max, "max", days_ago, hour=13)


def _plan(diary: Diary, span: PeriodSpan, subject: Subject, by: Actor, word: str, days_ago: int, *, hour: int) -> None:
    moment = diary.moment(days_ago, dice("calls", word, days_ago), hour=hour)
    if span.since <= moment < span.until:
        diary.write(moment, lambda at: _submit(span, subject, by, word, at))


def _submit(span: PeriodSpan, subject: Subject, by: Actor, word: str, at: datetime) -> None:
    says = forecast_calls.computed(subject, span, by=by, at=at)
    commit = round(says.commit_total_cents * HOPE[word] / 100_000) * 100_000
    best = max(commit, round(says.best_case_total_cents / 100_000) * 100_000)
    whose = {} if subject[1] == by.user_id else {f"{subject[0]}_id": subject[1]}
    given = SubmitForecast(
        period=span.kind, starts_on=span.starts_on, commit_cents=commit, best_case_cents=best, note=NOTES[word], **whose
    )
    forecast_calls.submit(given=given, at=at, by=by)
