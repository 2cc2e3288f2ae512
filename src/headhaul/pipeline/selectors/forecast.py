"""The forecast of a period. The database adds up each owner's deals; teams and the total are sums of those."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.kernel import Actor, InvalidData
from headhaul.pipeline.schemas.forecast import Divergence, Forecast, GetForecast
from headhaul.pipeline.selectors import forecast_rows
from headhaul.pipeline.selectors.deals import Rows, closing_in, closing_in_as_known
from headhaul.pipeline.selectors.periods import PeriodSpan, span_of
from headhaul.pipeline.selectors.scopes import owner_condition, owners_of, seen

DIVERGES = 20  # points between model and stage that deserve a look
SHOWN = 10

_OWNERS = """
with d as materialized (select * from ({rows}) d where {where})
select d.owner_id, coalesce(nullif(u.name, ''), u.email) as name, u.team_id, d.closed_cents, d.commit_cents,
       d.best_case_cents, d.pipeline_cents, d.omitted_cents, d.weighted_by_stage, d.weighted_by_ai, d.closed_deals,
       d.open_deals, d.deals_without_amount, d.deals_with_ai
from (
    select owner_id,
        coalesce(sum(amount_cents) filter (where kind = 'won'), 0)::bigint as closed_cents,
        coalesce(sum(amount_cents) filter (where kind = 'open' and category = 'commit'), 0)::bigint as commit_cents,
        coalesce(sum(amount_cents) filter (where kind = 'open' and category = 'best_case'), 0)::bigint
            as best_case_cents,
        coalesce(sum(amount_cents) filter (
            where kind = 'open' and category not in ('commit', 'best_case', 'omitted')), 0)::bigint as pipeline_cents,
        coalesce(sum(amount_cents) filter (where kind = 'open' and category = 'omitted'), 0)::bigint as omitted_cents,
        coalesce(sum(amount_cents * probability) filter (
            where kind = 'open' and category <> 'omitted'), 0)::numeric / 100 as weighted_by_stage,
        coalesce(sum(amount_cents * coalesce(ai, probability)) filter (
            where kind = 'open' and category <> 'omitted'), 0)::numeric / 100 as weighted_by_ai,
        count(*) filter (where kind = 'won') as closed_deals,
        count(*) filter (where kind = 'open' and category <> 'omitted') as open_deals,
        count(*) filter (where amount_cents is null and category <> 'omitted') as deals_without_amount,
        count(*) filter (where kind = 'open' and category <> 'omitted' and ai is not null) as deals_with_ai
    from d group by owner_id
) d left join security_user u on u.id = d.owner_id
"""
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


def question(*, asked: GetForecast, by: Actor, at: datetime) -> Question:
    """What was asked, worked out. A moment that has not come cannot be asked about."""
    if asked.as_of is not None and asked.as_of > at:
        raise InvalidData("asOf asks about the past.", fields={"asOf": "a moment that has been"})
    moment = asked.as_of or at
    span = span_of(asked, at=moment)
    rows = closing_in(span) if asked.as_of is None else closing_in_as_known(moment, span, with_ai=True)
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
    board = forecast_rows.Board(question_, by_owner(question_))
    diverging = _diverging(question_)
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
    return fetch(_OWNERS.format(rows=question.rows.sql, where=question.narrowed.where), _parameters(question))


def _diverging(question: Question) -> list[dict[str, Any]]:
    sql = _DIVERGING.format(rows=question.rows.sql, where=question.narrowed.where)
    return fetch(sql, [*_parameters(question), DIVERGES, SHOWN])


def _overdue(question: Question) -> int:
    sql = _OVERDUE.format(where=question.narrowed.where)
    return int(fetch(sql, [*question.narrowed.parameters, question.span.starts_on])[0]["n"])


def _parameters(question: Question) -> list[Any]:
    return [*question.rows.parameters, *question.narrowed.parameters]


def _points(row: dict[str, Any]) -> dict[str, float]:
    return {name: round(float(row[name]), 2) for name in ("ai_probability", "difference")}
