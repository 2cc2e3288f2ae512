"""The addresses of the API."""

from __future__ import annotations

from django.urls import path, re_path

from headhaul.api import views, webhooks

app_name = "api"
urlpatterns = [
    path("api/actions", views.actions, name="actions"),
    path("api/actions/<str:name>", views.one_action, name="action"),
    path("api/uploads", views.upload, name="uploads"),
    path("api/exports/<uuid:export_id>", views.export, name="export"),
    path("api/openapi.json", views.openapi, name="openapi"),
    path("webhooks/email/<str:token>/events", webhooks.email_events, name="webhook-email-events"),
    path("webhooks/email/<str:token>/inbound/mime", webhooks.email_inbound, name="webhook-email-inbound"),
    path("webhooks/twilio/<str:token>/inbound", webhooks.twilio_inbound, name="webhook-twilio-inbound"),
    path("webhooks/twilio/<str:token>/attempts/<str:attempt>", webhooks.twilio_status, name="webhook-twilio-status"),
    re_path(r"^api(?:/.*)?$", views.nothing_here),
]
