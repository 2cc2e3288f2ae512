"""Where the gallery is."""

from __future__ import annotations

from django.urls import path

from headhaul.console.ui import views

app_name = "ui"
urlpatterns = [path("gallery/", views.gallery, name="gallery")]
