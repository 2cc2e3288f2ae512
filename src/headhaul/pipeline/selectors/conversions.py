"""How deals get from stage to stage: of those that entered one, how many went on, how many were lost, how long it took.

A deal counts once for each stage, by the first time it entered it. A jump passes the stages between; a deal that was
opened in a later stage never was in the earlier ones. Deals that were removed are left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.kernel import Actor, InvalidData, NotFound
from headhaul.pipeline.schemas.conversions import GetStageConversions, Lengths, StageConversion, StageConversions
from headhaul.pipeline.schemas.periods import Link
from headhaul.pipeline.selectors.conversion_sql import COHORTS, DECIDED, ENTERED, FATES, FUNNEL
from headhaul.pipeline.selectors.deals import Rows
from headhaul.pipeline.selectors.periods import Span
from headhaul.pipeline.selectors.rates import share, share_by_value
from headhaul.pipeline.selectors.scopes import owner_condition, owners_of, seen
from headhaul.pipeline.working_days import Calendar, current, start_of

YEAR = timedelta(days=364)
_PIPELINE = "select id, name from pipeline_pipeline where case when %s::bigint is null then is_default else id = %s end"
OF_SEGMENT = "exists (select from accounts_account g where g.id = d.account_id and g.segment = any(%s))"
_FIRST = """
select least(
    (select min(valid_from) from pipeline_opportunitychange where field = 'stage'),
    (select min(opened_at) from pipeline_opportunity)
) as first
"""


@dataclass(frozen=True, slots=True)
class Passed:
    """How many deals entered a stage, how many of them went on, and how long it took those that left."""

    stage: str
    label: str
    entered: int
    moved_forward: int
    time_in_stage: Lengths


def conversions(*, asked: GetStageConversions, by: Actor, at: datetime) -> StageConversions:
    """The funnel of the pipeline named, or of the default one."""
    span, pipeline = _span(asked, current(), at=at), _pipeline(asked.pipeline_id)
    where, parameters = _measured(asked, span, pipeline["id"], by=by, at=at)
    stages = fetch(COHORTS.format(where=where), parameters)
    [decided] = fetch(DECIDED.format(where=where), parameters)
    open_now = sum(row["open_now"] for row in stages)
    average = round(decided["won_cents"] / decided["won_with_amount"]) if decided["won_with_amount"] else None
    return StageConversions(
        from_=span.starts_on,
        to=span.last_day,
        as_of=at,
        pipeline_id=pipeline["id"],
        pipeline=pipeline["name"],
        stages=[_stage(row, asked) for row in stages],
        **{name: decided[name] for name in ("won", "lost", "won_cents", "lost_cents")},
        win_rate=share(decided["won"], decided["won"] + decided["lost"], n=decided["won"] + decided["lost"]),
        win_rate_by_value=share_by_value(
            decided["won_cents"], decided["lost_cents"], float(decided["squares"]), n=decided["with_amount"]
        ),
        cycle=_lengths(decided, n=decided["won"]),
        open_now=open_now,
        average_won_cents=average,
        velocity_cents_a_day=_velocity(decided, open_now, average),
    )


def funnel(*, asked: GetStageConversions, by: Actor, at: datetime) -> tuple[str, list[Passed]]:
    """The name of the pipeline and how deals passed its stages, without what is open now or was decided."""
    span, pipeline = _span(asked, current(), at=at), _pipeline(asked.pipeline_id)
    where, parameters = _cohort_of(asked, span, pipeline["id"], by=by, at=at)
    # Who is in the cohort of a stage never was there before these days.
    parameters["worked"] = _worked(current(), since=span.starts_on, at=at)
    return pipeline["name"], [
        Passed(
            stage=row["key"],
            label=row["label"],
            entered=row["entered"] or 0,
            moved_forward=row["moved_forward"] or 0,
            time_in_stage=_lengths(row, n=row["n"] or 0),
        )
        for row in fetch(FUNNEL.format(where=where), parameters)
    ]


def entered(*, asked: GetStageConversions, stage: str, fate: str, by: Actor, at: datetime) -> Rows:
    """A query for the ids of the deals that a funnel counts as having entered a stage with a fate, one of `FATES`."""
    span, pipeline = _span(asked, current(), at=at), _pipeline(asked.pipeline_id)
    where, named = _cohort_of(asked, span, pipeline["id"], by=by, at=at)
    named |= {"key": stage}
    parameters: list[Any] = []

    def in_turn(found: re.Match[str]) -> str:
        parameters.append(named[found[1]])
        return "%s"

    return Rows(re.sub(r"%\((\w+)\)s", in_turn, ENTERED.format(where=where, fate=FATES[fate])), parameters)


def _measured(
    asked: GetStageConversions, span: Span, pipeline_id: int, *, by: Actor, at: datetime
) -> tuple[str, dict[str, Any]]:
    """The cohort's conditions, and what working days are counted with."""
    calendar = current()
    where, parameters = _cohort_of(asked, span, pipeline_id, by=by, at=at)
    [row] = fetch(_FIRST, [])
    first = calendar.today(row["first"] or at)
    return where, parameters | {"worked": _worked(calendar, since=first, at=at)}


