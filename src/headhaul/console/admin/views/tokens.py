"""Keys for programs."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from headhaul.console.ui.bridge import remember_toast, render, run, wants_fragment
from headhaul.kernel import AppError, InvalidData, NotFound
from headhaul.kernel.actions import registry

LIVES = {"7": "a week", "30": "30 days", "90": "90 days", "180": "half a year", "365": "a year"}


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """The tokens in use, or all there ever were."""
    ended, cursor = request.GET.get("ended") == "1", request.GET.get("cursor")
    context = {"tokens": run(request, "listApiTokens", cursor=cursor, include_ended=ended), "ended": ended}
    fragment = wants_fragment(request) and cursor
    return render(request, "console_admin/_tokens_rows.html" if fragment else "console_admin/tokens.html", context)


@login_required
def create(request: HttpRequest) -> HttpResponse:
    """The form; then the token, whose secret is shown this once."""
    typed = {
        "name": request.POST.get("name", ""),
        "days": request.POST.get("days", "90"),
        "user": request.POST.get("user", ""),
        "scopes": request.POST.getlist("scopes"),
    }
    refusal: AppError | None = None
    made = None
    if request.method == "POST":
        wanted = {"name": typed["name"], "expires_in_days": typed["days"], "user_id": typed["user"]}
        try:
            made = run(request, "createApiToken", scopes=typed["scopes"] or None, **wanted)
        except (InvalidData, NotFound) as error:
            refusal = error
    context = {
        "typed": typed,
        "lives": LIVES,
        "people": {str(user.id): user.email for user in run(request, "listUsers", is_active=True, limit=100).items},
        "actions": [action for action in registry().values() if not (action.people_only or action.system_only)],
        "made": made,
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render(request, "console_admin/new_token.html", context, status=status)


@login_required
@require_POST
def revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """End a token now."""
    token = run(request, "revokeApiToken", token_id=token_id)
    return remember_toast(redirect("admin:tokens"), f"{token.name} is revoked.")
