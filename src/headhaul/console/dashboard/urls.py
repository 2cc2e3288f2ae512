"""The dashboard is where one arrives."""

from __future__ import annotations

from django.urls import path

from headhaul.console.dashboard import views

app_name = "dashboard"
urlpatterns = [
    path("", views.home, name="home"),
    path("alerts/<int:alert_id>/dismissal", views.dismiss_alert, name="dismiss_alert"),
]
