"""The timeline of an account, a contact or an opportunity, as a fragment of their page or a page of its own."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse

from headhaul.console.ui.bridge import render, run, wants_fragment
from headhaul.console.work.groups import GROUPS, days_of, groups_of
from headhaul.console.work.links import page_of_entry

WHOSE = ("account", "contact", "opportunity")


def _transcripts(request: HttpRequest, entries: list[Any]) -> dict[str, str]:
    """What was said in the calls among them, by entry."""
    of_calls = (entry.id for entry in entries if entry.kind == "call" and entry.id.startswith("activity:"))
    calls = {int(key.removeprefix("activity:")): key for key in of_calls}
    if not calls:
        return {}
    found = run(request, "getCalls", activity_ids=list(calls), limit=100).items
    return {calls[call.activity_id]: call.transcript for call in found if call.transcript}


@login_required
def show(request: HttpRequest) -> HttpResponse:
    """A page of entries by day. With a cursor, the entries after it."""
    of = {name: request.GET.get(name, "") for name in WHOSE}
    group, text = request.GET.get("show", ""), request.GET.get("text", "").strip()[:100]
    cursor = request.GET.get("cursor")
    found = run(
        request,
        "getTimeline",
        **{f"{name}_id": key for name, key in of.items()},
        kinds=",".join(GROUPS.get(group, ("", []))[1]),
        text=text,
        cursor=cursor,
        limit=30,
    )
    is_whole = of["account"] and not (cursor or group or text)
    context = {
        "of": of,
        "velocity": run(request, "getActivityVelocity", account_id=of["account"]) if is_whole else None,
        "page": found,
        "days": days_of(request, found.items),
        "last_day": request.GET.get("day", ""),
        "shown": group,
        "text": text,
        "groups": groups_of(request, found.kinds),
        "page_of": page_of_entry,
        "new": request.GET.get("new", ""),
        "transcripts": _transcripts(request, found.items),
    }
    if not wants_fragment(request):
        return render(request, "work/timeline.html", context)
    return render(request, "work/_entries.html" if cursor else "work/_timeline.html", context)
