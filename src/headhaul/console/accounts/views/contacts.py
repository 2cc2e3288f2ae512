"""The people at an account: shown, entered, changed, removed."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from headhaul.accounts.choices import BuyingRole, Channel, ContactRole, Validity
from headhaul.console.accounts.contact_form import data_of, empty, typed_by, typed_of
from headhaul.console.accounts.zones import american
from headhaul.console.ui.bridge import perform, render, run, told, wants_fragment
from headhaul.console.ui.facts import custom_facts
from headhaul.kernel import AppError, StaleVersion

ROLES = {role.value: role.label for role in ContactRole}
BUYING = {role.value: role.label for role in BuyingRole}
CHANNELS = {channel.value: channel.label for channel in Channel}
VALIDITIES = {validity.value: validity.label for validity in Validity}
PAGE = 10


@login_required
def index(request: HttpRequest, account_id: int) -> HttpResponse:
    """More of the people at an account."""
    cursor = request.GET.get("cursor")
    people = run(request, "getContacts", account_id=account_id, cursor=cursor, limit=PAGE)
    account = run(request, "getAccount", account_id=account_id)
    template = "console_accounts/_people.html" if wants_fragment(request) else "console_accounts/people.html"
    context = {"people": people, "account": account}
    return render(request, template, context)


@login_required
def create(request: HttpRequest, account_id: int) -> HttpResponse:
    """The form for somebody new, and what comes from it."""
    account = run(request, "getAccount", account_id=account_id)
    facts = custom_facts(run(request, "getCustomFields", entity="contact").fields)
    typed = typed_by(request.POST, facts) if request.method == "POST" else empty(facts)
    refusal: AppError | None = None
    if request.method == "POST":
        try:
            made = perform(
                request, "createContact", {"accountId": account_id, **data_of(request.POST, facts, new=True)}
            )
        except AppError as error:
            refusal = error
        else:
            return told(request, redirect(_place(account_id, made.id)), f"{made.name} is a contact now.")
    return _form(request, account, None, typed, facts, refusal)


@login_required
def edit(request: HttpRequest, contact_id: int) -> HttpResponse:
    """The form for somebody we know, and what comes from it; a conflict keeps what was typed."""
    contact = run(request, "getContact", contact_id=contact_id)
    account = run(request, "getAccount", account_id=contact.account_id)
    facts = custom_facts(run(request, "getCustomFields", entity="contact").fields)
    typed = typed_by(request.POST, facts) if request.method == "POST" else typed_of(contact, facts)
    refusal: AppError | None = None
    if request.method == "POST":
        data = {"contactId": contact_id, "version": request.POST.get("version"), **data_of(request.POST, facts)}
        try:
            perform(request, "updateContact", data)
        except AppError as error:
            refusal = error
        else:
            return told(request, redirect(_place(account.id, contact_id)), f"{typed['name']} is saved.")
    return _form(request, account, contact, typed, facts, refusal)


@login_required
@require_POST
def remove(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Remove somebody; the toast brings them back."""
    gone = run(request, "removeContact", contact_id=contact_id, version=request.POST.get("version"))
    return told(request, redirect("accounts:account", gone.account_id), f"{gone.name} is removed.")


def _form(
    request: HttpRequest, account: Any, contact: Any, typed: dict[str, Any], facts: list[Any], refusal: AppError | None
) -> HttpResponse:
    context = {
        "account": account,
        "contact": contact,
        "typed": typed,
        "facts": facts,
        "refusal": refusal,
        "is_newer": isinstance(refusal, StaleVersion),
        "errors": refusal.fields if refusal else {},
        "roles": ROLES,
        "buying": BUYING,
        "channels": CHANNELS,
        "validities": VALIDITIES,
        "zones": american(),
    }
    return render(request, "console_accounts/contact.html", context, status=refusal.status if refusal else 200)


def _place(account_id: int, contact_id: int) -> str:
    return f"/accounts/{account_id}/#contact-{contact_id}"
