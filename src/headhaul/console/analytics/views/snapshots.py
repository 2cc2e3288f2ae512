"""Figures as they were, and two of them beside each other."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from headhaul.console.analytics import files, reading
from headhaul.console.ui.bridge import perform, render, run, told


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """All of them, and the choice of two to compare."""
    found = run(request, "getSnapshots", kind=request.GET.get("kind"), cursor=request.GET.get("cursor"))
    newest = found.items[0] if found.items else None
    alike = [each for each in found.items[1:] if newest and each.whose == newest.whose]
    context = {"found": found, "kind": request.GET.get("kind", ""), "before": alike[0].id if alike else None}
    return render(request, "analytics/snapshots.html", context)


@login_required
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Keep the figures that the form names, under a name."""
    given = {name: str(request.POST[name]) for name in (*reading.FILTERS, "name") if request.POST.get(name)}
    kept = perform(request, "saveSnapshot", given)
    return told(request, redirect("analytics:snapshot", kept.id), f"The figures of {kept.label} are kept.")


@login_required
def show(request: HttpRequest, snapshot_id: int) -> HttpResponse:
    """One of them."""
    found = run(request, "getSnapshot", snapshot_id=snapshot_id)
    groups: dict[str, list[Any]] = {}
    for each in found.figures:
        groups.setdefault(each.group, []).append((each, reading.value(each), reading.note(each)))
    return render(request, "analytics/snapshot.html", {"found": found, "groups": groups})


@login_required
def compare(request: HttpRequest) -> HttpResponse:
    """Two of them, figure by figure."""
    found = _compared(request)
    rows = [
        (
            each,
            reading.said(each.first, each.unit, part=each.first_part, n=each.first_n),
            reading.said(each.second, each.unit, part=each.second_part, n=each.second_n),
        )
        for each in found.figures
    ]
    return render(request, "analytics/compare.html", {"found": found, "rows": rows})


@login_required
def export(request: HttpRequest) -> HttpResponse:
    """The same as a file."""
    return files.comparison(_compared(request))


def _compared(request: HttpRequest) -> Any:
    return run(request, "compareSnapshots", first_id=request.GET.get("first"), second_id=request.GET.get("second"))
