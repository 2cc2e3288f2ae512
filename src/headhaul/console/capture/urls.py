"""Addresses of the capture panel. What the phone's page needs lies under /capture/: its worker reaches no further."""

from __future__ import annotations

from django.urls import path

from headhaul.console.capture.views import app, codes, device, events, leads, routing

app_name = "capture"
urlpatterns = [
    path("capture/", app.capture, name="capture"),
    path("capture/sw.js", app.worker, name="worker"),
    path("capture/manifest.webmanifest", app.manifest, name="manifest"),
    path("capture/state", device.state, name="state"),
    path("capture/leads", device.take, name="take"),
    path("capture/look", device.look, name="look"),
    path("capture/find", device.find_events, name="find"),
    path("capture/extract/<int:event_id>", device.extract, name="extract"),
    path("capture/events/", events.index, name="events"),
    path("capture/events/new", events.new, name="new_event"),
    path("capture/events/<int:event_id>/", events.edit, name="event"),
    path("capture/events/<int:event_id>/key", events.new_key, name="new_key"),
    path("capture/events/<int:event_id>/codes", codes.codes, name="codes"),
    path("capture/sources/", events.sources, name="sources"),
    path("capture/routing/", routing.routing, name="routing"),
    path("leads/away", routing.away, name="away"),
    path("leads/", leads.index, name="leads"),
    path("leads/<int:lead_id>/", leads.show, name="lead"),
    path("leads/<int:lead_id>/owner", leads.give, name="give"),
    path("leads/<int:lead_id>/status", leads.set_status, name="status"),
    path("leads/<int:lead_id>/note", leads.note, name="note"),
    path("leads/<int:lead_id>/disqualification", leads.disqualify, name="disqualify"),
    path("leads/<int:lead_id>/reopening", leads.reopen, name="reopen"),
    path("leads/<int:lead_id>/release", leads.release, name="release"),
    path("leads/<int:lead_id>/keep", leads.keep, name="keep"),
]
