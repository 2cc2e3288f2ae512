"""Which deals a number speaks of: the one condition for the number and for the rows behind it."""

from __future__ import annotations

from collections.abc import Callable

from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.analytics.selectors.scope import Question
from headhaul.pipeline.schemas.conversions import GetStageConversions
from headhaul.pipeline.selectors.conversions import entered
from headhaul.pipeline.selectors.periods import Span

_SUM = (
    "count(*) filter (where c{number}) as n{number},"
    " coalesce(sum(amount_cents) filter (where c{number}), 0)::bigint as cents{number}"
)
_SUMS = "select {sums} from (select d.amount_cents, {columns} from pipeline_opportunity d where {where}) d"
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

COHORTS = {"stageEntered": False, "stageConversion": True}
"""Metrics of a stage; whether only those that moved on are meant."""


def counted(key: str, question: Question, *, span: Span | None = None) -> Conditions:
    """The deals that a metric counts in the question's period, or in another span."""
    found = question.narrowed()
    CONDITIONS[key](found, span or question.span, question)
    return found


def sums(question: Question, *wanted: tuple[str, Span]) -> list[tuple[int, int]]:
    """How many deals metrics count in spans, and their cents, all in one reading of the deals."""
    columns, parameters = [], []
    for number, (key, span) in enumerate(wanted):
        found = Conditions()
        CONDITIONS[key](found, span, question)
        columns.append(f"coalesce({found.where}, false) as c{number}")
        parameters += found.parameters
    narrowed = question.narrowed()
    numbers = ", ".join(_SUM.format(number=number) for number in range(len(wanted)))
    sql = _SUMS.format(sums=numbers, columns=", ".join(columns), where=narrowed.where)
    [row] = fetch(sql, [*parameters, *narrowed.parameters])
    return [(row[f"n{number}"], row[f"cents{number}"]) for number in range(len(wanted))]


def in_cohort(key: str, stage: str, question: Question) -> Conditions:
    """The deals that a stage's cohort counts."""
    ids = entered(asked=cohort_of(question), stage=stage, moved_forward=COHORTS[key], by=question.by, at=question.at)
    found = Conditions()
    found.add(f"d.id = any(array({ids.sql}))", *ids.parameters)
    return found


def cohort_of(question: Question) -> GetStageConversions:
    """The same question as the pipeline's funnel is asked."""
    whose = question.whose
    return GetStageConversions(
        from_=question.span.starts_on,
        to=question.span.last_day,
        owner=whose.owner,
        team_id=whose.team_id,
        segment=question.asked.segment,
    )
