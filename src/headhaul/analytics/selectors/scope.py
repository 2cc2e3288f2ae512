"""What was asked, worked out: days and those they are compared with, whose rows, and which the reader may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from headhaul import preferences
from headhaul.accounts.selectors.pages import Conditions
from headhaul.accounts.visibility import scope_of
from headhaul.analytics.schemas.figures import AnalyticsScope, Asked, Days
from headhaul.kernel import Actor, InvalidData
from headhaul.kernel.days import resolved
from headhaul.outreach.preferences import Reporting
from headhaul.pipeline.choices import Period
from headhaul.pipeline.schemas.periods import DealScope, PeriodChoice
from headhaul.pipeline.selectors.conversions import OF_SEGMENT
from headhaul.pipeline.selectors.periods import PeriodSpan, Span, called, span_of
from headhaul.pipeline.selectors.scopes import owner_condition, owners_of, seen
from headhaul.pipeline.working_days import current

LONGEST = 3_660  # days: ten years


@dataclass(frozen=True, slots=True)
class Question:
    """Analytics that were asked for. `before` are the same days of the period before, as far as this one has come."""

    asked: AnalyticsScope
    span: Span
    before: Span
    owners: list[int | None] | None
    by: Actor
    at: datetime
    enough: int

    @property
    def is_over(self) -> bool:
        """Whether nothing can be added to it any more."""
        return self.span.until <= self.at

    @property
    def sees_all(self) -> bool:
        """Whether the reader may see every account."""
        return scope_of(self.by).is_all

    @property
    def whose(self) -> DealScope:
        """Whose rows, as the pipeline is asked."""
        return DealScope(owner=self.asked.owner, team_id=self.asked.team_id)

    @property
    def wire(self) -> dict[str, Any]:
        """The filters as an action takes them, without those that say what is usual."""
        said = self.asked.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        said = {name: value for name, value in said.items() if name in _NAMES}
        return said | ({"segment": ",".join(said["segment"])} if "segment" in said else {})

    def narrowed(self, *, of: list[int | None] | None = None) -> Conditions:
        """Conditions on rows `d` that have an account_id and an owner_id."""
        found = Conditions()
        clause, parameters = owner_condition(self.owners if of is None else of, "d.owner_id")
        if clause != "true":
            found.add(clause, *parameters)
        if self.asked.segment:
            found.add(OF_SEGMENT, [each.value for each in self.asked.segment])
        seen(found, by=self.by)
        return found

    def narrowed_accounts(self) -> Conditions:
        """Conditions on accounts `a`."""
        found = Conditions()
        clause, parameters = owner_condition(self.owners, "a.owner_id")
        if clause != "true":
            found.add(clause, *parameters)
        if self.asked.segment:
            found.add("a.segment = any(%s)", [each.value for each in self.asked.segment])
        scope = scope_of(self.by)
        if not scope.is_all:
            condition, bound = scope.condition("a")
            found.add(condition, *bound)
        return found

    def shown(self) -> Asked:
        """The days, as answers carry them."""
        return Asked(
            from_=self.span.starts_on,
            to=self.span.last_day,
            label=label_of(self.span),
            timezone=str(self.span.zone),
            is_over=self.is_over,
            as_of=self.at,
            enough=self.enough,
        )


_NAMES = frozenset(field.alias or name for name, field in AnalyticsScope.model_fields.items())


def question(asked: AnalyticsScope, *, by: Actor, at: datetime) -> Question:
    """Work out what was asked."""
    span = _span(asked, at=at)
    whose = DealScope(owner=asked.owner, team_id=asked.team_id)
    return Question(
        asked=asked,
        span=span,
        before=_before(span, at=at),
        owners=owners_of(whose, by=by),
        by=by,
        at=at,
        enough=preferences.get(Reporting).enough,
    )


def label_of(span: Span) -> str:
    """What a stretch of days is called: Q4 2026, or its first and last day."""
    if isinstance(span, PeriodSpan):
        return span.label
    first, last = span.starts_on, span.last_day
    return f"{first.day} {first:%b %Y} – {last.day} {last:%b %Y}"


def days_of(span: Span) -> Days:
    """A span as answers carry it."""
    return Days(from_=span.starts_on, to=span.last_day, label=label_of(span))


def ended(question: Question, *, count: int) -> list[Span]:
    """The latest periods that are over, at or before the one asked for, newest first. A custom one stands alone."""
    if not isinstance(question.span, PeriodSpan):
        return [question.span] if question.is_over else []
    first = 0 if question.is_over else 1
    return [question.span.moved(-number) for number in range(first, first + count)]


def _span(asked: AnalyticsScope, *, at: datetime) -> Span:
    if asked.period != "custom":
        if asked.from_ is not None or asked.to is not None:
            raise InvalidData("Days are named for a custom period only.", fields={"period": "custom, or no days"})
        which, _, kind = asked.period.partition("_")
        return span_of(PeriodChoice(period=Period(kind), offset=-1 if which == "last" else None), at=at)
    zone = current().zone
    if asked.from_ is None:
        raise InvalidData("A custom period needs its first day.", fields={"from": "a date such as 2026-11-18"})
    first, last = resolved(asked.from_, at=at, zone=zone), resolved(asked.to or "today", at=at, zone=zone)
    if first > last:
        raise InvalidData("These days run backwards.", fields={"from": "not after to"})
    if (last - first).days >= LONGEST:
        raise InvalidData("Analytics cover at most ten years.", fields={"from": "later"})
    return called(Span(first, last + timedelta(days=1), zone))


def _before(span: Span, *, at: datetime) -> Span:
    """The period before; of one that still runs, its first days, as many as have passed of this one."""
    if isinstance(span, PeriodSpan):
        whole: Span = span.moved(-1)
    else:
        whole = Span(span.starts_on - (span.ends_on - span.starts_on), span.starts_on, span.zone)
    if span.until <= at or span.since > at:
        return whole
    passed = (current().today(at) - span.starts_on).days + 1
    return Span(whole.starts_on, min(whole.starts_on + timedelta(days=passed), whole.ends_on), span.zone)
