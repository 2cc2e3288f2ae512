"""Addresses of the calls panel."""

from __future__ import annotations

from django.urls import path

from headhaul.console.calls import campaigns, views

app_name = "calls"
urlpatterns = [
    path("calls/", views.queue, name="queue"),
    path("calls/next", views.take_next, name="next"),
    path("calls/made", views.made, name="made"),
    path("calls/targets/<int:target_id>/", views.card, name="card"),
    path("calls/targets/<int:target_id>/taking", views.take, name="take"),
    path("calls/targets/<int:target_id>/release", views.release, name="release"),
    path("calls/targets/<int:target_id>/call", views.start, name="start"),
    path("calls/<int:call_id>/outcome", views.outcome, name="outcome"),
    path("calls/campaigns/", campaigns.index, name="campaigns"),
    path("calls/campaigns/new", campaigns.new, name="new"),
    path("calls/campaigns/<int:campaign_id>/", campaigns.edit, name="campaign"),
    path("calls/campaigns/<int:campaign_id>/state", campaigns.set_state, name="state"),
    path("calls/campaigns/<int:campaign_id>/targets", campaigns.add_targets, name="targets"),
    path("calls/campaigns/<int:campaign_id>/targets/removal", campaigns.remove_targets, name="remove_targets"),
    path("calls/campaigns/<int:campaign_id>/removal", campaigns.remove, name="remove"),
]
