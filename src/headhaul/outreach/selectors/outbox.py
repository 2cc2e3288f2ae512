"""Reading the outbox: lists by position, one message with all its proof."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from headhaul.accounts.selectors.pages import Conditions, Sort, fetch, page
from headhaul.accounts.visibility import scope_of
from headhaul.kernel import Actor, NotFound
from headhaul.outreach.schemas.outbox import (
    AttemptRow,
    EventRow,
    GetOutbox,
    MessageRow,
    OutboxPage,
    ReceiptRow,
)

CANCELLABLE = ("draft", "queued", "claimed")
REQUEUEABLE = ("failed", "unknown_final")
ON_ITS_WAY = ("draft", "queued", "claimed", "dispatching", "unknown")
_PERSON = "case when {0}.id is not null then json_build_object('id', {0}.id, 'name', {1}) end"
COLUMNS = f"""
m.id, m.channel, m.purpose, m.state, m.address, m.subject, left(m.text, 160) as preview, m.step_key, m.gateway,
m.due_at, m.held_rule, m.held_reason, m.sent_at, m.delivered_at, m.ended_at, m.result_code, m.result_text, m.tries,
m.created_at, m.serial, m.state = any(array['draft', 'queued', 'claimed']) as is_cancellable,
m.state = any(array['failed', 'unknown_final']) as is_requeueable,
{_PERSON.format("c", "c.name")} as contact, {_PERSON.format("a", "a.name")} as account,
{_PERSON.format("u", "coalesce(nullif(u.name, ''), u.email)")} as user, {_PERSON.format("q", "q.name")} as sequence
"""
TABLE = "outreach_message m left join accounts_account a on a.id = m.account_id"
SOURCE = f"""{TABLE}
left join accounts_contact c on c.id = m.contact_id left join security_user u on u.id = m.user_id
left join outreach_sequence q on q.id = m.sequence_id"""
SORTS = {
    "newest": Sort(
        "newest", ("m.created_at", "m.serial"), (datetime, int), lambda row: [row["created_at"], row["serial"]]
    ),
    "due": Sort(
        "due", ("m.due_at", "m.serial"), (datetime, int), lambda row: [row["due_at"], row["serial"]], descending=False
    ),
}


def outbox(*, asked: GetOutbox, by: Actor) -> OutboxPage:
    """A page of the messages this actor may see."""
    narrowed = seen_by(by)
    states = [str(state) for state in asked.states]
    if len(states) == 1:  # as one value: an index in the list's order is used
        narrowed.add("m.state = %s", states[0])
    elif states:
        narrowed.add("m.state = any(%s)", states)
    for column in ("contact_id", "account_id", "sequence_id", "enrolment_id", "user_id"):
        if (value := getattr(asked, column)) is not None:
            narrowed.add(f"m.{column} = %s", value)
    if asked.channel is not None:
        narrowed.add("m.channel = %s", str(asked.channel))
    if asked.is_held is not None:
        held = "m.state = 'queued' and m.held_rule <> ''"
        narrowed.add(held if asked.is_held else f"not ({held})")
    found = page(
        columns=COLUMNS,
        source=SOURCE,
        counted_in=TABLE,
        conditions=narrowed,
        sort=SORTS[asked.sort],
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return OutboxPage(
        items=[MessageRow.model_validate(row) for row in found.rows],
        next_cursor=found.next_cursor,
        total=found.total,
        total_is_exact=found.total_is_exact,
        counts={} if asked.cursor else _counts(by),
    )


def row_of(message_id: UUID, *, by: Actor) -> MessageRow:
    """One message as lists show it; NotFound for one that this actor does not see."""
    narrowed = seen_by(by)
    narrowed.add("m.id = %s", message_id)
    found = fetch(f"select {COLUMNS} from {SOURCE} where {narrowed.where}", narrowed.parameters)
    if not found:
        raise NotFound("There is no such message in the outbox.", fields={"messageId": "unknown"})
    return MessageRow.model_validate(found[0])


def seen_by(by: Actor) -> Conditions:
    """Messages to people of accounts that this actor sees, and those in their own name."""
    narrowed = Conditions()
    scope = scope_of(by)
    if scope.is_all:
        return narrowed
    condition, parameters = scope.condition("a")
    narrowed.add(f"(m.account_id is not null and {condition} or m.user_id = %s)", *parameters, by.user_id)
    return narrowed


def attempts_of(message_id: UUID) -> list[AttemptRow]:
    """Every call to a provider, in order."""
    rows = fetch("select * from outreach_sendattempt where message_id = %s order by number", [message_id])
    return [AttemptRow.model_validate(row) for row in rows]


def events_of(message_id: UUID) -> list[EventRow]:
    """What happened to it, in order."""
    sql = "select kind, grade, at, data from outreach_messageevent where message_id = %s order by at, id"
    return [EventRow.model_validate(row | {"data": json.loads(row["data"])}) for row in fetch(sql, [message_id])]


def receipts_of(message_id: UUID, *, limit: int = 50) -> list[ReceiptRow]:
    """The latest decisions about it, the newest first."""
    sql = "select id, at, outcome, until, reasons, rules_hash from compliance_receipt where message_id = %s"
    found = fetch(f"{sql} order by id desc limit %s", [message_id, limit])
    return [ReceiptRow.model_validate(row | {"reasons": json.loads(row["reasons"])}) for row in found]


def _counts(by: Actor) -> dict[str, int]:
    narrowed = seen_by(by)
    parts: list[str] = []
    parameters: list[Any] = []
    for state in (*ON_ITS_WAY, *REQUEUEABLE):
        where = f"{narrowed.where} and m.state = '{state}'"
        parts.append(f"select '{state}' as state, count(*) as n from (select from {TABLE} where {where} limit 1001) x")
        parameters += narrowed.parameters
    return {row["state"]: row["n"] for row in fetch(" union all ".join(parts), parameters) if row["n"]}
