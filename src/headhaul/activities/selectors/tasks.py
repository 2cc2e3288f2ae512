"""Lists of tasks. A task is due at a moment, on a day or at no time; each is read by its own index and then merged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.accounts.visibility import scope_of
from headhaul.activities.choices import TaskList
from headhaul.activities.schemas.common import Named
from headhaul.activities.schemas.tasks import GetTasks, TaskRow, TasksPage
from headhaul.activities.selectors.rows import SOURCE, named
from headhaul.activities.selectors.zones import reader_zone
from headhaul.kernel import Actor, InvalidData
from headhaul.kernel.days import end_of, today
from headhaul.kernel.keyset import COUNT_LIMIT, decode_cursor, encode_cursor

NEVER = datetime(9999, 12, 31, tzinfo=UTC)  # where tasks without a date stand
_INSTANT = timedelta(microseconds=1)

_COLUMNS = """
    v.id, v.version, v.subject, v.body, v.account_id, a.name as account_name, v.contact_id, c.name as contact_name,
    v.opportunity_id, v.owner_id, coalesce(nullif(o.name, ''), o.email) as owner_name, v.due_at, v.due_on,
    v.remind_at, v.completed_at, v.outcome, v.priority
"""
_OPEN = "v.type = 'task' and v.completed_at is null"


@dataclass(frozen=True, slots=True)
class Clock:
    """The moment and the place of the reader."""

    at: datetime
    zone: tzinfo

    def due(self, row: dict[str, Any]) -> datetime:
        """When it is due; a day is over when it ends where the reader is."""
        if row["due_on"] is not None:
            return end_of(row["due_on"], self.zone)
        due: datetime = row["due_at"] or NEVER
        return due

    def where(self, row: dict[str, Any]) -> TaskList:
        """Where it stands now."""
        if row["completed_at"] is not None:
            return TaskList.DONE
        due = self.due(row)
        if due < self.at or (row["due_on"] is not None and due <= self.at):
            return TaskList.OVERDUE
        return TaskList.TODAY if due <= self.tonight and due != NEVER else TaskList.UPCOMING

    @property
    def tonight(self) -> datetime:
        """The end of the reader's day."""
        return end_of(today(self.at, self.zone), self.zone)


def task_page(*, asked: GetTasks, by: Actor, at: datetime) -> TasksPage:
    """A page of the tasks this actor may see."""
    name, zone = reader_zone(asked.timezone, by=by)
    clock = Clock(at, zone)
    narrowed = _whose(asked, by=by)
    if asked.which is TaskList.DONE:
        rows, cursor = _done(narrowed, asked)
    else:
        rows, cursor = _open(narrowed, asked, clock)
    total = None if asked.cursor else _count(narrowed, asked.which, clock)
    return TasksPage(
        items=[_row(row, clock) for row in rows],
        next_cursor=cursor,
        total=None if total is None else min(total, COUNT_LIMIT),
        total_is_exact=total is not None and total <= COUNT_LIMIT,
        timezone=name,
        today=today(at, zone),
    )


def _whose(asked: GetTasks, *, by: Actor) -> Conditions:
    narrowed = Conditions()
    scope = scope_of(by)
    if not scope.is_all:
        condition, parameters = scope.condition("a")
        narrowed.add(condition, *parameters)
    if asked.whose == "mine" or (asked.whose == "team" and by.team_id is None):
        narrowed.add("v.owner_id = %s", by.user_id)
    elif asked.whose == "team":
        narrowed.add("v.owner_id = any(array(select u.id from security_user u where u.team_id = %s))", by.team_id)
    if asked.account_id is not None:
        narrowed.add("v.account_id = %s", asked.account_id)
    return narrowed


def _done(narrowed: Conditions, asked: GetTasks) -> tuple[list[dict[str, Any]], str | None]:
    where, parameters = f"{narrowed.where} and v.completed_at is not null", list(narrowed.parameters)
    if asked.cursor:
        where += " and (v.completed_at, v.id) < (%s, %s)"
        parameters += decode_cursor(asked.cursor, sort="done", types=(datetime, int))
    rows = fetch(
        f"select {_COLUMNS} from {SOURCE} where {where} order by v.completed_at desc, v.id desc limit %s",
        [*parameters, asked.limit + 1],
    )
    shown = rows[: asked.limit]
    last = shown[-1] if len(rows) > len(shown) else None
    return shown, encode_cursor("done", [last["completed_at"], last["id"]]) if last else None


