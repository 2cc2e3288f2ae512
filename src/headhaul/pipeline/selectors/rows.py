"""Opportunities as rows: the columns that every list needs, what narrows them, and how a row becomes a result."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from headhaul.accounts.choices import CustomEntity
from headhaul.accounts.schemas.accounts import Owner
from headhaul.accounts.selectors.accounts import literal
from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.accounts.services import custom as custom_fields
from headhaul.kernel import Actor
from headhaul.pipeline.schemas.opportunities import Filters, OpportunityRow
from headhaul.pipeline.selectors import visible
from headhaul.pipeline.selectors.flags import Flags, flags
from headhaul.pipeline.selectors.stages import Book, book
from headhaul.pipeline.working_days import Calendar, current

SOURCE = "pipeline_opportunity o join accounts_account a on a.id = o.account_id"
OWNERS = "left join security_user u on u.id = o.owner_id"
COLUMNS = """
    o.id, o.version, o.name, o.account_id, a.name as account_name, a.dot_number, a.segment, a.state, o.pipeline_id,
    o.stage_id, o.kind, o.amount_cents, o.close_on, o.next_step, o.next_step_on, o.owner_id,
    coalesce(nullif(u.name, ''), u.email) as owner_name, o.category, o.category_is_set, o.stage_entered_at, o.pushes,
    o.ai_close_probability, o.lost_reason, o.opened_at, o.closed_at, o.updated_at, o.custom::text as custom
"""
_AS_THEY_ARE = (
    "id", "version", "name", "account_id", "account_name", "dot_number", "segment", "state", "pipeline_id", "kind",
    "amount_cents", "close_on", "next_step", "next_step_on", "category", "category_is_set", "stage_entered_at",
    "pushes", "ai_close_probability", "lost_reason", "opened_at", "closed_at", "updated_at", "risks",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """What a read needs to know once: the stages, the firm's calendar, the risks' conditions, and the moment."""

    book: Book
    calendar: Calendar
    flags: Flags
    at: datetime
    signal_day: date | None
    today: date
    _days: dict[tuple[date, date], int] = field(default_factory=dict)  # few dates, many rows
    _owners: dict[int, Owner] = field(default_factory=dict)

    @classmethod
    def now(cls, at: datetime) -> Reading:
        """As of this moment."""
        stages, calendar, day = book(), current(), _signal_day()
        conditions = flags(stages=stages.by_id.values(), at=at, calendar=calendar, signal_day=day)
        return cls(stages, calendar, conditions, at, day, calendar.today(at))

    @property
    def columns(self) -> str:
        """The columns of a row, its risks among them."""
        return f"{COLUMNS}, {self.flags.array()} as risks"

    def row(self, found: dict[str, Any]) -> OpportunityRow:
        """A row as actions show it."""
        return OpportunityRow(**self.fields(found))

    def fields(self, found: dict[str, Any]) -> dict[str, Any]:
        """The same as a dict, for results that add to it."""
        stage = self.book.stage(found["stage_id"])
        days = self._days_in_stage(found["stage_entered_at"], found["closed_at"])
        return {name: found[name] for name in _AS_THEY_ARE} | {
            "stage": stage.key,
            "stage_label": stage.label,
            "probability": stage.probability,
            "owner": self._owner(found["owner_id"], found["owner_name"]),
            "days_in_stage": days,
            "sla_days": stage.sla_days,
            "stage_is_late": stage.sla_days is not None and days > stage.sla_days,
            "custom": {} if found["custom"] == "{}" else json.loads(found["custom"]),
        }

    def _days_in_stage(self, entered_at: datetime, closed_at: datetime | None) -> int:
        """Working days from the day it entered its stage to today, or to the day it was closed."""
        first = self.calendar.today(entered_at)
        last = self.today if closed_at is None else self.calendar.today(closed_at)
        if (first, last) not in self._days:
            self._days[first, last] = self.calendar.days_after(first, last)
        return self._days[first, last]

    def _owner(self, owner_id: int | None, name: str) -> Owner | None:
        if not owner_id:
            return None
        if owner_id not in self._owners:
            self._owners[owner_id] = Owner(id=owner_id, name=name)
        return self._owners[owner_id]


def needed_for(where: str) -> str:
    """What has to be read for these conditions: what nothing of the account narrows is found without it."""
    return SOURCE if re.search(r"\ba\.", where) else "pipeline_opportunity o"


def _signal_day() -> date | None:
    found = fetch("select day from carriers_signalday where is_current", [])
    return found[0]["day"] if found else None


def one(*, opportunity_id: int, at: datetime) -> OpportunityRow:
    """One opportunity as lists show it, for the answer of what has just been done to it."""
    reading = Reading.now(at)
    sql = f"select {reading.columns} from {SOURCE} {OWNERS} where o.id = %s"
    return reading.row(fetch(sql, [opportunity_id])[0])


def narrowed_by(asked: Filters, *, reading: Reading, by: Actor) -> Conditions:
    """The conditions of the filters, and what the actor may see."""
    narrowed = Conditions()
    if asked.owner != "me" or by.user_id is None:  # one's own are always seen
        visible(narrowed, by=by)
    whose(narrowed, asked.owner, by=by)
    if asked.pipeline_id is not None:
        narrowed.add("o.pipeline_id = %s", asked.pipeline_id)
    _one_of(narrowed, "a.segment", asked.segment)
    _one_of(narrowed, "o.category", asked.category)
    if asked.state:
        narrowed.add("a.state = %s", asked.state)
    if asked.closing_from:
        narrowed.add("o.close_on >= %s", asked.closing_from)
    if asked.closing_to:
        narrowed.add("o.close_on <= %s", asked.closing_to)
    if asked.risk:
        narrowed.add(reading.flags.where(None if asked.risk == "any" else asked.risk))
    if asked.q:
        _named(narrowed, asked.q)
    return narrowed


def whose(narrowed: Conditions, owner: str | int | None, *, by: Actor) -> None:
    """Whose opportunities: one's own, one's team's, nobody's, or somebody's."""
    if owner == "none":
        narrowed.add("o.owner_id is null")
    elif owner == "team":
        narrowed.add("o.owner_id = any(array(select id from security_user where team_id = %s))", by.team_id)
    elif owner is not None:
        narrowed.add("o.owner_id = %s", by.user_id if owner == "me" else owner)


def custom_values(narrowed: Conditions, values: dict[str, Any]) -> None:
    """That the firm's own fields hold these values; null: that one is empty."""
    filled = {key: value for key, value in values.items() if value is not None}
    if filled:
        held = custom_fields.validated(CustomEntity.OPPORTUNITY, filled, takes_retired=True)
        narrowed.add("o.custom @> %s::jsonb", json.dumps(held))
    for key in values.keys() - filled.keys():
        narrowed.add("not o.custom ? %s", key)


def _one_of(narrowed: Conditions, column: str, words: Sequence[str]) -> None:
    if words:
        narrowed.add(f"{column} = any(%s)", [str(word) for word in words])


def _named(narrowed: Conditions, words: str) -> None:
    if words.isascii() and words.isdigit() and len(words) <= 8:
        narrowed.add("a.dot_number = %s", int(words))
    else:
        pattern = f"%{literal(words)}%"
        by_account = "o.account_id = any(array(select id from accounts_account where name ilike %s))"
        narrowed.add(f"(o.name ilike %s or {by_account})", pattern, pattern)
