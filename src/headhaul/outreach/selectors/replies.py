"""The inbox: what came in, as the actor may see it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from headhaul.accounts.selectors.pages import Conditions, Sort, fetch, page
from headhaul.accounts.visibility import scope_of
from headhaul.kernel import Actor, NotFound
from headhaul.kernel.keyset import COUNT_LIMIT
from headhaul.outreach.schemas.replies import GetReplies, RepliesPage, ReplyDetail, ReplyRow, plain

_NEWEST = Sort("newest", ("i.received_at", "i.id"), (datetime, int), lambda row: [row["received_at"], row["id"]])
_SOURCE = """
outreach_inboundmessage i
left join accounts_contact c on c.id = i.contact_id
left join accounts_account a on a.id = i.account_id
left join outreach_message m on m.id = i.message_id
left join outreach_sequence q on q.id = m.sequence_id
left join security_user h on h.id = i.handled_by_id
"""
_COUNTED = """
outreach_inboundmessage i
left join accounts_account a on a.id = i.account_id
left join outreach_message m on m.id = i.message_id
"""
_COLUMNS = """
i.id, i.version, i.channel, i.kind, i.from_address, i.subject, left(i.text, 280) as excerpt, i.contact_id,
coalesce(c.name, '') as contact_name, i.account_id, coalesce(a.name, '') as account_name,
coalesce(m.user_id, a.owner_id) as owner_id, i.matched_by, i.is_certain, coalesce(q.name, '') as sequence_name,
i.received_at, i.handled_at, coalesce(nullif(h.name, ''), h.email, '') as handled_by,
coalesce((i.classified->>'forward')::boolean, false) as is_forward,
i.kind = 'opt_out' and coalesce((i.classified->>'is_sure')::boolean, true) is false as is_guess
"""
_MORE = """, i.text, coalesce(i.raw->>'text', '') as whole_text, i.raw->>'attachments' as attachments,
i.classified::text as classified,
i.returns_on, i.message_id, coalesce(m.subject, '') as message_subject, coalesce(m.text, '') as message_text
"""
BY_DEFAULT = ["reply", "opt_out", "help", "start", "bounce", "other"]


def inbox(*, asked: GetReplies, by: Actor) -> RepliesPage:
    """A page of what came in."""
    seen = _seen(by)
    narrowed = Conditions(list(seen.clauses), list(seen.parameters))
    _narrow(narrowed, asked, by=by)
    found = page(
        columns=_COLUMNS,
        source=_SOURCE,
        counted_in=_COUNTED,
        conditions=narrowed,
        sort=_NEWEST,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    seen.add("i.handled_at is null")
    seen.add("i.kind = any(%s)", BY_DEFAULT)
    few = f"select 1 from {_COUNTED} where {seen.where} limit {COUNT_LIMIT}"
    return RepliesPage(
        items=[_row(row) for row in found.rows],
        next_cursor=found.next_cursor,
        total=found.total,
        total_is_exact=found.total_is_exact,
        open=int(fetch(f"select count(*) as n from ({few}) few", seen.parameters)[0]["n"]),
    )


def one(reply_id: int, *, by: Actor) -> ReplyDetail:
    """All of one; NotFound for what the actor does not see."""
    found = _found(reply_id, _COLUMNS + _MORE, by=by)
    classified: dict[str, Any] = json.loads(found["classified"] or "{}")
    return ReplyDetail(
        row=_row(found),
        text=found["text"],
        whole_text=found["whole_text"],
        attachments=plain(json.loads(found["attachments"] or "[]")),
        signs=plain(classified.get("signs")),
        refusal=plain(classified.get("says")),
        refused_channels=plain(classified.get("channels")),
        returns_on=found["returns_on"],
        message_id=found["message_id"],
        message_subject=found["message_subject"],
        message_text=found["message_text"],
        can_answer=found["contact_id"] is not None and found["kind"] not in ("bounce", "opt_out", "auto_reply"),
    )


def row(reply_id: int, *, by: Actor) -> ReplyRow:
    """One as the list shows it."""
    return _row(_found(reply_id, _COLUMNS, by=by))


def _found(reply_id: int, columns: str, *, by: Actor) -> dict[str, Any]:
    seen = _seen(by)
    seen.add("i.id = %s", reply_id)
    found = fetch(f"select {columns} from {_SOURCE} where {seen.where}", seen.parameters)
    if not found:
        raise NotFound(f"There is no reply {reply_id}.", fields={"replyId": "see getReplies"})
    return found[0]


def _seen(by: Actor) -> Conditions:
    """What belongs to accounts that the actor sees, or to nobody yet."""
    seen, scope = Conditions(), scope_of(by)
    condition, parameters = scope.condition("a")
    if scope.is_nothing:
        seen.add("false")
    elif not scope.is_all:
        seen.add(f"(i.account_id is null or {condition})", *parameters)
    return seen


def _narrow(narrowed: Conditions, asked: GetReplies, *, by: Actor) -> None:
    if asked.which != "all":
        narrowed.add(f"i.handled_at is {'null' if asked.which == 'open' else 'not null'}")
    if asked.kind is None:
        narrowed.add("i.kind = any(%s)", BY_DEFAULT)
    elif asked.kind != "any":
        narrowed.add("i.kind = %s", str(asked.kind))
    if asked.whose == "mine":
        narrowed.add("coalesce(m.user_id, a.owner_id) = %s", by.user_id)
    for column, value in (
        ("i.channel", asked.channel),
        ("i.contact_id", asked.contact_id),
        ("i.account_id", asked.account_id),
    ):
        if value is not None:
            narrowed.add(f"{column} = %s", str(value) if column == "i.channel" else value)


def _row(found: dict[str, Any]) -> ReplyRow:
    return ReplyRow(**{name: found[name] for name in ReplyRow.model_fields})
