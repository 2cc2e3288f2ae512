"""The lists of accounts and contacts: pages, the rows after a cursor, one group's rows, one row."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse

from headhaul.console.accounts.listing.state import ListPage, page_of
from headhaul.console.ui.bridge import render, run, wants_fragment

ACTIONS = {"accounts": "listAccounts", "contacts": "listContacts"}
A_PAGE, A_GROUP = 50, 20


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """The accounts. With a cursor, the rows after it."""
    return show(request, "accounts")


@login_required
def contacts(request: HttpRequest) -> HttpResponse:
    """The people at all accounts."""
    return show(request, "contacts")


def show(request: HttpRequest, entity: str) -> HttpResponse:
    """A list as its address says."""
    page, cursor = page_of(request, entity), request.GET.get("cursor")
    found = _groups(request, page) if page.group_by and not cursor else _rows(request, page, cursor=cursor)
    context = {"page": page, "made": _made(request, page, found), "edit": "", "fault": "", **found}
    fragment = "rows" if cursor or request.GET.get("part") == "rows" else "list"
    whole = f"console_accounts/lists/{entity}.html"
    return render(request, f"console_accounts/lists/_{fragment}.html" if wants_fragment(request) else whole, context)


def _rows(request: HttpRequest, page: ListPage, *, cursor: str | None = None, **narrower: Any) -> dict[str, Any]:
    size = A_GROUP if request.GET.get("part") == "rows" else A_PAGE
    asked = {**page.asked, **narrower, "cursor": cursor, "limit": size}
    return {"found": run(request, ACTIONS[page.entity], **asked), "groups": None, "size": size}


def _groups(request: HttpRequest, page: ListPage) -> dict[str, Any]:
    """The groups; the first of them with its rows."""
    asked = {"entity": page.entity, "filters": page.filters, "group_by": page.group_by}
    groups = run(request, "getListGroups", **asked).groups
    first = {**page.asked, **groups[0].filters, "limit": A_GROUP} if groups else None
    return {"found": run(request, ACTIONS[page.entity], **first) if first else None, "groups": groups, "size": A_GROUP}


def _made(request: HttpRequest, page: ListPage, found: dict[str, Any]) -> Any:
    """What was just entered from here, when these filters do not show it on their own."""
    made = request.GET.get("made", "")
    if page.entity != "accounts" or not (made.isdigit() and len(made) < 19) or request.GET.get("cursor"):
        return None
    rows = found["found"]
    shown = rows.items if rows is not None else []
    if any(str(row.id) == made for row in shown):
        return None
    entered = run(request, "listAccounts", ids=[int(made)]).items
    return entered[0] if entered else None
