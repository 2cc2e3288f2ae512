"""Addresses of the tasks, the notifications, and the timeline that other panels show."""

from __future__ import annotations

from django.urls import path

from headhaul.console.work.views import entries, logging, notifications, quick, tasks, timeline

app_name = "work"
urlpatterns = [
    path("tasks", tasks.index, name="tasks"),
    path("tasks/new", tasks.new, name="new_task"),
    path("tasks/<int:task_id>/completion", tasks.complete, name="complete"),
    path("tasks/<int:task_id>/reopening", tasks.reopen, name="reopen"),
    path("tasks/<int:task_id>/snooze", tasks.snooze, name="snooze"),
    path("notifications", notifications.index, name="notifications"),
    path("notifications/reading", notifications.read, name="read"),
    path("notifications/mail", notifications.mail, name="mail"),
    path("notifications/<int:notification_id>", notifications.follow, name="notification"),
    path("bell", notifications.bell, name="bell"),
    path("timeline", timeline.show, name="timeline"),
    path("log", logging.log, name="log"),
    path("quick/<int:account_id>", quick.start, name="quick"),
    path("people", logging.people, name="people"),
    path("activities/<int:activity_id>", entries.follow, name="activity"),
    path("activities/<int:activity_id>/edit", entries.edit, name="edit"),
    path("activities/<int:activity_id>/removal", entries.remove, name="remove"),
]
