"""One's own notifications and daily mail, and colleagues to name."""

from __future__ import annotations

from headhaul.activities.schemas.notifications import (
    DigestChosen,
    GetDigest,
    GetNotification,
    GetNotifications,
    ListPeople,
    MarkNotificationsRead,
    MarkNotificationsUnread,
    NotificationRow,
    NotificationsMarked,
    NotificationsPage,
    PeoplePage,
    SaveDigest,
)
from headhaul.activities.selectors.colleagues import people_page
from headhaul.activities.selectors.notifications import notification_page, one, unread_count
from headhaul.activities.services import choosing, marking
from headhaul.kernel import Call, InvalidData, Role, action


@action("getNotifications", reply="notificationsLoaded", role=Role.VIEWER)
def get_notifications(call: Call, data: GetNotifications) -> NotificationsPage:
    """What one was told, newest first, and how much of it is unread."""
    return notification_page(asked=data, by=call.actor)


@action("getNotification", reply="notificationLoaded", role=Role.VIEWER)
def get_notification(call: Call, data: GetNotification) -> NotificationRow:
    """One of one's own notifications."""
    return one(data.notification_id, by=call.actor)


@action(
    "markNotificationsRead",
    reply="notificationsRead",
    role=Role.VIEWER,
    writes=True,
    undo="markNotificationsUnread",
)
def mark_notifications_read(call: Call, data: MarkNotificationsRead) -> NotificationsMarked:
    """Mark some of one's notifications, or all, as read."""
    if bool(data.ids) == data.all:
        raise InvalidData("Say which: some ids, or all.", fields={"ids": "some ids, or all: true"})
    marked = marking.read(ids=data.ids, everything=data.all, at=call.at, by=call.actor)
    if data.all and marked:
        call.undo_with("markNotificationsUnread", {"readAt": call.at.isoformat()})
    elif marked:
        call.undo_with("markNotificationsUnread", {"ids": marked})
    return NotificationsMarked(marked=len(marked), unread=unread_count(call.actor.user_id))


@action(
    "markNotificationsUnread",
    reply="notificationsUnread",
    role=Role.VIEWER,
    writes=True,
    undo="markNotificationsRead",
)
def mark_notifications_unread(call: Call, data: MarkNotificationsUnread) -> NotificationsMarked:
    """Mark some of one's notifications as unread again, or those that were marked as read at an instant."""
    if bool(data.ids) == (data.read_at is not None):
        raise InvalidData("Say which: some ids, or readAt.", fields={"ids": "some ids, or instead readAt"})
    marked = marking.unread(ids=data.ids, read_at=data.read_at, by=call.actor)
    for start in range(0, len(marked), 10_000):
        call.undo_with("markNotificationsRead", {"ids": marked[start : start + 10_000]})
    return NotificationsMarked(marked=len(marked), unread=unread_count(call.actor.user_id))


@action("getDigest", reply="digestLoaded", role=Role.VIEWER)
def get_digest(call: Call, data: GetDigest) -> DigestChosen:
    """Whether and when one's own daily mail comes."""
    return choosing.chosen(by=call.actor)


@action("saveDigest", reply="digestSaved", role=Role.VIEWER, writes=True, undo="saveDigest")
def save_digest(call: Call, data: SaveDigest) -> DigestChosen:
    """Switch one's own daily mail on or off, or choose its hour."""
    before = choosing.chosen(by=call.actor)
    after = choosing.choose(is_on=data.is_on, hour=data.hour, version=data.version, by=call.actor)
    call.undo_with("saveDigest", {"isOn": before.is_on, "hour": before.hour, "version": after.version})
    return after


@action("listPeople", reply="peopleLoaded", role=Role.VIEWER)
def list_people(call: Call, data: ListPeople) -> PeoplePage:
    """Colleagues by the beginning of a name or e-mail, for naming them in a text or giving them a task."""
    return people_page(asked=data, by=call.actor)
