"""Opportunities written and taken back by the batch, each tracked fact with its line of history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count

from headhaul.accounts.ports.imports import Restoring, Rules
from headhaul.accounts.services.importing.keeping import ModelKeeper
from headhaul.accounts.services.importing.links import account_id_of
from headhaul.accounts.services.importing.sessions import Record, custom_of
from headhaul.accounts.services.importing.writing import insert, new_ids, plain, update
from headhaul.activities.models import Activity
from headhaul.kernel import Actor
from headhaul.pipeline.choices import Tracked
from headhaul.pipeline.models import Opportunity

COLUMNS: dict[str, str] = {
    "account_id": "bigint", "pipeline_id": "bigint", "stage_id": "bigint", "kind": "text", "name": "text",
    "amount_cents": "bigint", "close_on": "date", "next_step": "text", "next_step_on": "date",
    "decision_maker_id": "bigint", "owner_id": "bigint", "category": "text", "category_is_set": "bool",
    "source": "text", "competitor": "text", "lost_reason": "text", "close_note": "text", "pushes": "int",
    "stage_entered_at": "timestamptz", "opened_at": "timestamptz", "closed_at": "timestamptz",
}  # fmt: skip
TRACKED = {
    "stage_id": Tracked.STAGE, "amount_cents": Tracked.AMOUNT, "close_on": Tracked.CLOSE_ON,
    "owner_id": Tracked.OWNER, "next_step": Tracked.NEXT_STEP, "next_step_on": Tracked.NEXT_STEP_ON,
    "category": Tracked.CATEGORY, "decision_maker_id": Tracked.DECISION_MAKER, "name": Tracked.NAME,
    "competitor": Tracked.COMPETITOR, "lost_reason": Tracked.LOST_REASON,
}  # fmt: skip
_NEW = {"id": "bigint", **COLUMNS, "custom": "jsonb", "version": "int", "created_at": "timestamptz",
        "created_by_id": "bigint", "updated_at": "timestamptz"}  # fmt: skip
_UPDATE = {"id": "bigint", **COLUMNS, "custom": "jsonb", "version": "int", "updated_at": "timestamptz"}
_HISTORY = {"opportunity_id": "bigint", "version": "int", "field": "text", "old": "jsonb", "new": "jsonb",
            "valid_from": "timestamptz", "recorded_at": "timestamptz", "changed_by_id": "bigint",
            "batch_id": "text"}  # fmt: skip


def insert_many(made: Sequence[Record], *, rules: Rules, at: datetime) -> list[int]:
    """The ids of new opportunities, in their order. What is so is so since they were opened."""
    ids = new_ids("pipeline_opportunity", len(made))
    by = rules.by.user_id
    rows = [
        (key, *_cells(record), custom_of(record.values), 1, at, by, at) for key, record in zip(ids, made, strict=True)
    ]
    insert("pipeline_opportunity", _NEW, rows)
    history = [
        (
            key,
            1,
            str(field),
            None,
            plain(record.get(name)),
            record.get("opened_at"),
            at,
            by,
            rules.batch_id,
        )
        for key, record in zip(ids, made, strict=True)
        for name, field in TRACKED.items()
        if record.get(name) not in (None, "")
    ]
    insert("pipeline_opportunitychange", _HISTORY, history)
    return ids


def update_many(changed: Sequence[Record], *, rules: Rules, at: datetime) -> None:
    """Write opportunities that changed; each is held by this transaction."""
    rows = [(record.id, *_cells(record), custom_of(record.values), record.version, at) for record in changed]
    update("pipeline_opportunity", _UPDATE, rows)
    history = [
        (record.id, record.version, str(TRACKED[name]), plain(old),
         plain(record.get(name)), at, at, rules.by.user_id, rules.batch_id)
        for record in changed
        for name, old in record.was.items()
        if name in TRACKED
    ]  # fmt: skip
    insert("pipeline_opportunitychange", _HISTORY, history)


class OpportunityKeeper(ModelKeeper):
    """Opportunities. That one was taken back is itself a line of the history."""

    entity, model, depth = "opportunity", Opportunity, 2

    def __init__(self) -> None:
        self._lines: list[tuple[Any, ...]] = []

    def hanging(self, ids: Sequence[int]) -> dict[int, str]:
        """Activities too, which only name the opportunity."""
        found = super().hanging(ids)
        named = Activity.objects.filter(opportunity_id__in=ids).order_by().values_list("opportunity_id")
        for key, count in named.annotate(count=Count("pk")):
            found.setdefault(key, f"it has {count} activit{'y' if count == 1 else 'ies'} now")
        return found

    def remove(self, versions: Mapping[int, int], *, by: Actor, at: datetime) -> dict[int, str]:
        """Remove, and note the removal."""
        kept = super().remove(versions, by=by, at=at)
        lines = [
            (key, version + 1, str(Tracked.REMOVED), None, True, at, at, by.user_id, "")
            for key, version in versions.items()
            if key not in kept
        ]
        insert("pipeline_opportunitychange", _HISTORY, lines)
        return kept

    def restore(self, records: Sequence[Restoring], *, batch_id: str, by: Actor, at: datetime) -> dict[int, str]:
        """Put back, and note what is back."""
        self._lines = []
        kept = super().restore(records, batch_id=batch_id, by=by, at=at)
        insert("pipeline_opportunitychange", _HISTORY, self._lines)
        return kept

    def told(
        self, row: Any, record: Restoring, names: Sequence[str], *, batch_id: str, by: Actor, at: datetime
    ) -> list[tuple[Any, ...]]:
        """Kept in the pipeline's own history."""
        for name in names:
            if name in TRACKED:
                old, new = (plain(value) for value in (record.after.get(name), record.before[name]))
                line = (row.pk, row.version, str(TRACKED[name]), old, new, at, at, by.user_id, batch_id)
                self._lines.append(line)
        return []


def _cells(record: Record) -> list[Any]:
    values = {**record.values, "account_id": account_id_of(record)}
    blank: dict[str, Any] = {"text": "", "bool": False}
    return [blank.get(kind) if values.get(name) is None else values[name] for name, kind in COLUMNS.items()]
