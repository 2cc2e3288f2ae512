"""Figures of activities and of new accounts: how many, by kind, and by person."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.activities.choices import TOUCHES, ActivityType
from headhaul.activities.selectors import tallies
from headhaul.analytics.schemas.figures import Figure, KindCount, RepActivity
from headhaul.analytics.selectors.scope import Question
from headhaul.analytics.selectors.telling import figure, rows_of
from headhaul.analytics.selectors.turns import BEFORE, BETWEEN, Counted, edges, stretch_of
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
_ALL = """
select d.owner_id, d.type, width_bucket(d.happened_at, %s::timestamptz[]) as stretch, count(*) as n
from activities_activity d where {where}
group by 1, 2, 3
"""


@dataclass(slots=True)
class Done:
    """Touches of a span: by kind, by each person and kind, and by the stretches of a trend; by kind those before it."""

    total: Counter[str] = field(default_factory=Counter)
    stretches: Counter[date] = field(default_factory=Counter)
    people: defaultdict[int | None, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    before: Counter[str] = field(default_factory=Counter)

    def add(self, n: int, *, starts_on: date, owner_id: int | None, kind: str) -> None:
        """So many more of the span itself."""
        self.total[kind] += n
        self.stretches[starts_on] += n
        self.people[owner_id][kind] += n


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


def done(question: Question, *, starts: list[date]) -> Done:
    """Everybody's touches of the period; `starts` are the first days of a trend's stretches."""
    return tallied(question, starts=starts) or from_rows(question, starts=starts)


def tallied(question: Question, *, starts: list[date]) -> Done | None:
    """The same from the tally, if it says what is asked: it knows no accounts."""
    if question.asked.segment or not question.sees_all:
        return None
    beginnings, narrowed = edges(question, starts), question.narrowed()
    rows = tallies.touches(
        beginnings=beginnings, until=question.span.ends_on, zone=question.span.zone, narrowed=narrowed
    )
    if rows is None:
        return None
    found = Done()
    for row in rows:
        if row["stretch"] == BEFORE:
            found.before[row["type"]] += row["n"]
        elif row["stretch"] > BETWEEN:
            stretch = stretch_of(row["stretch"], starts)
            found.add(row["n"], starts_on=stretch, owner_id=row["owner_id"], kind=row["type"])
    return found


def from_rows(question: Question, *, starts: list[date]) -> Done:
    """The same from the touches themselves, in one reading of each of the two spans."""
    narrowed, found = counted("touches", question), Done()
    moments = [start_of(day, question.span.zone) for day in starts]
    for row in fetch(_ALL.format(where=narrowed.where), [moments, *narrowed.parameters]):
        stretch = starts[row["stretch"] - 1]
        found.add(row["n"], starts_on=stretch, owner_id=row["owner_id"], kind=row["type"])
    earlier = counted("touches", question, span=question.before)
    for row in fetch(_BY_KIND.format(where=earlier.where), earlier.parameters):
        found.before[row["type"]] = row["n"]
    return found


def figures(question: Question, worked: Done, accounts: Counted) -> Iterator[Figure]:
    """Touches, each kind of them, and new accounts."""
    yield _of_activities("touches", worked.total.total(), worked.before.total(), question)
    for key, kind in KINDS.items():
        yield _of_activities(key, worked.total[kind], worked.before[kind], question)
    link = rows_of("getAnalyticsAccounts", "newAccounts", question)
    yield figure("newAccounts", accounts.total, n=accounts.total, before=accounts.before, link=link)


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
