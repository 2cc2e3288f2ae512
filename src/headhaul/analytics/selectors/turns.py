"""What was opened, decided and added: one reading of each for the period, its trend and what it is compared with."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.analytics.selectors.scope import Question
from headhaul.kernel.days import start_of

_OPENED = "select {stretch} as stretch, count(*) as n from pipeline_opportunity d where {where} group by 1"
_ACCOUNTS = "select {stretch} as stretch, count(*) as n from accounts_account a where {where} group by 1"
_DECIDED = """
select {stretch} as stretch, count(*) filter (where d.kind = 'won') as won,
       count(*) filter (where d.kind = 'lost') as lost,
       coalesce(sum(d.amount_cents) filter (where d.kind = 'won'), 0)::bigint as won_cents,
       coalesce(sum(d.amount_cents) filter (where d.kind = 'lost'), 0)::bigint as lost_cents,
       coalesce(sum(d.amount_cents::numeric * d.amount_cents), 0) as squares,
       count(d.amount_cents) filter (where d.kind = 'won') as won_with_amount, count(d.amount_cents) as with_amount
from pipeline_opportunity d where {where} group by 1
"""
BEFORE, BETWEEN = 1, 2
"""Numbers of the stretches that belong to what is compared with, and to neither; a trend's begin after them."""


@dataclass(slots=True)
class Sums:
    """Deals that were won and lost, added up."""

    won: int = 0
    lost: int = 0
    won_cents: int = 0
    lost_cents: int = 0
    squares: Decimal = Decimal(0)
    won_with_amount: int = 0
    with_amount: int = 0

    def add(self, row: dict[str, Any]) -> None:
        """And those of another stretch."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + row[name])


@dataclass(slots=True)
class Counted:
    """How many there were in each stretch, and before."""

    stretches: Counter[date] = field(default_factory=Counter)
    before: int = 0

    @property
    def total(self) -> int:
        """Of the whole period."""
        return self.stretches.total()


@dataclass(slots=True)
class Turned:
    """What a period brought, by the stretches of its trend."""

    opened: Counted
    accounts: Counted
    decided: Sums
    decided_before: Sums
    stretches: dict[date, Sums]


def edges(question: Question, starts: list[date]) -> list[date]:
    """The days on which begin what is compared with, what lies between, and each of the stretches of the trend."""
    before = question.before
    return [before.starts_on, before.ends_on, question.span.starts_on, *starts[1:]]


def stretch_of(number: int, starts: list[date]) -> date:
    """The first day of a stretch of the trend."""
    return starts[number - BETWEEN - 1]


def turned(question: Question, *, starts: list[date]) -> Turned:
    """All of it; `starts` are the first days of a trend's stretches."""
    decided, before, stretches = Sums(), Sums(), {}
    for row in _read(_DECIDED, "d.closed_at", question.narrowed(), question, starts):
        if row["stretch"] == BEFORE:
            before.add(row)
        elif row["stretch"] > BETWEEN:
            decided.add(row)
            stretches[stretch_of(row["stretch"], starts)] = Sums(**{name: row[name] for name in Sums.__slots__})
    return Turned(
        opened=_counted(_OPENED, "d.opened_at", question.narrowed(), question, starts),
        accounts=_counted(_ACCOUNTS, "a.created_at", question.narrowed_accounts(), question, starts),
        decided=decided,
        decided_before=before,
        stretches=stretches,
    )


def _counted(sql: str, column: str, narrowed: Conditions, question: Question, starts: list[date]) -> Counted:
    found = Counted()
    for row in _read(sql, column, narrowed, question, starts):
        if row["stretch"] == BEFORE:
            found.before = row["n"]
        elif row["stretch"] > BETWEEN:
            found.stretches[stretch_of(row["stretch"], starts)] = row["n"]
    return found


def _read(sql: str, column: str, narrowed: Conditions, question: Question, starts: list[date]) -> list[dict[str, Any]]:
    """Both spans, without the days between them."""
    moments: list[datetime] = [start_of(day, question.span.zone) for day in starts]
    where = f"{narrowed.where} and {column} >= %s and {column} < %s"
    before = sql.format(stretch=str(BEFORE), where=where)
    span = sql.format(stretch=f"{BETWEEN} + width_bucket({column}, %s::timestamptz[])", where=where)
    parameters = [*narrowed.parameters, question.before.since, question.before.until]
    parameters += [moments, *narrowed.parameters, question.span.since, question.span.until]
    return fetch(f"{before} union all {span}", parameters)
