"""Where the gallery is, and where a write is taken back."""

from __future__ import annotations

from django.urls import path

from headhaul.console.ui import views

app_name = "ui"
urlpatterns = [
    path("gallery/", views.gallery, name="gallery"),
    path("undo/<int:undo_id>", views.undo, name="undo"),
]
