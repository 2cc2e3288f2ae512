"""Search, live events, profile. Signing in itself is allauth's, under /auth/."""

from __future__ import annotations

from django.urls import path

from headhaul.console.session import events, views

app_name = "session"
urlpatterns = [
    path("search", views.search, name="search"),
    path("events", events.stream, name="events"),
    path("profile/", views.profile, name="profile"),
]
