"""Addresses that stand in mails and on posters. They stay what they are for ever: mails are read years later."""

from __future__ import annotations

from django.urls import path

from headhaul.console.public import forms, views

app_name = "public"
urlpatterns = [
    path("t/<str:token>", views.tracked, name="tracked"),
    path("o/<str:token>.gif", views.picture, name="picture"),
    path("u/<str:token>", views.unsubscribe, name="unsubscribe"),
    path("f/<str:public_key>/", forms.form, name="form"),
    path("f/<str:public_key>/thanks", forms.thanks, name="thanks"),
]
