"""What the daily mail says: unread notifications and what is to be done today. Links open our own pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from headhaul.activities.choices import TaskList
from headhaul.activities.gateways.mail import Letter
from headhaul.activities.models import Digest
from headhaul.activities.schemas.notifications import GetNotifications, NotificationRow
from headhaul.activities.schemas.tasks import GetTasks, TaskRow
from headhaul.activities.selectors.notifications import notification_page
from headhaul.activities.selectors.tasks import task_page
from headhaul.kernel.days import today
from headhaul.security.actors import actor_of
from headhaul.security.models import User

SHOWN = 25  # of each; the mail says how many more there are


@dataclass(frozen=True, slots=True)
class Contents:
    """What there is to say."""

    notifications: list[NotificationRow] = field(default_factory=list)
    unread: int = 0
    overdue: list[TaskRow] = field(default_factory=list)
    overdue_count: int = 0
    due_today: list[TaskRow] = field(default_factory=list)
    today_count: int = 0

    @property
    def is_empty(self) -> bool:
        """Nothing unread and nothing to do."""
        return not (self.notifications or self.overdue or self.due_today)


def contents(user: User, *, at: datetime) -> Contents:
    """What this user was told, has not read, and no mail has said yet; and what they have to do."""
    actor = actor_of(user)
    news = notification_page(asked=GetNotifications(which="unread", limit=SHOWN), by=actor, not_mailed=True)
    late = task_page(asked=GetTasks(which=TaskList.OVERDUE, limit=SHOWN), by=actor, at=at)
    due = task_page(asked=GetTasks(which=TaskList.TODAY, limit=SHOWN), by=actor, at=at)
    return Contents(news.items, news.total or 0, late.items, late.total or 0, due.items, due.total or 0)


def letter(digest: Digest, user: User, said: Contents, *, at: datetime, zone: tzinfo) -> Letter:
    """The mail of a day. Its Message-ID is the day's, so that a mail program shows a second one as the first."""
    context = {
        "name": user.name.split()[0] if user.name else "",
        "said": said,
        "day": today(at, zone),
        "notifications": [(row, _link("work:notification", row.id)) for row in said.notifications],
        "overdue": [_task(task, zone) for task in said.overdue],
        "due_today": [_task(task, zone) for task in said.due_today],
        "tasks_link": _link("work:tasks"),
        "notifications_link": _link("work:notifications"),
    }
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "headhaul"
    return Letter(
        to=user.email,
        subject=_subject(said),
        text=render_to_string("activities/digest.txt", context, using="django"),
        html=render_to_string("activities/digest.html", context, using="django"),
        message_id=f"<digest-{digest.day:%Y%m%d}-{user.pk}@{host}>",
    )


def _subject(said: Contents) -> str:
    parts = [
        f"{count} {word}"
        for count, word in (
            (said.overdue_count, "overdue"),
            (said.today_count, "due today"),
            (said.unread, "unread"),
        )
        if count
    ]
    return f"Your day: {', '.join(parts)}"


def _task(task: TaskRow, zone: tzinfo) -> dict[str, Any]:
    when = f"{task.due_at.astimezone(zone):%a %d %b, %H:%M}" if task.due_at else ""
    return {
        "subject": task.subject or "Task without a subject",
        "account": task.account.name,
        "when": when or (f"{task.due_on:%a %d %b}" if task.due_on else ""),
        "link": _link("work:activity", task.id),
    }


def _link(name: str, *args: int) -> str:
    return f"{settings.PUBLIC_URL.rstrip('/')}{reverse(name, args=args)}"
