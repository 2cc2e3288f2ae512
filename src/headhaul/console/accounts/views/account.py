"""One account, and the small things done to it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from headhaul.accounts.errors import PossibleDuplicate
from headhaul.console.accounts.changes import field_name
from headhaul.console.accounts.changes import told as told_value
from headhaul.console.accounts.views.contacts import PAGE
from headhaul.console.accounts.views.facts import everybody, facts_of
from headhaul.console.ui.bridge import render, run, told, undo_path, wants_fragment
from headhaul.console.ui.chosen import back_of
from headhaul.console.ui.facts import custom_facts, said
from headhaul.console.ui.templating import address
from headhaul.kernel import AppError, NotFound, Role
from headhaul.security.actors import actor_of

FIELDS = ("name", "dotNumber", "status", "segment", "state", "city", "street", "zip", "phone", "email", "website",
          "fleetSize", "description", "ownerId")  # fmt: skip


@login_required
def show(request: HttpRequest, account_id: int) -> HttpResponse:
    """One account: who they are, who is there, where we stand, and what the signals say about its carrier."""
    account = run(request, "getAccount", account_id=account_id)
    context = {
        "account": account,
        "facts": facts_of(request, account),
        "people": run(request, "getContacts", account_id=account_id, limit=PAGE),
        "told": told_value,
        "field_name": field_name,
        "elsewhere": elsewhere(account_id),
        **_signal_of(request, account.dot_number),
    }
    return render(request, "console_accounts/account.html", context)


@login_required
def create(request: HttpRequest) -> HttpResponse:
    """The form, and what comes from it; a refusal keeps what was typed."""
    custom = custom_facts(run(request, "getCustomFields", entity="account").fields)
    typed = {name: request.POST.get(name, request.GET.get(name, "")) for name in FIELDS}
    values = {fact.name: request.POST.getlist(fact.name) for fact in custom}
    refusal: AppError | None = None
    if request.method == "POST":
        own = {key: value for fact in custom for key, value in said(fact, values[fact.name])["custom"].items()}
        given = {key: value for key, value in own.items() if value is not None}
        try:
            made = run(
                request,
                "createAccount",
                custom=given or None,
                allow_duplicate="allowDuplicate" in request.POST,
                **typed,
            )
        except AppError as error:
            refusal = error
        else:
            return told(request, _after(request, made.id), f"{made.name} is an account now.")
    is_manager = (role := actor_of(request.user).role) is not None and role.allows(Role.MANAGER)
    context = {
        "typed": typed,
        "custom": custom,
        "values": values,
        "candidates": refusal.candidates if isinstance(refusal, PossibleDuplicate) else [],
        "errors": refusal.fields if refusal else {},
        "refusal": refusal,
        "owners": everybody(request) if is_manager else {},
        "back": back_of(request, ""),
    }
    return render(request, "console_accounts/create.html", context, status=refusal.status if refusal else 200)


def _after(request: HttpRequest, account_id: int) -> HttpResponse:
    """Back to the list that the form was opened from, which shows the new account whatever its filters; or to it."""
    back = back_of(request, "")
    if not back:
        return redirect("accounts:account", account_id)
    return redirect(f"{back}{'&' if '?' in back else '?'}made={account_id}")


@login_required
def similar(request: HttpRequest, account_id: int) -> HttpResponse:
    """Others like this one."""
    found = run(request, "getSimilarAccounts", account_id=account_id)
    return render(request, "console_accounts/_similar.html", {"similar": found.items})


@login_required
def changes(request: HttpRequest, account_id: int) -> HttpResponse:
    """The whole history, page by page."""
    account = run(request, "getAccount", account_id=account_id)
    found = run(request, "getChanges", account_id=account_id, cursor=request.GET.get("cursor"), limit=50)
    context = {"account": account, "changes": found, "told": told_value, "field_name": field_name}
    template = "console_accounts/_changes.html" if wants_fragment(request) else "console_accounts/changes.html"
    return render(request, template, context)


@login_required
@require_POST
def remove(request: HttpRequest, account_id: int) -> HttpResponse:
    """Remove an account that nothing hangs on; the toast brings it back."""
    gone = run(request, "removeAccount", account_id=account_id, version=request.POST.get("version"))
    return told(request, redirect("accounts:list"), f"{gone.name} is removed.")


def elsewhere(account_id: int) -> dict[str, str]:
    """Where other panels show what belongs to this account."""
    return {
        "opportunities": address("pipeline:of_account", account_id),
        "timeline": address("work:timeline", query={"account": account_id}),
        "log": address("work:log", query={"account": account_id}),
        "quick": address("work:quick", account_id),
    }


@login_required
@require_POST
def open_from_signal(request: HttpRequest, dot_number: int) -> HttpResponse:
    """Make the carrier an account, or find the one there is, and go to it."""
    opened = run(request, "openFromSignal", dot_number=dot_number)
    words = "Account opened; it is yours." if opened.created else "There was an account already."
    return told(request, redirect("accounts:account", opened.account.id), words)


@login_required
@require_POST
def update(request: HttpRequest, account_id: int) -> HttpResponse:
    """Change what the form names, if nobody was faster."""
    given = {name: request.POST.get(name) for name in FIELDS if name in request.POST and name != "ownerId"}
    account = run(request, "updateAccount", account_id=account_id, version=request.POST.get("version"), **given)
    return told(request, redirect("accounts:account", account.id), "Saved.")


@login_required
@require_POST
def take(request: HttpRequest, account_id: int) -> HttpResponse:
    """Make an account that nobody has one's own."""
    account = run(request, "takeAccount", account_id=account_id)
    return told(request, redirect("accounts:account", account.id), f"{account.name} is yours now.")


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
    shown = render(request, "ui/tags.html", {"account_id": tags.account_id, "tags": tags.tags})
    return told(request, shown, "Tags are saved.") if undo_path(request) else shown


def _signal_of(request: HttpRequest, dot_number: int | None) -> dict[str, Any]:
    """Why the carrier behind an account stands where it stands; nothing for one without a signal."""
    if dot_number is None:
        return {"why": None, "history": None}
    try:
        why = run(request, "explainSignal", dot_number=dot_number)
        return {"why": why, "history": run(request, "getSignalHistory", dot_number=dot_number)}
    except NotFound:
        return {"why": None, "history": None}
