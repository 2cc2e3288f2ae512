"""The addresses of the API."""

from __future__ import annotations

from django.urls import path, re_path

from headhaul.api import views

app_name = "api"
urlpatterns = [
    path("api/actions", views.actions, name="actions"),
    path("api/actions/<str:name>", views.one_action, name="action"),
    path("api/uploads", views.upload, name="uploads"),
    path("api/openapi.json", views.openapi, name="openapi"),
    re_path(r"^api(?:/.*)?$", views.nothing_here),
]