def _open(narrowed: Conditions, asked: GetTasks, clock: Clock) -> tuple[list[dict[str, Any]], str | None]:
    sort = f"due.{asked.which}"
    after = decode_cursor(asked.cursor, sort=sort, types=(datetime, int)) if asked.cursor else None
    if after and (None in after or after[0].tzinfo is None or not (1900 < after[0].year < 9000 or after[0] == NEVER)):
        raise InvalidData("This cursor does not belong to this list.", fields={"cursor": "start again"})
    parts = list(_parts(asked.which, clock, after))
    sql = " union all ".join(
        f"(select {_COLUMNS} from {SOURCE} where {_OPEN} and {narrowed.where} and {part.where}"
        f" order by {order}, v.id limit {asked.limit + 1})"
        for part, order in parts
    )
    parameters = [each for part, _ in parts for each in (*narrowed.parameters, *part.parameters)]
    rows = sorted(fetch(sql, parameters), key=lambda row: (clock.due(row), row["id"])) if parts else []
    shown = rows[: asked.limit]
    last = shown[-1] if len(rows) > len(shown) else None
    return shown, encode_cursor(sort, [clock.due(last), last["id"]]) if last else None


def _parts(which: TaskList, clock: Clock, after: list[Any] | None) -> Iterator[tuple[Conditions, str]]:
    """The conditions of each kind of due, and what it is ordered by."""
    at_times, on_days, undated = Conditions(), Conditions(), Conditions()
    at_times.add("v.due_at is not null")
    on_days.add("v.due_on is not null")
    undated.add("v.due_at is null and v.due_on is null")
    day = today(clock.at, clock.zone)
    if which is TaskList.OVERDUE:
        at_times.add("v.due_at < %s", clock.at)
        on_days.add("v.due_on < %s", day)
    elif which is TaskList.TODAY:
        at_times.add("v.due_at >= %s and v.due_at <= %s", clock.at, clock.tonight)
        on_days.add("v.due_on = %s", day)
    elif which is TaskList.UPCOMING:
        at_times.add("v.due_at > %s", clock.tonight)
        on_days.add("v.due_on > %s", day)
    if after:
        instant, key = after
        at_times.add("(v.due_at, v.id) > (%s, %s)", instant, key)
        _after_day(on_days, instant, key, clock)
        undated.add("v.id > %s", key if instant == NEVER else 0)
    yield at_times, "v.due_at"
    yield on_days, "v.due_on"
    if which in (TaskList.UPCOMING, TaskList.OPEN):
        yield undated, "v.id"


def _after_day(on_days: Conditions, instant: datetime, key: int, clock: Clock) -> None:
    """Days that end after an instant; of the day that ends just then, the tasks after `key`."""
    if instant >= NEVER:
        on_days.add("false")
        return
    day = today(instant - _INSTANT, clock.zone)
    on_days.add("(v.due_on, v.id) > (%s, %s)", day, key if end_of(day, clock.zone) == instant else 0)


def _count(narrowed: Conditions, which: TaskList, clock: Clock) -> int:
    if which is TaskList.DONE:
        where, parameters = f"{narrowed.where} and v.completed_at is not null", list(narrowed.parameters)
    else:
        parts = [part for part, _ in _parts(which, clock, None)]
        either = " or ".join(f"({part.where})" for part in parts)
        where = f"{_OPEN} and {narrowed.where} and ({either})"
        parameters = [*narrowed.parameters, *(each for part in parts for each in part.parameters)]
    source = "activities_activity v join accounts_account a on a.id = v.account_id"
    limited = f"select 1 from {source} where {where} limit {COUNT_LIMIT + 1}"
    return int(fetch(f"select count(*) as n from ({limited}) few", parameters)[0]["n"])


_KEPT = (
    "id", "version", "subject", "body", "opportunity_id", "due_at", "due_on", "remind_at", "completed_at", "outcome",
    "priority",
)  # fmt: skip


def _row(row: dict[str, Any], clock: Clock) -> TaskRow:
    return TaskRow(
        **{name: row[name] for name in _KEPT},
        account=Named(id=row["account_id"], name=row["account_name"]),
        contact=named(row["contact_id"], row["contact_name"]),
        owner=named(row["owner_id"], row["owner_name"]),
        where=clock.where(row),
    )
