"""Which deals a number speaks of: the one condition for the number and for the rows behind it."""

from __future__ import annotations

from collections.abc import Callable

from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.analytics.selectors.scope import Question
from headhaul.pipeline.schemas.conversions import GetStageConversions
from headhaul.pipeline.selectors.conversions import entered
from headhaul.pipeline.selectors.periods import Span

_CLOSING = """
select count(*) as n, coalesce(sum(d.amount_cents), 0)::bigint as cents from pipeline_opportunity d where {where}
"""
_OPEN_NOW = "select count(*) as n from pipeline_opportunity d where d.kind = 'open' and {where}"
# A stage never changes its kind, so that the tally by stage says how many are open.
_OPEN_NOW_TALLIED = """
select coalesce(sum(d.n), 0)::bigint as n
from (
    select nullif(t.owner_id, 0) as owner_id, t.n
    from pipeline_tally t join pipeline_stage s on s.id = t.stage_id where s.kind = 'open'
) d where {where}
"""
# Of what is open now, what was opened later was not yet; what was closed later still was.
_OPEN_AT = """
select m.number,
       (select count(*) from pipeline_opportunity d where d.closed_at >= m.at and d.opened_at < m.at and {where})
       - (select count(*) from pipeline_opportunity d where d.kind = 'open' and d.opened_at >= m.at and {where}) as n
from unnest(%s::int[], %s::timestamptz[]) m(number, at) order by m.number
"""
DECIDED = "d.kind in ('won', 'lost')"
WON = "d.kind = 'won'"


def _opened(found: Conditions, span: Span, question: Question) -> None:
    found.add("d.opened_at >= %s and d.opened_at < %s", span.since, span.until)


def _closing(found: Conditions, span: Span, question: Question) -> None:
    found.add("d.kind = 'open' and d.category <> 'omitted'")
    found.add("d.close_on >= %s and d.close_on < %s", span.starts_on, span.ends_on)


def _closed(condition: str) -> Callable[[Conditions, Span, Question], None]:
    def narrow(found: Conditions, span: Span, question: Question) -> None:
        found.add("d.closed_at >= %s and d.closed_at < %s", span.since, span.until)
        found.add(condition)

    return narrow


def _open_at_its_end(found: Conditions, span: Span, question: Question) -> None:
    moment = min(span.until, question.at)
    found.add("d.opened_at < %s and (d.closed_at is null or d.closed_at >= %s)", moment, moment)


CONDITIONS: dict[str, Callable[[Conditions, Span, Question], None]] = {
    "openPipeline": _closing,
    "coverage": _closing,
    "newDeals": _opened,
    "dealsWon": _closed(WON),
    "wonAmount": _closed(WON),
    "cycle": _closed(WON),
    "averageDeal": _closed(f"{WON} and d.amount_cents is not null"),
    "winRate": _closed(DECIDED),
    "winRateByValue": _closed(f"{DECIDED} and d.amount_cents is not null"),
    "velocity": _open_at_its_end,
}
"""By metric, what narrows deals `d` to those that it counts in a span."""

COHORTS = {
    "stageEntered": "entered", "stageSkipped": "skipped", "stageConversion": "moved_forward", "stageLost": "lost",
    "stageOpen": "still_open", "stageWon": "won", "stageTime": "left",
}  # fmt: skip
"""Metrics of a stage, and which fate they count."""


def counted(key: str, question: Question, *, span: Span | None = None) -> Conditions:
    """The deals that a metric counts in the question's period, or in another span."""
    found = question.narrowed()
    CONDITIONS[key](found, span or question.span, question)
    return found


def closing(question: Question) -> tuple[int, int]:
    """How many open deals are to close in the question's period, and their cents."""
    found = counted("openPipeline", question)
    [row] = fetch(_CLOSING.format(where=found.where), found.parameters)
    return row["n"], row["cents"]


def open_at_the_ends(question: Question) -> tuple[int, int]:
    """How many deals are open at the end of the question's period, or now, and were at that of the one before."""
    narrowed = question.narrowed()
    sql = _OPEN_NOW if question.asked.segment or not question.sees_all else _OPEN_NOW_TALLIED
    open_now = fetch(sql.format(where=narrowed.where), narrowed.parameters)[0]["n"]
    moments = [min(span.until, question.at) for span in (question.span, question.before)]
    parameters = [*narrowed.parameters, *narrowed.parameters, [0, 1], moments]
    now, before = fetch(_OPEN_AT.format(where=narrowed.where), parameters)
    return open_now + now["n"], open_now + before["n"]


def in_cohort(key: str, stage: str, question: Question, *, pipeline_id: int | None = None) -> Conditions:
    """The deals that a stage's cohort counts."""
    asked = cohort_of(question, pipeline_id=pipeline_id)
    ids = entered(asked=asked, stage=stage, fate=COHORTS[key], by=question.by, at=question.at)
    found = Conditions()
    found.add(f"d.id = any(array({ids.sql}))", *ids.parameters)
    return found


def cohort_of(question: Question, *, pipeline_id: int | None = None) -> GetStageConversions:
    """The same question as the pipeline's funnel is asked."""
    whose = question.whose
    return GetStageConversions(
        from_=question.span.starts_on,
        to=question.span.last_day,
        owner=whose.owner,
        team_id=whose.team_id,
        segment=question.asked.segment,
        pipeline_id=pipeline_id,
    )
