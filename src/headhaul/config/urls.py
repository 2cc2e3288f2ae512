"""All addresses. Each door states its own paths from the root."""

from __future__ import annotations

from django.urls import include, path

from headhaul.console.ui.views import not_found

# What the sign-in library would let people do by themselves, and here an administrator does: the e-mail address is who
# somebody is, to the audit and to a company's own sign-in, and nothing here sends mail that could prove it.
NOT_BY_ONESELF = ("signup", "email", "password/reset")

urlpatterns = [
    *[path(f"auth/{closed}/", not_found) for closed in NOT_BY_ONESELF],
    path("auth/", include("allauth.urls")),
    path("", include("headhaul.api.urls")),
    path("", include("headhaul.console.public.urls")),
    path("", include("headhaul.console.session.urls")),
    path("", include("headhaul.console.dashboard.urls")),
    path("", include("headhaul.console.signals.urls")),
    path("", include("headhaul.console.accounts.urls")),
    path("", include("headhaul.console.pipeline.urls")),
    path("", include("headhaul.console.outreach.urls")),
    path("", include("headhaul.console.calls.urls")),
    path("", include("headhaul.console.campaigns.urls")),
    path("", include("headhaul.console.analytics.urls")),
    path("", include("headhaul.console.money.urls")),
    path("", include("headhaul.console.leadscore.urls")),
    path("", include("headhaul.console.capture.urls")),
    path("", include("headhaul.console.work.urls")),
    path("", include("headhaul.console.admin.urls")),
    path("", include("headhaul.console.ui.urls")),
]

handler400 = "headhaul.console.ui.views.bad_request"
handler403 = "headhaul.console.ui.views.forbidden"
handler404 = "headhaul.console.ui.views.not_found"
handler500 = "headhaul.console.ui.views.server_error"
