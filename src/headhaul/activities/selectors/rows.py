"""One activity as replies show it."""

from __future__ import annotations

import json
from typing import Any

from headhaul.accounts.selectors.pages import fetch
from headhaul.activities.models import Activity
from headhaul.activities.schemas.activities import ActivityRow
from headhaul.activities.schemas.common import Named

COLUMNS = """
    v.id, v.version, v.type, v.account_id, a.name as account_name, v.contact_id, c.name as contact_name,
    v.opportunity_id, v.direction, v.outcome, v.subject, v.body, v.data::text as data, v.happened_at,
    v.duration_seconds, v.owner_id, coalesce(nullif(o.name, ''), o.email) as owner_name, v.due_at, v.due_on,
    v.remind_at, v.completed_at, v.priority, v.source, v.created_at, v.created_by_id, v.edited_at
"""
SOURCE = """
    activities_activity v
    join accounts_account a on a.id = v.account_id
    left join accounts_contact c on c.id = v.contact_id
    left join security_user o on o.id = v.owner_id
"""
_PLAIN = (
    "id", "version", "type", "opportunity_id", "direction", "outcome", "subject", "body", "happened_at",
    "duration_seconds", "due_at", "due_on", "remind_at", "completed_at", "priority", "source", "created_at",
    "created_by_id", "edited_at",
)  # fmt: skip


def named(key: int | None, name: str | None) -> Named | None:
    """Somebody or something with a name, or nobody."""
    return None if key is None else Named(id=key, name=name or "")


def row(activity_id: int) -> ActivityRow:
    """The activity as it is stored."""
    found = fetch(f"select {COLUMNS} from {SOURCE} where v.id = %s", [activity_id])[0]
    return shown(found)


def shown(found: dict[str, Any]) -> ActivityRow:
    """From a row of COLUMNS."""
    data = json.loads(found["data"])
    return ActivityRow(
        **{name: found[name] for name in _PLAIN},
        account=Named(id=found["account_id"], name=found["account_name"]),
        contact=named(found["contact_id"], found["contact_name"]),
        owner=named(found["owner_id"], found["owner_name"]),
        mentioned_ids=data.get("mentions", []),
        completion_note=data.get("completion_note", ""),
    )


def of_new(activity: Activity, *, account: Named, contact: Named | None, owner: Named | None) -> ActivityRow:
    """What was just written, without reading it back."""
    return ActivityRow(
        **{name: getattr(activity, name) for name in _PLAIN},
        account=account,
        contact=contact,
        owner=owner,
        mentioned_ids=activity.data.get("mentions", []),
        completion_note="",
    )
