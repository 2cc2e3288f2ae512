"""What the daily mail says: unread notifications and what is to be done today. Links open our own pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from headhaul import preferences
from headhaul.activities.choices import TaskList
from headhaul.activities.gateways.mail import Letter
from headhaul.activities.models import DigestChoice, Notification
from headhaul.activities.preferences import DailyMail
from headhaul.activities.schemas.notifications import GetNotifications, NotificationRow
from headhaul.activities.schemas.tasks import GetTasks, TaskRow
from headhaul.activities.selectors.notifications import notification_page
from headhaul.activities.selectors.tasks import task_page
from headhaul.activities.selectors.zones import zone_or_utc
from headhaul.activities.services.mailings import Due, Written, hours, message_id
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


class Daily:
    """The morning mail, which everybody gets unless they or the settings say otherwise."""

    kind = "daily"

    def due(self, *, at: datetime) -> Iterator[Due]:
        """Everybody whose hour has come today."""
        usual, hour_of = preferences.get(DailyMail), hours()
        chosen = dict(DigestChoice.objects.values_list("user_id", "is_on"))
        for user in User.objects.filter(is_active=True).order_by("pk"):
            zone = zone_or_utc(user.timezone)
            wanted = user.effective_role is not None and chosen.get(user.pk, usual.is_on)
            if wanted and at.astimezone(zone).hour >= hour_of(user.pk):
                yield Due(user, zone, today(at, zone))

    def write(self, due: Due, *, at: datetime) -> Written | None:
        """What is unread and to be done; what it shows is noted as mailed."""
        said = contents(due.user, at=at)
        if said.is_empty:
            return None
        shown = [row.id for row in said.notifications]

        def sent(at: datetime) -> None:
            Notification.objects.filter(pk__in=shown, mailed_at__isnull=True).update(mailed_at=at)

        return Written(letter(due, said), sent)


def contents(user: User, *, at: datetime) -> Contents:
    """What this user was told, has not read, and no mail has said yet; and what they have to do."""
    actor = actor_of(user)
    news = notification_page(asked=GetNotifications(which="unread", limit=SHOWN), by=actor, not_mailed=True)
    late = task_page(asked=GetTasks(which=TaskList.OVERDUE, limit=SHOWN), by=actor, at=at)
    due = task_page(asked=GetTasks(which=TaskList.TODAY, limit=SHOWN), by=actor, at=at)
    return Contents(news.items, news.total or 0, late.items, late.total or 0, due.items, due.total or 0)


def letter(due: Due, said: Contents) -> Letter:
    """The mail of a day."""
    user, zone = due.user, due.zone
    context = {
        "name": user.name.split()[0] if user.name else "",
        "said": said,
        "day": due.day,
        "notifications": [(row, _link("work:notification", row.id)) for row in said.notifications],
        "overdue": [_task(task, zone) for task in said.overdue],
        "due_today": [_task(task, zone) for task in said.due_today],
        "tasks_link": _link("work:tasks"),
        "notifications_link": _link("work:notifications"),
    }
    return Letter(
        to=user.email,
        subject=_subject(said),
        text=render_to_string("activities/digest.txt", context, using="django"),
        html=render_to_string("activities/digest.html", context, using="django"),
        message_id=message_id("digest", due),
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
