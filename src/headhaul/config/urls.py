"""All addresses. Each door states its own paths from the root."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("auth/", include("allauth.urls")),
    path("", include("headhaul.api.urls")),
    path("", include("headhaul.console.session.urls")),
    path("", include("headhaul.console.dashboard.urls")),
    path("", include("headhaul.console.signals.urls")),
    path("", include("headhaul.console.accounts.urls")),
    path("", include("headhaul.console.admin.urls")),
    path("", include("headhaul.console.ui.urls")),
]

handler403 = "headhaul.console.ui.views.forbidden"
handler404 = "headhaul.console.ui.views.not_found"
handler500 = "headhaul.console.ui.views.server_error"
