"""Addresses of the campaigns panel."""

from __future__ import annotations

from django.urls import path

from headhaul.console.campaigns import views

app_name = "campaigns"
urlpatterns = [
    path("campaigns/", views.overview, name="overview"),
    path("campaigns/sequences/", views.sequences, name="sequences"),
    path("campaigns/sequences/<int:sequence_id>/", views.steps, name="steps"),
    path("campaigns/channels/", views.channels, name="channels"),
    path("campaigns/reps/", views.reps, name="reps"),
    path("campaigns/messages", views.messages, name="messages"),
    path("campaigns/calls", views.calls, name="calls"),
    path("campaigns/carriers", views.carriers, name="carriers"),
    path("campaigns/<str:report>.csv", views.export, name="export"),
]
