"""Facts of an account, edited where they stand: a click opens the field, a conflict shows what is newer."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from headhaul.console.accounts.fields import OWN, value_of
from headhaul.console.ui.bridge import perform, render, run, told, wants_fragment
from headhaul.console.ui.facts import Fact, custom_facts, entered, said, shown
from headhaul.console.ui.words import went_along
from headhaul.kernel import AppError, StaleVersion

Facts = list[tuple[Fact, Any, str]]


def facts_of(request: HttpRequest, account: Any) -> Facts:
    """Every fact with its value, and how it reads."""
    known = [*OWN, *custom_facts(run(request, "getCustomFields", entity="account").fields)]
    return [(fact, value_of(account, fact), shown(value_of(account, fact), fact)) for fact in known]


@login_required
def edit(request: HttpRequest, account_id: int, name: str) -> HttpResponse:
    """The field for one fact, and what comes from it. `?as=read` gives the fact back as it is."""
    account = run(request, "getAccount", account_id=account_id)
    fact, value, words = _fact(request, account, name)
    context = {"account": account, "fact": fact, "value": value, "words": words, "choices": _choices(fact)}
    if request.method != "POST":
        form = request.GET.get("as") != "read"
        is_derived = fact.name == "timezone" and account.timezone_source != "person"  # saving it would make it a wish
        context |= {"entered": "" if is_derived else entered(value, fact), "refusal": None}
        return _answer(request, context, form=form)
    given = request.POST.getlist("value")
    data = {"accountId": account_id, "version": request.POST.get("version"), **said(fact, given)}
    try:
        perform(request, "updateAccount", data)
    except AppError as refusal:
        typed = given if fact.control == "several" else "".join(given[:1])
        is_newer = isinstance(refusal, StaleVersion)
        context |= {"entered": typed, "refusal": refusal, "is_newer": is_newer}
        return _answer(request, context, form=True, status=refusal.status)
    account = run(request, "getAccount", account_id=account_id)
    fact, value, words = _fact(request, account, name)
    context |= {"account": account, "value": value, "words": words, "is_saved": True}
    if not wants_fragment(request):
        return told(request, redirect("accounts:account", account_id), f"{fact.label} is saved.")
    return told(request, _answer(request, context, form=False), f"{fact.label} is saved.")


@login_required
def owner(request: HttpRequest, account_id: int) -> HttpResponse:
    """Who looks after the account: the choice for managers, and what comes from it."""
    account = run(request, "getAccount", account_id=account_id)
    if request.method == "POST":
        owner_id = request.POST.get("ownerId") or None
        data = {"accountId": account_id, "ownerId": owner_id, "version": request.POST.get("version")}
        along = request.POST.get("withOpenDeals") == "1"
        changed = perform(request, "assignAccount", data | {"withOpenDeals": along})
        words = f"{changed.owner.name} looks after {changed.name}." if changed.owner else "Nobody has it now."
        if along:
            words += f" {went_along(changed.deals_moved)}"
        return told(request, redirect("accounts:account", account_id), words)
    context = {"account": account, "owners": everybody(request)}
    return render(request, "console_accounts/owner.html", context)


def everybody(request: HttpRequest) -> dict[str, str]:
    """All who can own accounts, for a choice."""
    found: dict[str, str] = {}
    cursor: str | None = None
    while True:
        page = run(request, "listOwners", limit=100, cursor=cursor)
        found |= {str(each.id): f"{each.name} ({each.team})" if each.team else each.name for each in page.items}
        cursor = page.next_cursor
        if cursor is None:
            return found


def _fact(request: HttpRequest, account: Any, name: str) -> tuple[Fact, Any, str]:
    for found in facts_of(request, account):
        if found[0].name == name:
            return found
    raise Http404


def _choices(fact: Fact) -> dict[str, str]:
    if fact.control != "zone":
        return dict(fact.choices)
    from headhaul.console.accounts.zones import american

    return american()


def _answer(request: HttpRequest, context: dict[str, Any], *, form: bool, status: int = 200) -> HttpResponse:
    part = "console_accounts/_fact_form.html" if form else "console_accounts/_fact_saved.html"
    if wants_fragment(request):
        return render(request, part, context, status=status)
    return render(request, "console_accounts/fact.html", context, status=status)
