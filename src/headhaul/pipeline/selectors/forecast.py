"""The forecast of a period. The database adds up each owner's deals; teams and the total are sums of those."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.accounts.visibility import scope_of
from headhaul.kernel import Actor, InvalidData
from headhaul.pipeline.schemas.forecast import Divergence, Forecast, GetForecast
from headhaul.pipeline.selectors import forecast_rows, forecast_sums
from headhaul.pipeline.selectors.deals import Rows, closing_in, closing_in_as_known
from headhaul.pipeline.selectors.periods import PeriodSpan, span_of
from headhaul.pipeline.selectors.scopes import owner_condition, owners_of, seen

DIVERGES = 20  # points between model and stage that deserve a look
SHOWN = 10

_DIVERGING = """
select d.id, d.account_id, d.name, d.amount_cents, d.probability as stage_probability, d.ai as ai_probability,
       d.ai - d.probability as difference, count(*) over () as all_of_them
from ({rows}) d
where {where} and d.kind = 'open' and d.category <> 'omitted' and abs(d.ai - d.probability) > %s
order by abs(d.ai - d.probability) * coalesce(d.amount_cents, 0) desc, d.id limit %s
"""
_OVERDUE = """
select count(*) as n from pipeline_opportunity d where {where} and d.kind = 'open' and d.close_on < %s
"""


@dataclass(frozen=True, slots=True)
class Question:
    """A forecast that was asked for, worked out: its period, its moment, its deals and the reader's conditions."""

    asked: GetForecast
    span: PeriodSpan
    moment: datetime
    rows: Rows
    narrowed: Conditions
    owners: list[int | None] | None
    by: Actor

    @property
    def is_past(self) -> bool:
        """Whether the answer is rebuilt from history."""
        return self.asked.as_of is not None

    @property
    def is_kept(self) -> bool:
        """Whether kept sums answer it: the present, of deals that the reader sees all of, as one's own always are."""
        own = self.by.user_id is not None and self.owners == [self.by.user_id]
        return not self.is_past and (own or scope_of(self.by).is_all)


def question(*, asked: GetForecast, by: Actor, at: datetime) -> Question:
    """What was asked, worked out. A moment that has not come cannot be asked about."""
    if asked.as_of is not None and asked.as_of > at:
        raise InvalidData("asOf asks about the past.", fields={"asOf": "a moment that has been"})
    moment = asked.as_of or at
    span = span_of(asked, at=moment)
    rows = closing_in(span) if asked.as_of is None else closing_in_as_known(moment, span)
    narrowed, owners = Conditions(), owners_of(asked, by=by)
    clause, parameters = owner_condition(owners, "d.owner_id")
    narrowed.add(clause, *parameters)
    if asked.pipeline_id is not None:
        narrowed.add("d.pipeline_id = %s", asked.pipeline_id)
    seen(narrowed, by=by)
    return Question(asked, span, moment, rows, narrowed, owners, by)


def forecast(*, asked: GetForecast, by: Actor, at: datetime) -> Forecast:
    """The forecast, as of now or as it was known."""
    question_ = question(asked=asked, by=by, at=at)
    sums = by_owner(question_)
    board = forecast_rows.Board(question_, sums)
    diverging = _diverging(question_) if any(row["deals_with_ai"] for row in sums) else []
    return Forecast(
        period=question_.span.shown(at=at),
        as_of=question_.moment,
        probability=asked.probability,
        total=board.total,
        teams=board.teams,
        owners=board.owners,
        overdue_deals=None if question_.is_past else _overdue(question_),
        diverging=[Divergence(**{**row, **_points(row)}) for row in diverging],
        diverging_deals=diverging[0]["all_of_them"] if diverging else 0,
    )


def by_owner(question: Question) -> list[dict[str, Any]]:
    """Each owner's sums, straight from the database; one row is nobody's."""
    if question.is_kept:
        return forecast_sums.kept(question.span, owners=question.owners, pipeline_id=question.asked.pipeline_id)
    return forecast_sums.counted(question.rows, question.narrowed)


def _diverging(question: Question) -> list[dict[str, Any]]:
    sql = _DIVERGING.format(rows=question.rows.sql, where=question.narrowed.where)
    return fetch(sql, [*question.rows.parameters, *question.narrowed.parameters, DIVERGES, SHOWN])


def _overdue(question: Question) -> int:
    if question.is_kept:
        return forecast_sums.kept_overdue(question.span, owners=question.owners, pipeline_id=question.asked.pipeline_id)
    sql = _OVERDUE.format(where=question.narrowed.where)
    return int(fetch(sql, [*question.narrowed.parameters, question.span.starts_on])[0]["n"])


def _points(row: dict[str, Any]) -> dict[str, float]:
    return {name: round(float(row[name]), 2) for name in ("ai_probability", "difference")}
