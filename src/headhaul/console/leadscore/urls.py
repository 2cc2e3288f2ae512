"""Addresses of the lead score's page."""

from __future__ import annotations

from django.urls import path

from headhaul.console.leadscore import views

app_name = "leadscore"
urlpatterns = [
    path("analytics/lead-score/", views.show, name="show"),
    path("analytics/lead-score/recalibration", views.recalibrate, name="recalibrate"),
    path("analytics/lead-score/rollback", views.roll_back, name="roll_back"),
]
