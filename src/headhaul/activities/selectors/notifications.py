"""Reading one's own notifications."""

from __future__ import annotations

from typing import Any

from headhaul.accounts.selectors.pages import Conditions, Sort, fetch, page
from headhaul.activities.schemas.common import Named
from headhaul.activities.schemas.notifications import GetNotifications, NotificationRow, NotificationsPage
from headhaul.activities.schemas.timeline import Target
from headhaul.activities.selectors.rows import named
from headhaul.kernel import Actor, NotFound
from headhaul.kernel.keyset import COUNT_LIMIT

_NEWEST = Sort("newest", ("n.id",), (int,), lambda row: [row["id"]])
_UNREAD = f"""
select count(*) as n from (
    select 1 from activities_notification where user_id = %s and read_at is null limit {COUNT_LIMIT}) few
"""
_COLUMNS = (
    "n.id, n.kind, n.text, n.account_id, a.name as account_name, n.activity_id, n.target_type, n.target_id,"
    " n.created_at, n.read_at"
)
_SOURCE = "activities_notification n left join accounts_account a on a.id = n.account_id"


def unread_count(user_id: int | None) -> int:
    """How many this user has not read, counted to 1,000."""
    return 0 if user_id is None else int(fetch(_UNREAD, [user_id])[0]["n"])


def notification_page(*, asked: GetNotifications, by: Actor, not_mailed: bool = False) -> NotificationsPage:
    """A page of what this actor was told; with `not_mailed` only what no mail has told them yet."""
    narrowed = Conditions()
    narrowed.add("n.user_id = %s", by.user_id)
    if asked.which == "unread":
        narrowed.add("n.read_at is null")
    if not_mailed:
        narrowed.add("n.mailed_at is null")
    if asked.kind is not None:
        narrowed.add("n.kind = %s", asked.kind.value)
    found = page(
        columns=_COLUMNS,
        source=_SOURCE,
        counted_in="activities_notification n",
        conditions=narrowed,
        sort=_NEWEST,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return NotificationsPage(
        items=[_row(row) for row in found.rows],
        next_cursor=found.next_cursor,
        total=found.total,
        total_is_exact=found.total_is_exact,
        unread=unread_count(by.user_id),
    )


def one(notification_id: int, *, by: Actor) -> NotificationRow:
    """One of this actor's own."""
    found = fetch(f"select {_COLUMNS} from {_SOURCE} where n.id = %s and n.user_id = %s", [notification_id, by.user_id])
    if not found:
        raise NotFound(f"There is no notification {notification_id}.", fields={"notificationId": "unknown"})
    return _row(found[0])


def _row(row: dict[str, Any]) -> NotificationRow:
    account: Named | None = named(row["account_id"], row["account_name"])
    is_elsewhere = row["target_type"] and row["target_id"] is not None
    target = Target(type=row["target_type"], id=row["target_id"]) if is_elsewhere else None
    kept = ("id", "kind", "text", "activity_id", "created_at", "read_at")
    return NotificationRow(**{name: row[name] for name in kept}, account=account, target=target)
