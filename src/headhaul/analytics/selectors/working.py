"""Figures of activities and of new accounts: how many, by kind, and by person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.activities.choices import TOUCHES, ActivityType
from headhaul.analytics.schemas.figures import Figure, KindCount, RepActivity
from headhaul.analytics.selectors.scope import Question
from headhaul.analytics.selectors.telling import figure, rows_of
from headhaul.kernel.days import start_of
from headhaul.pipeline.selectors.periods import Span

KINDS = {
    "calls": ActivityType.CALL,
    "emails": ActivityType.EMAIL,
    "texts": ActivityType.SMS,
    "meetings": ActivityType.MEETING,
}
"""By metric, the kind of activity that it counts."""
NOBODY = "Nobody's"
_IS_TOUCH = f"d.type in ({', '.join(repr(str(kind)) for kind in sorted(TOUCHES))})"  # as the index of touches says it
_BY_KIND = "select d.type, count(*) as n from activities_activity d where {where} group by d.type"
_NAMES = "select id, coalesce(nullif(name, ''), email) as name from security_user where id = any(%s)"
_ACCOUNTS = "select count(*) as n from accounts_account a where {where}"
_ALL = """
with d as (
    select d.owner_id, d.type, {stretch} as stretch, count(*) as n from activities_activity d where {where}
    group by 1, 2, 3
)
select owner_id, type, stretch, grouping(owner_id, type, stretch) as groups, sum(n)::bigint as n
from d group by grouping sets ((owner_id, type), (type), (stretch))
"""
_BY_TYPE, _BY_STRETCH = 0b101, 0b110  # what `grouping` says of the sets; the one left is each person's


@dataclass(slots=True)
class Done:
    """Touches of a span: by kind, by each person and kind, and by the stretches of a trend."""

    total: dict[str, int] = field(default_factory=dict)
    stretches: dict[date, int] = field(default_factory=dict)
    people: dict[int | None, dict[str, int]] = field(default_factory=dict)


def counted(key: str, question: Question, *, span: Span | None = None) -> Conditions:
    """The activities `d` that a metric counts in the question's period, or in another span."""
    found, days = question.narrowed(), span or question.span
    found.add("d.happened_at >= %s and d.happened_at < %s", days.since, days.until)
    found.add(_IS_TOUCH if key == "touches" else f"d.type = '{KINDS[key]}'")
    return found


def counted_accounts(question: Question, *, span: Span | None = None) -> Conditions:
    """The accounts `a` that were created in the question's period, or in another span."""
    found, days = question.narrowed_accounts(), span or question.span
    found.add("a.created_at >= %s and a.created_at < %s", days.since, days.until)
    return found


def numbered(column: str) -> str:
    """The number of the stretch in which a moment lies, from 1; its parameter are the moments at which they begin."""
    return f"width_bucket({column}, %s::timestamptz[])"


def beginnings(starts: list[date], question: Question) -> list[datetime]:
    """When each of the days begins where the firm is."""
    return [start_of(day, question.span.zone) for day in starts]


def done(question: Question, *, starts: list[date]) -> Done:
    """Everybody's touches of the period, in one reading; `starts` are the first days of a trend's stretches."""
    narrowed, found = counted("touches", question), Done()
    sql = _ALL.format(stretch=numbered("d.happened_at"), where=narrowed.where)
    for row in fetch(sql, [beginnings(starts, question), *narrowed.parameters]):
        if row["groups"] == _BY_STRETCH:
            found.stretches[starts[row["stretch"] - 1]] = row["n"]
        elif row["groups"] == _BY_TYPE:
            found.total[row["type"]] = row["n"]
        else:
            found.people.setdefault(row["owner_id"], {})[row["type"]] = row["n"]
    return found


def figures(question: Question, worked: Done) -> Iterator[Figure]:
    """Touches, each kind of them, and new accounts."""
    narrowed = counted("touches", question, span=question.before)
    before = {row["type"]: row["n"] for row in fetch(_BY_KIND.format(where=narrowed.where), narrowed.parameters)}
    yield _of_activities("touches", sum(worked.total.values()), sum(before.values()), question)
    for key, kind in KINDS.items():
        yield _of_activities(key, worked.total.get(kind, 0), before.get(kind, 0), question)
    n, earlier = _new_accounts(question, question.span), _new_accounts(question, question.before)
    link = rows_of("getAnalyticsAccounts", "newAccounts", question)
    yield figure("newAccounts", n, n=n, before=earlier, link=link)


def people(question: Question, worked: Done) -> list[RepActivity]:
    """Who did what, the busiest first."""
    ids = [key for key in worked.people if key is not None]
    names: dict[int | None, str] = {row["id"]: row["name"] for row in fetch(_NAMES, [ids])}
    rows = [_person(key, names.get(key, NOBODY), kinds, question) for key, kinds in worked.people.items()]
    return sorted(rows, key=lambda row: (-row.touches.count, row.name.lower(), row.user_id or 0))


def _person(key: int | None, name: str, kinds: dict[str, int], question: Question) -> RepActivity:
    def cell(metric: str, count: int) -> KindCount:
        link = rows_of("getAnalyticsActivities", metric, question, rep="none" if key is None else key)
        return KindCount(metric=metric, count=count, link=link if count else None)

    return RepActivity(
        user_id=key,
        name=name,
        touches=cell("touches", sum(kinds.values())),
        kinds=[cell(metric, kinds.get(kind, 0)) for metric, kind in KINDS.items()],
    )


def _of_activities(key: str, n: int, before: int, question: Question) -> Figure:
    return figure(key, n, n=n, before=before, link=rows_of("getAnalyticsActivities", key, question))


def _new_accounts(question: Question, span: Span) -> int:
    narrowed: Conditions = counted_accounts(question, span=span)
    rows: list[dict[str, Any]] = fetch(_ACCOUNTS.format(where=narrowed.where), narrowed.parameters)
    return int(rows[0]["n"])