def _cohort_of(
    asked: GetStageConversions, span: Span, pipeline_id: int, *, by: Actor, at: datetime
) -> tuple[str, dict[str, Any]]:
    where, parameters = _deals_of(asked, by=by)
    return where, parameters | {"pipeline": pipeline_id, "since": span.since, "until": span.until}


def _velocity(decided: dict[str, Any], open_now: int, average: int | None) -> int | None:
    if not decided["won"] or average is None or not decided["median_days"]:
        return None
    rate: float = decided["won"] / (decided["won"] + decided["lost"])
    return round(open_now * rate * average / float(decided["median_days"]))


def _span(asked: GetStageConversions, calendar: Calendar, *, at: datetime) -> Span:
    last = asked.to or calendar.today(at)
    first = asked.from_ or last - YEAR
    if first > last:
        raise InvalidData("These days run backwards.", fields={"from": "not after to"})
    return Span(first, last + timedelta(days=1), calendar.zone)


def _pipeline(pipeline_id: int | None) -> dict[str, Any]:
    found = fetch(_PIPELINE, [pipeline_id, pipeline_id])
    if not found:
        raise NotFound("There is no such pipeline.", fields={"pipelineId": "one of getStages"})
    return found[0]


def _deals_of(asked: GetStageConversions, *, by: Actor) -> tuple[str, dict[str, Any]]:
    """Conditions on `d`, with parameters by name."""
    narrowed = Conditions()
    clause, parameters = owner_condition(owners_of(asked, by=by), "d.owner_id")
    narrowed.add(clause, *parameters)
    if asked.segment:
        narrowed.add(OF_SEGMENT, [segment.value for segment in asked.segment])
    seen(narrowed, by=by)
    where, named = narrowed.where, {}
    for number, value in enumerate(narrowed.parameters):
        named[f"deals{number}"] = value
        where = where.replace("%s", f"%(deals{number})s", 1)
    return where, named


def _worked(calendar: Calendar, *, since: date, at: datetime) -> list[datetime]:
    """When each working day began, from the first that matters on: as many as have begun by a moment have come.

    The list is never empty, since a database does not look a moment up among none.
    """
    last = calendar.today(at)
    first = min(since, last)
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    began = [start_of(day, calendar.zone) for day in days if calendar.is_worked(day)]
    return began or [start_of(last + timedelta(days=1), calendar.zone)]


def _stage(row: dict[str, Any], asked: GetStageConversions) -> StageConversion:
    counts = {
        name: row[name] or 0 for name in ("entered", "moved_forward", "lost", "still_open", "moved_back", "skipped")
    }
    whose = asked.model_dump(mode="json", by_alias=True, exclude_none=True, include={"owner", "team_id", "pipeline_id"})
    if whose["owner"] == "all":
        del whose["owner"]
    return StageConversion(
        stage=row["key"],
        label=row["label"],
        position=row["position"],
        probability=row["probability"],
        **counts,
        conversion=share(counts["moved_forward"], counts["entered"], n=counts["entered"]),
        win_rate=share(row["won"] or 0, counts["entered"], n=counts["entered"]),
        time_in_stage=_lengths(row, n=row["n"] or 0),
        open_now=row["open_now"],
        open_cents=row["open_cents"],
        link=Link(action="listOpportunities", data=whose | {"stage": [row["key"]]}),
    )


def _lengths(row: dict[str, Any], *, n: int) -> Lengths:
    names = ("median_days", "mean_days", "median_working_days", "mean_working_days")
    return Lengths(n=n, **{name: None if row[name] is None else round(float(row[name]), 2) for name in names})
