"""The dashboard is where one arrives."""

from __future__ import annotations

from django.urls import path

from headhaul.console.dashboard import next_actions, views

app_name = "dashboard"
urlpatterns = [
    path("", views.home, name="home"),
    path("next", next_actions.show, name="next"),
    path("next/<str:key>/snooze", next_actions.snooze, name="snooze"),
    path("next/<str:key>/skip", next_actions.skip, name="skip"),
    path("next/<str:key>/done", next_actions.done, name="done"),
    path("alerts/<int:alert_id>/dismissal", views.dismiss_alert, name="dismiss_alert"),
]
