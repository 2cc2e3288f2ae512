"""The one writer of an opportunity: whoever drags, edits, imports or automates, the change is made and kept here.

A change raises the version once. In the same statement stand the history of every tracked fact, what the columns held
before, so that it can be taken back, and the news to open pages.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from headhaul.accounts.selectors.pages import Conditions
from headhaul.activities.services.live import CHANNEL
from headhaul.carriers.selectors.written import read
from headhaul.kernel import Actor, NotFound
from headhaul.pipeline.choices import StageKind, Tracked
from headhaul.pipeline.models import Opportunity, Stage
from headhaul.pipeline.selectors import visible
from headhaul.pipeline.selectors.stages import Book, book
from headhaul.pipeline.services import checking, committee, following, staleness
from headhaul.pipeline.working_days import current

TRACKED = {
    "stage_id": Tracked.STAGE,
    "amount_cents": Tracked.AMOUNT,
    "close_on": Tracked.CLOSE_ON,
    "owner_id": Tracked.OWNER,
    "next_step": Tracked.NEXT_STEP,
    "next_step_on": Tracked.NEXT_STEP_ON,
    "category": Tracked.CATEGORY,
    "decision_maker_id": Tracked.DECISION_MAKER,
    "name": Tracked.NAME,
    "competitor": Tracked.COMPETITOR,
    "lost_reason": Tracked.LOST_REASON,
}
COMMITTEE = "contact_ids"  # not a column: the people of the buying committee, kept beside
WRITABLE = frozenset(TRACKED) | {"source", "custom", "close_note", "category_is_set", COMMITTEE}
BLANK_FOR_NONE = frozenset({"next_step", "competitor", "source", "lost_reason", "close_note"})

_VISIBLE = "o.id = %s and exists (select from accounts_account a where a.id = o.account_id and {seen}) for update of o"
# A stage that is being removed is waited for: nothing may end up in one that is gone.
_ENTERED = "select id from pipeline_stage where id = %s and is_active for key share"
_CHANGE = """
with entered as ({entered}), changed as (
    update pipeline_opportunity set {columns} version = version + 1, updated_at = %s
    where id = %s and version = %s and exists (select from entered) returning id, version
), noted as (
    insert into pipeline_opportunitychange (
        opportunity_id, version, field, old, new, valid_from, recorded_at, changed_by_id, batch_id)
    select changed.id, changed.version, h.field, h.old::jsonb, h.new::jsonb, h.since, %s, %s, %s
    from changed, unnest(%s::text[], %s::text[], %s::text[], %s::timestamptz[]) as h(field, old, new, since)
), kept as (
    insert into pipeline_opportunitybefore (opportunity_id, version, before, batch_id, at)
    select id, version, %s::jsonb, %s, %s from changed
)
select version, pg_notify(%s, %s) from changed
"""


@dataclass(frozen=True, slots=True)
class Made:
    """What a change did: the facts that differ, each with its old and new value, and the stages if it moved."""

    opportunity: Opportunity
    changes: dict[str, tuple[Any, Any]]
    came_from: Stage | None = None
    went_to: Stage | None = None


def lock(opportunity_id: int, *, by: Actor, version: int | None = None) -> Opportunity:
    """The opportunity, held until the transaction ends. StaleOpportunity when `version` is given and not current."""
    narrowed = Conditions()
    visible(narrowed, by=by)
    found = read(Opportunity, _VISIBLE.format(seen=narrowed.where), [opportunity_id, *narrowed.parameters], alias="o")
    if not found:
        raise NotFound(f"There is no opportunity {opportunity_id}.")
    if version is not None and found[0].version != version:
        raise staleness.stale(found[0], read=version)
    return found[0]


def change(
    *,
    opportunity: Opportunity,
    values: Mapping[str, Any],
    at: datetime,
    by: Actor,
    batch_id: str = "",
    valid_from: datetime | None = None,
    restores: Mapping[str, datetime] | None = None,
    stages: Book | None = None,
) -> Opportunity:
    """Write what differs, by column, and everything that follows from it. Without a difference nothing happens.

    `values` may name the columns of WRITABLE; custom values are added to those that are there, None takes one out.
    `valid_from` is since when it is so, when that is not now. With `restores` the values are those of an earlier
    version and are put back as they were, each since the moment that is named for its fact: nothing is derived from
    them, no stage asks for facts, and no sequence ends. `stages` are those that the caller has read already.
    Raises StaleOpportunity when the row is no longer at the version that `opportunity` has.
    """
    stages = stages or book()
    is_restored = restores is not None
    wanted = dict(values) if is_restored else completed(opportunity, values, stages, at=at, valid_from=valid_from)
    changes = _differing(opportunity, wanted)
    if not changes:
        return opportunity
    checking.check(
        opportunity=opportunity,
        changes=changes,
        stages=stages,
        valid_from=valid_from,
        at=at,
        by=by,
        restores=is_restored,
    )
    made = _made(opportunity, changes, stages)
    if COMMITTEE in changes:
        committee.replace(opportunity.pk, changes[COMMITTEE][1], at=at)
    _write(made, at=at, by=by, batch_id=batch_id, valid_from=valid_from or at, since=restores or {})
    following.follow(
        made=made, at=at, by=by, batch_id=batch_id, valid_from=valid_from or at, ends_sequences=not is_restored
    )
    return opportunity


def _differing(opportunity: Opportunity, wanted: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    now = {
        name: committee.members(opportunity.pk) if name == COMMITTEE else getattr(opportunity, name) for name in wanted
    }
    return {name: (now[name], value) for name, value in wanted.items() if now[name] != value}


def completed(
    opportunity: Opportunity, values: Mapping[str, Any], stages: Book, *, at: datetime, valid_from: datetime | None
) -> dict[str, Any]:
    """The values and what follows from them: of the stage, kind and category; of the close date, the pushes."""
    unknown = values.keys() - WRITABLE
    if unknown:
        raise TypeError(f"an opportunity has no writable {sorted(unknown)}")
    full: dict[str, Any] = {
        name: "" if value is None and name in BLANK_FOR_NONE else value for name, value in values.items()
    }
    if COMMITTEE in full:
        full[COMMITTEE] = sorted(set(full[COMMITTEE] or []))
    if "custom" in full:
        full["custom"] = checking.merged_custom(opportunity.custom, full["custom"] or {})
    moved = full.get("stage_id", opportunity.stage_id) != opportunity.stage_id
    if moved:
        full |= _of_stage(opportunity, stages.stage(full["stage_id"]), full, since=valid_from or at)
    if "close_on" in full and _is_push(opportunity.close_on, full["close_on"]):
        full["pushes"] = opportunity.pushes + 1
    return full


def _of_stage(opportunity: Opportunity, stage: Stage, full: Mapping[str, Any], *, since: datetime) -> dict[str, Any]:
    ends = stage.kind != StageKind.OPEN
    derived: dict[str, Any] = {
        "pipeline_id": stage.pipeline_id,
        "kind": stage.kind,
        "stage_entered_at": since,
        "closed_at": since if ends else None,
    }
    if stage.kind != StageKind.LOST:
        derived["lost_reason"] = ""
    if ends:
        derived["category_is_set"] = False
        if full.get("close_on", opportunity.close_on) is None:
            derived["close_on"] = current().today(since)
    if ends or not (full.get("category_is_set", opportunity.category_is_set)):
        derived["category"] = stage.category
    return derived


def _is_push(old: date | None, new: date | None) -> bool:
    return old is not None and new is not None and (new.year, new.month) > (old.year, old.month)


def _made(opportunity: Opportunity, changes: dict[str, tuple[Any, Any]], stages: Book) -> Made:
    if "stage_id" not in changes:
        return Made(opportunity, changes)
    before, after = changes["stage_id"]
    return Made(opportunity, changes, stages.stage(before), stages.stage(after))


def _write(
    made: Made, *, at: datetime, by: Actor, batch_id: str, valid_from: datetime, since: Mapping[str, datetime]
) -> None:
    opportunity, changes = made.opportunity, made.changes
    fields, old, new = history_of(changes)
    columns = {name: value for name, (_, value) in changes.items() if name != COMMITTEE}
    news = {"topic": "pipeline", "opportunity": opportunity.pk, "version": opportunity.version + 1, "by": by.user_id}
    entered = (_ENTERED, [made.went_to.pk]) if made.went_to else ("select 1", [])
    sql = _CHANGE.format(entered=entered[0], columns="".join(f"{name} = %s, " for name in columns))
    parameters = [
        *entered[1], *(stored(name, value) for name, value in columns.items()), at, opportunity.pk, opportunity.version,
        at, by.user_id, batch_id, fields, old, new, [since.get(field, valid_from) for field in fields],
        json.dumps({name: plain(before) for name, (before, _) in changes.items()}), batch_id, at,
        CHANNEL, json.dumps(news),
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        row = cursor.fetchone()
    if row is None:
        raise staleness.missed(opportunity, went_to=made.went_to, stages=book(fresh=True))
    for name, value in columns.items():
        setattr(opportunity, name, value)
    opportunity.version, opportunity.updated_at = row[0], at


def history_of(
    changes: Mapping[str, tuple[Any, Any]],
) -> tuple[list[str], list[str | None], list[str | None]]:
    """The rows of history for these changes: fields, old values, new values. A stage is kept by its number."""
    tracked = [name for name in changes if name in TRACKED]

    def told(value: Any) -> str | None:
        return None if value is None else json.dumps(plain(value))

    sides = [[told(changes[name][side]) for name in tracked] for side in (0, 1)]
    return [str(TRACKED[name]) for name in tracked], sides[0], sides[1]


def plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def stored(name: str, value: Any) -> Any:
    """A value as its column takes it."""
    return json.dumps(value) if name == "custom" else value
