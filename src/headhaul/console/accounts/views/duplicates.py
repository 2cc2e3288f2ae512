"""The queue of records that look like one, and making one of them."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from headhaul.console.accounts.merging import asked, label, said, versions
from headhaul.console.ui.bridge import perform, remember_toast, render, run, told, wants_fragment

ENTITIES = ("account", "contact")
DONE = {"account": "mergeAccounts", "contact": "mergeContacts"}


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """The queue. With a cursor, the pairs after it."""
    entity = _entity(request)
    state, cursor = request.GET.get("state", "open"), request.GET.get("cursor")
    pairs = run(request, "listDuplicates", entity=entity, state=state, cursor=cursor, limit=25)
    fragment = "console_accounts/_pairs.html" if cursor else "console_accounts/_queue.html"
    context = {"pairs": pairs, "entity": entity, "state": state, "label": label, "said": said}
    return render(request, fragment if wants_fragment(request) else "console_accounts/duplicates.html", context)


@login_required
@require_POST
def dismiss(request: HttpRequest, pair_id: int) -> HttpResponse:
    """Say that the pair is two; it leaves the queue."""
    run(request, "dismissDuplicate", pair_id=pair_id)
    response = HttpResponse() if wants_fragment(request) else _back(request)
    return told(request, response, "Kept apart. The pair will not come back.")


@login_required
@require_POST
def restore(request: HttpRequest, pair_id: int) -> HttpResponse:
    """Put a dismissed pair back."""
    run(request, "restoreDuplicate", pair_id=pair_id)
    response = HttpResponse() if wants_fragment(request) else _back(request)
    return told(request, response, "Back on the queue.")


@login_required
def merge(request: HttpRequest) -> HttpResponse:
    """What a merge would make, and whose value stands where they differ; sent, it is made."""
    if request.method != "POST":
        return _preview(request, request.GET)
    entity = _entity(request)
    done = perform(request, DONE[entity], asked(request.POST) | {"versions": versions(request.POST)})
    where = done.winner_id if entity == "account" else done.result.record["accountId"]
    return told(request, redirect("accounts:account", where), f"Merged into {done.result.record['name']}.")


@login_required
@require_POST
def merge_preview(request: HttpRequest) -> HttpResponse:
    """The same while somebody chooses; nothing is written."""
    return _preview(request, request.POST)


def _preview(request: HttpRequest, given: QueryDict) -> HttpResponse:
    entity, wanted = _entity(request), asked(given)
    preview = perform(request, "previewMerge", wanted | {"entity": entity})
    context = {"preview": preview, "entity": entity, "wanted": wanted, "label": label, "said": said}
    template = "console_accounts/_merge.html" if wants_fragment(request) else "console_accounts/merge.html"
    return render(request, template, context)


@login_required
@require_POST
def merge_chosen(request: HttpRequest) -> HttpResponse:
    """Merge the ticked pairs as suggested; what needs a decision is left and said."""
    ids = [int(key) for key in request.POST.getlist("pair") if key.isdigit()]
    if not ids:
        return remember_toast(_back(request), "Tick the pairs to merge first.", tone="warn")
    done = perform(request, "mergeDuplicates", {"entity": _entity(request), "pairIds": ids})
    merged, left = len(done.merges), len(done.left)
    summary = f"{merged} merged." + (f" {left} left: {done.left[0].reason}" if left else "")
    return told(request, _back(request), summary, tone="good" if merged else "warn")


@login_required
@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """Look for duplicates now."""
    queued = run(request, "scanDuplicates", entity=_entity(request))
    summary = "A search is waiting already." if queued.already_queued else "Searching. Reload in a moment."
    return remember_toast(_back(request), summary)


def _entity(request: HttpRequest) -> str:
    wanted = request.POST.get("entity") or request.GET.get("entity", "")
    return wanted if wanted in ENTITIES else "account"


def _back(request: HttpRequest) -> HttpResponse:
    return redirect(f"{reverse('accounts:duplicates')}?entity={_entity(request)}")
