"""Competitors: what is known of them, how deals went against them, and the form that notes more."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from headhaul.accounts.choices import REGION_NAMES
from headhaul.console.money import files, reading
from headhaul.console.ui.bridge import perform, render, run, told
from headhaul.console.ui.templating import address
from headhaul.kernel import AppError, Conflict, InvalidData, NotFound

FILTERS = ("from", "to", "owner", "teamId", "segment", "q", "region")
FIELDS = ("competitor", "region", "offerings", "pricingNotes", "sourceUrl", "alsoCalled")
STATES = {"all": "All", "open": "Open", "won": "Won against it", "lost": "Lost against it"}


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """Everybody we met or know of."""
    given = reading.asked(request, (*FILTERS, "cursor"))
    context = _context(request) | {
        "found": perform(request, "getCompetitorIntel", given),
        **reading.people_of(request),
    }
    return render(request, "money/competitors.html", context)


@login_required
def competitor(request: HttpRequest) -> HttpResponse:
    """One of them, with the deals in which it was met and the history of what was known."""
    key, state = request.GET.get("key", ""), request.GET.get("state", "all")
    narrowed = reading.asked(request, FILTERS)
    narrowed.pop("q", None)
    whose = {name: value for name, value in narrowed.items() if name != "region"}
    found = perform(request, "getCompetitorIntel", whose | {"key": key})
    if not found.items:
        raise NotFound("Nobody is known under this name in these days.")
    deals = perform(
        request, "getCompetitorDeals", narrowed | reading.asked(request, ("cursor",)) | {"key": key, "state": state}
    )
    context = _context(request) | {
        "found": found, "row": found.items[0], "deals": deals, "state": state, "states": STATES, "key": key,
    }  # fmt: skip
    return render(request, "money/competitor.html", context)


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Note something."""
    typed = {name: request.GET.get(name, "") for name in FIELDS}
    return _form(request, typed, intel_id=None, version=None, title="New note")


@login_required
def edit(request: HttpRequest, intel_id: int) -> HttpResponse:
    """Put a note right."""
    row, note = _note(request, intel_id)
    typed = {
        "competitor": row.name, "region": note.region, "offerings": note.offerings,
        "pricingNotes": note.pricing_notes, "sourceUrl": note.source_url, "alsoCalled": ", ".join(row.also_called),
    }  # fmt: skip
    return _form(request, typed, intel_id=intel_id, version=note.version, title=f"{row.name}, {note.region_label}")


@login_required
@require_POST
def remove(request: HttpRequest, intel_id: int) -> HttpResponse:
    """Take a note away."""
    run(request, "removeCompetitorIntel", intel_id=intel_id)
    return told(request, redirect(address("money:competitors")), "Taken away.")


@login_required
def news(request: HttpRequest, sighting_id: int) -> HttpResponse:
    """Where a notification about several competitors leads."""
    return redirect(address("money:competitors"))


@login_required
def export(request: HttpRequest) -> HttpResponse:
    """What is known, as a file."""
    return files.of_competitors(_all(request, reading.asked(request, FILTERS)))


def _form(
    request: HttpRequest, typed: dict[str, str], *, intel_id: int | None, version: int | None, title: str
) -> HttpResponse:
    refusal: AppError | None = None
    if request.method == "POST":
        typed = {name: request.POST.get(name, "").strip() for name in FIELDS}
        called = [each.strip() for each in typed["alsoCalled"].split(",") if each.strip()]
        given: dict[str, Any] = {**typed, "alsoCalled": called}
        if not given["competitor"]:
            del given["competitor"]
        if intel_id is not None:
            given |= {"intelId": intel_id, "version": int(request.POST.get("version") or version or 1)}
        try:
            saved = perform(request, "saveCompetitorIntel", given)
            there = address("money:competitor", query={"key": f"c{saved.competitor_id}"})
            return told(request, redirect(there), "Noted.")
        except (InvalidData, Conflict) as error:
            refusal = error
    context = _context(request) | {
        "typed": typed, "refusal": refusal, "intel_id": intel_id, "version": version, "title": title,
    }  # fmt: skip
    return render(request, "money/intel.html", context, status=refusal.status if refusal else 200)


def _note(request: HttpRequest, intel_id: int) -> tuple[Any, Any]:
    found = perform(request, "getCompetitorIntel", {"intelId": intel_id}).items
    if not found:
        raise NotFound(f"There is no note {intel_id}.")
    return found[0], next(note for note in found[0].intel if note.id == intel_id)


def _all(request: HttpRequest, asked: dict[str, str]) -> Any:
    cursor: str | None = None
    while True:
        page = perform(request, "getCompetitorIntel", asked | {"limit": 100} | ({"cursor": cursor} if cursor else {}))
        yield from page.items
        cursor = page.next_cursor
        if cursor is None:
            return


def _context(request: HttpRequest) -> dict[str, Any]:
    return {
        "asked": reading.asked(request, FILTERS),
        "chosen": reading.chosen(request, FILTERS),
        "regions": {"": "Everywhere"} | REGION_NAMES,
    }
