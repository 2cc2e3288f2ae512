"""Addresses of the analytics panel."""

from __future__ import annotations

from django.urls import path

from headhaul.console.analytics.views import mail, overview, snapshots

app_name = "analytics"
urlpatterns = [
    path("analytics/", overview.show, name="overview"),
    path("analytics/rows", overview.rows, name="rows"),
    path("analytics/export/<slug:table>.csv", overview.export, name="export"),
    path("analytics/snapshots/", snapshots.index, name="snapshots"),
    path("analytics/snapshots/keep", snapshots.keep, name="keep"),
    path("analytics/snapshots/<int:snapshot_id>/", snapshots.show, name="snapshot"),
    path("analytics/snapshots/compare", snapshots.compare, name="compare"),
    path("analytics/snapshots/compare.csv", snapshots.export, name="export_comparison"),
    path("analytics/mail", mail.show, name="mail"),
]
