"""Notifications: what one was told, the bell's number, and the daily mail."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from headhaul.console.ui.bridge import perform, render, run, told, wants_fragment
from headhaul.console.ui.shell import Shell
from headhaul.console.work.links import page_of_notification


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """Unread ones when there are, otherwise all. With a cursor, the rows after it."""
    which, cursor = request.GET.get("which", ""), request.GET.get("cursor")
    if which not in ("all", "unread"):
        which = "unread" if Shell(request).unread else "all"
    found = run(request, "getNotifications", which=which, cursor=cursor, limit=50)
    if cursor and wants_fragment(request):
        return render(request, "work/_notification_rows.html", {"notifications": found})
    context = {"notifications": found, "which": which, "mail": run(request, "getDigest")}
    return render(request, "work/notifications.html", context)


@login_required
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark one, or all."""
    ids = request.POST.getlist("id")
    marked = run(request, "markNotificationsRead", ids=ids) if ids else run(request, "markNotificationsRead", all=True)
    response = (
        HttpResponse(headers={"HX-Refresh": "true"}) if wants_fragment(request) else redirect("work:notifications")
    )
    return told(request, response, "Marked as read." if marked.marked else "There was nothing unread.")


@login_required
def follow(request: HttpRequest, notification_id: int) -> HttpResponse:
    """Open what it is about. Whoever has seen it has read it."""
    row = run(request, "getNotification", notification_id=notification_id)
    if row.read_at is None:
        run(request, "markNotificationsRead", ids=[notification_id])
    return redirect(page_of_notification(row))


@login_required
@require_POST
def mail(request: HttpRequest) -> HttpResponse:
    """Keep the choice about the daily mail."""
    hour = request.POST.get("hour") or None
    perform(request, "saveDigest", {"isOn": request.POST.get("isOn") == "1", "hour": hour})
    return told(request, redirect("work:notifications"), "Saved.")


@login_required
def bell(request: HttpRequest) -> HttpResponse:
    """The number alone, for pages that are open."""
    return HttpResponse(str(Shell(request).unread), content_type="text/plain", headers={"Cache-Control": "no-store"})
