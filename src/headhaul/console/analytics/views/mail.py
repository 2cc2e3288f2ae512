"""One's own choice about the figures by mail."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from headhaul.analytics.choices import MailRhythm, MailWhose
from headhaul.console.ui.bridge import render, run, told

RHYTHMS = {rhythm.value: rhythm.label for rhythm in MailRhythm}
WHOSE = {whose.value: whose.label for whose in MailWhose}


@login_required
def show(request: HttpRequest) -> HttpResponse:
    """How often they come, and whose; sending the form keeps it."""
    if request.method == "POST":
        given = {name: request.POST.get(name) for name in ("rhythm", "whose", "version")}
        run(request, "saveAnalyticsMail", **given)
        return told(request, redirect("analytics:mail"), "Saved.")
    context = {"mail": run(request, "getAnalyticsMail"), "rhythms": RHYTHMS, "whose": WHOSE}
    return render(request, "analytics/mail.html", context)
