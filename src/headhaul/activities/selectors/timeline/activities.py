"""Calls, messages, meetings, notes, tasks and stage changes; and a task once more when it is done."""

from __future__ import annotations

from typing import Any

from headhaul.activities.choices import LOGGED_BY_HAND, ActivityType, Outcome
from headhaul.activities.ports import SHOWN_BY, Branch, Wanted
from headhaul.kernel import Actor, Role

WRITTEN_ABOUT = ("inbound", "lead")  # what the data of an entry names by its id
_PERSON = "json_build_object('id', {0}.id, 'name', coalesce(nullif({0}.name, ''), {0}.email))"
_DETAIL = f"""
select json_build_object(
    'id', v.id, 'type', v.type, 'subject', v.subject, 'body', v.body, 'outcome', v.outcome,
    'direction', v.direction, 'duration_seconds', v.duration_seconds, 'due_at', v.due_at, 'due_on', v.due_on,
    'completed_at', v.completed_at, 'priority', v.priority, 'version', v.version, 'edited_at', v.edited_at,
    'owner_id', v.owner_id, 'created_by_id', v.created_by_id, 'data', v.data,
    'opportunity_id', v.opportunity_id,
    'contact', case when c.id is not null then json_build_object('id', c.id, 'name', c.name) end,
    'owner', case when o.id is not null then {_PERSON.format("o")} end,
    'actor', case when w.id is not null then {_PERSON.format("w")} end,
    'mentioned', case when v.data ? 'mentions' then (
        select json_agg({_PERSON.format("m")} order by m.id) from security_user m
        where m.id in (select jsonb_array_elements_text(v.data->'mentions')::bigint)) end)
from activities_activity v
left join accounts_contact c on c.id = v.contact_id
left join security_user o on o.id = v.owner_id
left join security_user w on w.id = v.created_by_id
where v.id = k.id
"""


def _narrow(branch: Branch, wanted: Wanted) -> None:
    if wanted.opportunity_id is not None:
        branch.add("v.opportunity_id = %s", wanted.opportunity_id)
    elif wanted.contact_id is not None:
        branch.add("v.contact_id = %s", wanted.contact_id)
    else:
        branch.add("v.account_id = %s", wanted.account_id)
    if wanted.user_id is not None:
        branch.add("%s in (v.owner_id, v.created_by_id)", wanted.user_id)
    if wanted.text:
        branch.add("(v.subject ilike %s or v.body ilike %s)", wanted.pattern, wanted.pattern)


class ActivitySource:
    """What was logged, at the time when it happened."""

    name = "activity"
    kinds = frozenset(str(kind) for kind in ActivityType)

    def branch(self, wanted: Wanted) -> Branch | None:
        """By the index of the account, the contact or the opportunity."""
        branch = Branch("activities_activity v", at="v.happened_at", id="v.id")
        branch.add("not v.data ? %s", SHOWN_BY)
        _narrow(branch, wanted)
        if kinds := sorted(wanted.kinds & self.kinds):
            branch.add("v.type = any(%s)", kinds)
        return branch

    def detail(self, wanted: Wanted) -> tuple[str, list[Any]]:
        """All that a reader sees of it."""
        return _DETAIL, []

    def entry(self, shown: dict[str, Any], *, by: Actor) -> dict[str, Any]:
        """The row as an entry."""
        return _entry(shown, by=by) | {"title": _title(shown), "body": shown["body"]}


class DoneSource:
    """A task again at the time when it was done or called off."""

    name = "done"
    kinds = frozenset({str(ActivityType.TASK)})

    def branch(self, wanted: Wanted) -> Branch | None:
        """By the index of what is done at the account."""
        branch = Branch("activities_activity v", at="v.completed_at", id="v.id")
        branch.add("v.completed_at is not null")
        _narrow(branch, wanted)
        return branch

    def detail(self, wanted: Wanted) -> tuple[str, list[Any]]:
        """As when it was set."""
        return _DETAIL, []

    def entry(self, shown: dict[str, Any], *, by: Actor) -> dict[str, Any]:
        """What was done, with the note that was left."""
        verb = "called off" if shown["outcome"] == Outcome.CANCELLED else "done"
        title = f"Task {verb}: {shown['subject'] or 'no subject'}"
        note = shown["data"].get("completion_note", "")
        return _entry(shown, by=by) | {"title": title, "body": note, "actor": shown["owner"] or shown["actor"]}


def _title(shown: dict[str, Any]) -> str:
    kind = ActivityType(shown["type"])
    if shown["subject"]:
        return str(shown["subject"])
    if shown["data"].get("started"):
        return f"{kind.label} started"
    incoming = " received" if shown["direction"] == "in" else ""
    return f"{kind.label}{incoming}"


_KEPT = (
    "outcome", "direction", "duration_seconds", "due_at", "due_on", "completed_at", "version", "edited_at", "contact",
    "owner", "actor",
)  # fmt: skip


def _entry(shown: dict[str, Any], *, by: Actor) -> dict[str, Any]:
    is_manager = by.role is not None and by.role.allows(Role.MANAGER)
    is_theirs = by.user_id is not None and by.user_id in (shown["owner_id"], shown["created_by_id"])
    is_rep = by.role is not None and by.role.allows(Role.REP)
    return {name: shown[name] for name in _KEPT} | {
        "kind": shown["type"],
        "priority": shown["priority"] if shown["type"] == ActivityType.TASK else None,
        "mentioned": shown["mentioned"] or [],
        "target": _target(shown),
        "is_editable": shown["type"] in LOGGED_BY_HAND and is_rep and (is_manager or is_theirs),
    }


def _target(shown: dict[str, Any]) -> dict[str, Any]:
    """What it was written about, where that has a page of its own; else the entry."""
    for kind in WRITTEN_ABOUT:
        if isinstance(shown["data"].get(kind), int):
            return {"type": kind, "id": shown["data"][kind]}
    if shown["type"] == ActivityType.STAGE_CHANGE and shown["opportunity_id"] is not None:
        return {"type": "opportunity", "id": shown["opportunity_id"]}
    return {"type": "activity", "id": shown["id"]}
