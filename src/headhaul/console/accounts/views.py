"""The accounts list, one account, and the small things done to it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from headhaul.console.accounts.changes import told
from headhaul.console.ui.bridge import remember_toast, render, run, wants_fragment
from headhaul.kernel import AppError, InvalidData, NotFound

FILTERS = ("q", "status", "segment", "state", "source", "owner", "tag", "equipment", "minScore", "createdSince")
FIELDS = ("name", "dotNumber", "status", "segment", "state", "city", "phone", "website", "fleetSize")


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """The list. With a cursor, the rows after it."""
    chosen = {name: request.GET.get(name, "") for name in FILTERS}
    sort, cursor = request.GET.get("sort", "score"), request.GET.get("cursor")
    context = {
        "chosen": chosen,
        "sort": sort,
        "accounts": run(request, "listAccounts", sort=sort, cursor=cursor, limit=50, **chosen),
    }
    fragment = "console_accounts/_rows.html" if cursor else "console_accounts/_list.html"
    return render(request, fragment if wants_fragment(request) else "console_accounts/list.html", context)


@login_required
def show(request: HttpRequest, account_id: int) -> HttpResponse:
    """One account, and what the signals say about its carrier."""
    account = run(request, "getAccount", account_id=account_id)
    context = {"account": account, "told": told, **_signal_of(request, account.dot_number)}
    return render(request, "console_accounts/account.html", context)


@login_required
def create(request: HttpRequest) -> HttpResponse:
    """The form, and what comes from it; a refusal keeps what was typed."""
    typed = {name: request.POST.get(name, request.GET.get(name, "")) for name in FIELDS}
    refusal: AppError | None = None
    if request.method == "POST":
        try:
            made = run(request, "createAccount", **typed)
        except InvalidData as error:
            refusal = error
        else:
            return remember_toast(redirect("accounts:account", made.id), f"{made.name} is an account now.")
    context = {"typed": typed, "errors": refusal.fields if refusal else {}, "refusal": refusal}
    return render(request, "console_accounts/create.html", context, status=refusal.status if refusal else 200)


@login_required
@require_POST
def open_from_signal(request: HttpRequest, dot_number: int) -> HttpResponse:
    """Make the carrier an account, or find the one there is, and go to it."""
    opened = run(request, "openFromSignal", dot_number=dot_number)
    said = "Account opened; it is yours." if opened.created else "There was an account already."
    return remember_toast(redirect("accounts:account", opened.account.id), said)


@login_required
@require_POST
def update(request: HttpRequest, account_id: int) -> HttpResponse:
    """Change what the form names, if nobody was faster."""
    given = {name: request.POST.get(name) for name in FIELDS if name in request.POST}
    account = run(request, "updateAccount", account_id=account_id, version=request.POST.get("version"), **given)
    return remember_toast(redirect("accounts:account", account.id), "Saved.")


@login_required
@require_POST
def take(request: HttpRequest, account_id: int) -> HttpResponse:
    """Make an account that nobody has one's own."""
    account = run(request, "takeAccount", account_id=account_id)
    return remember_toast(redirect("accounts:account", account.id), f"{account.name} is yours now.")


@login_required
@require_POST
def add_tag(request: HttpRequest, account_id: int) -> HttpResponse:
    """Put a tag on; the tags come back."""
    return _tags(request, run(request, "addTag", account_id=account_id, tag=request.POST.get("tag", "")))


@login_required
@require_POST
def remove_tag(request: HttpRequest, account_id: int) -> HttpResponse:
    """Take a tag off; the tags come back."""
    return _tags(request, run(request, "removeTag", account_id=account_id, tag=request.POST.get("tag", "")))


def _tags(request: HttpRequest, tags: Any) -> HttpResponse:
    if not wants_fragment(request):
        return redirect("accounts:account", tags.account_id)
    return render(request, "ui/tags.html", {"account_id": tags.account_id, "tags": tags.tags})


def _signal_of(request: HttpRequest, dot_number: int | None) -> dict[str, Any]:
    """Why the carrier behind an account stands where it stands; nothing for one without a signal."""
    if dot_number is None:
        return {"why": None, "history": None}
    try:
        why = run(request, "explainSignal", dot_number=dot_number)
        return {"why": why, "history": run(request, "getSignalHistory", dot_number=dot_number)}
    except NotFound:
        return {"why": None, "history": None}
