"""What was done and refused, and the proof that nobody changed it afterwards."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from headhaul.console.ui.bridge import render, run, wants_fragment
from headhaul.kernel.actions import registry

OUTCOMES = {"done": "Done", "refused": "Refused", "failed": "Failed"}
FILTERS = ("action_name", "outcome", "user_id", "target_type", "target_id", "batch_id", "request_id")


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """Entries, newest first. With a cursor, those before it."""
    chosen = {name: request.GET.get(name, "") for name in FILTERS}
    cursor = request.GET.get("cursor")
    context = {
        "log": run(request, "getAuditLog", cursor=cursor, **chosen),
        "chosen": chosen,
        "outcomes": OUTCOMES,
        "writes": {name: name for name, action in registry().items() if action.writes},
    }
    if wants_fragment(request):
        return render(request, f"console_admin/_audit{'_rows' if cursor else ''}.html", context)
    return render(request, "console_admin/audit.html", context)


@login_required
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Check the whole chain and say how it stands."""
    context = {"verdict": run(request, "verifyAuditLog", expected_head=request.POST.get("expected_head"))}
    template = "console_admin/_verdict.html" if wants_fragment(request) else "console_admin/verdict.html"
    return render(request, template, context)
