"""Accounts and the small things done to them."""

from __future__ import annotations

from django.urls import path

from headhaul.console.accounts import views

app_name = "accounts"
urlpatterns = [
    path("accounts/", views.index, name="list"),
    path("accounts/new", views.create, name="create"),
    path("accounts/from-signal/<int:dot_number>", views.open_from_signal, name="open"),
    path("accounts/<int:account_id>/", views.show, name="account"),
    path("accounts/<int:account_id>/details", views.update, name="update"),
    path("accounts/<int:account_id>/ownership", views.take, name="take"),
    path("accounts/<int:account_id>/tags", views.add_tag, name="add_tag"),
    path("accounts/<int:account_id>/tags/removal", views.remove_tag, name="remove_tag"),
]
