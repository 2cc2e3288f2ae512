"""Signals, carriers, what-if."""

from __future__ import annotations

from django.urls import path

from headhaul.console.signals import views

app_name = "signals"
urlpatterns = [
    path("signals/", views.index, name="list"),
    path("signals/export.csv", views.export, name="export"),
    path("carriers/<int:dot_number>/", views.carrier, name="carrier"),
    path("carriers/<int:dot_number>/override", views.override, name="override"),
    path("carriers/<int:dot_number>/enrichment", views.enrich, name="enrich"),
    path("what-if/", views.what_if, name="what_if"),
]
