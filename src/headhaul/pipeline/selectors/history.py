"""What was so, when: rebuilt from the history, which is never changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from headhaul.accounts.selectors.pages import fetch
from headhaul.pipeline.choices import StageKind, Tracked
from headhaul.pipeline.schemas.opportunities import HistoryEntry, Stay
from headhaul.pipeline.selectors.rows import Reading
from headhaul.pipeline.selectors.stages import Book

# The latest word wins, also about the past: a change that was told later overrides from its `valid_from` on.
_AS_OF = """
select distinct on (opportunity_id, field) opportunity_id, field, new::text as new
from pipeline_opportunitychange
where valid_from <= %s and recorded_at <= %s and field = any(%s) {narrowed}
order by opportunity_id, field, version desc
"""
_ENTRIES = """
select h.version, h.field, h.old::text as old, h.new::text as new, h.valid_from, h.recorded_at,
    coalesce(nullif(u.name, ''), u.email, 'Headhaul') as by
from pipeline_opportunitychange h left join security_user u on u.id = h.changed_by_id
where h.opportunity_id = %s {narrowed} order by h.version desc, h.id desc limit %s
"""
_DATES = frozenset({Tracked.CLOSE_ON, Tracked.NEXT_STEP_ON})
REBUILT = (Tracked.STAGE, Tracked.AMOUNT, Tracked.CLOSE_ON, Tracked.OWNER)


def as_of(
    at: datetime,
    *,
    opportunity_ids: Iterable[int] | None = None,
    fields: Sequence[Tracked] = REBUILT,
    known_at: datetime | None = None,
) -> dict[int, dict[Tracked, Any]]:
    """The facts of opportunities as they were at a moment, by id, without those opened later or removed by then.

    A stage is told by its number.

    `known_at` leaves out what was recorded after it: what one could have known then.
    """
    asked = [*{*fields, Tracked.STAGE, Tracked.REMOVED}]
    narrowed, parameters = "", [at, known_at or datetime.max.replace(tzinfo=at.tzinfo), [str(name) for name in asked]]
    if opportunity_ids is not None:
        narrowed = "and opportunity_id = any(%s)"
        parameters.append(list(opportunity_ids))
    rebuilt: dict[int, dict[Tracked, Any]] = {}
    for row in fetch(_AS_OF.format(narrowed=narrowed), parameters):
        facts = rebuilt.setdefault(row["opportunity_id"], {})
        facts[Tracked(row["field"])] = read_value(row["field"], row["new"])
    return {
        key: {name: facts.get(name) for name in fields}
        for key, facts in rebuilt.items()
        if Tracked.STAGE in facts and not facts.get(Tracked.REMOVED)
    }


def read_value(field: str, text: str | None) -> Any:
    """A stored value in its own type."""
    value = None if text is None else json.loads(text)
    return date.fromisoformat(value) if value is not None and field in _DATES else value


def entries(opportunity_id: int, *, book: Book, limit: int = 100) -> list[HistoryEntry]:
    """The history of an opportunity, latest first; stages by their keys."""
    return [_entry(row, book) for row in fetch(_ENTRIES.format(narrowed=""), [opportunity_id, limit])]


def path(opportunity_id: int, *, kind: str, reading: Reading) -> list[Stay]:
    """The stages on the way, in order, each with the working days spent there."""
    rows = fetch(_ENTRIES.format(narrowed="and h.field = 'stage'"), [opportunity_id, 1_000])[::-1]
    stays = []
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        stage = reading.book.stage(json.loads(row["new"]))
        ended = following["valid_from"] if following else None
        until = ended or (reading.at if kind == StageKind.OPEN else row["valid_from"])
        stays.append(
            Stay(
                stage=stage.key,
                label=stage.label,
                entered_at=row["valid_from"],
                left_at=ended,
                days=reading.calendar.days_between(row["valid_from"], until),
                by=row["by"],
            )
        )
    return stays


def _entry(row: dict[str, Any], book: Book) -> HistoryEntry:
    return HistoryEntry(**{**row, **{side: _plain(row["field"], row[side], book) for side in ("old", "new")}})


def _plain(field: str, text: str | None, book: Book) -> Any:
    value = None if text is None else json.loads(text)
    return book.stage(value).key if field == Tracked.STAGE and value is not None else value
