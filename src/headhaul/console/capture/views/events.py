"""Events and sources: where leads come from, with the words people agree to."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from headhaul.console.capture.reading import people
from headhaul.console.capture.reading import sources as known_sources
from headhaul.console.capture.words import KINDS
from headhaul.console.ui.bridge import perform, render, run, told, wants_fragment
from headhaul.kernel import AppError, NotFound

TEXTS = {
    "name": "name", "kind": "kind", "city": "city", "state": "state", "timezone": "timezone", "starts_on": "startsOn",
    "ends_on": "endsOn", "owner": "ownerId", "campaign": "campaign", "source": "source",
    "consent_wording": "consentWording", "follow_up_days": "followUpDays",
}  # fmt: skip
SITES = {"": "On the sites that the settings name", "own": "Only on these sites", "none": "On no other site"}
CLEARED = frozenset({"state", "timezone", "startsOn", "endsOn", "ownerId", "source", "followUpDays", "kind"})
ZONES = {
    "America/New_York": "Eastern", "America/Chicago": "Central", "America/Denver": "Mountain",
    "America/Phoenix": "Arizona", "America/Los_Angeles": "Pacific", "America/Anchorage": "Alaska",
    "Pacific/Honolulu": "Hawaii",
}  # fmt: skip
WORDING = (
    "I agree that {firm} may contact me about recruiting drivers by the ways I ticked, also with automated technology, "
    "at the address and number I gave. Agreeing is no condition of buying anything. I can withdraw it at any time."
)


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """All events, those that go on first. With a cursor, those after it."""
    past, cursor = request.GET.get("which") == "closed", request.GET.get("cursor")
    words = request.GET.get("search", "")[:200]
    found = run(request, "getCaptureEvents", isActive=not past, search=words, limit=50, cursor=cursor)
    context = {"found": found, "kinds": KINDS, "past": past, "search": words}
    part = "_event_rows" if wants_fragment(request) and cursor else "events"
    return render(request, f"console_capture/{part}.html", context)


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """A new one."""
    return _save(request, None) if request.method == "POST" else _form(request, None)


@login_required
def edit(request: HttpRequest, event_id: int) -> HttpResponse:
    """One event: its facts, its public form, its counts."""
    event = find(request, event_id)
    return _save(request, event) if request.method == "POST" else _form(request, event)


@login_required
@require_POST
def new_key(request: HttpRequest, event_id: int) -> HttpResponse:
    """Another key: codes and forms with the old one end."""
    event = find(request, event_id)
    perform(request, "saveCaptureEvent", {"eventId": event.id, "version": event.version, "newKey": True})
    said = "The event has another key. Print the codes anew: the old ones lead nowhere now."
    return told(request, redirect("capture:codes", event.id), said)


@login_required
def sources(request: HttpRequest) -> HttpResponse:
    """Sources, and how good their leads are held to be."""
    refusal: AppError | None = None
    if request.method == "POST":
        given = {name: request.POST.get(name, "").strip() for name in ("key", "name", "medium", "quality", "version")}
        data: dict[str, Any] = {name: value for name, value in given.items() if value}
        if request.POST.get("version"):
            data["isActive"] = bool(request.POST.get("isActive"))
        try:
            perform(request, "saveLeadSource", data)
        except AppError as fault:
            refusal = fault
        else:
            return told(request, redirect("capture:sources"), f"“{data.get('name') or data['key']}” is saved.")
    context = {"sources": run(request, "listLeadSources", withInactive=True).items, "refusal": refusal}
    return render(request, "console_capture/sources.html", context, status=refusal.status if refusal else 200)


def find(request: HttpRequest, event_id: int) -> Any:
    """The event, or NotFound."""
    found = run(request, "getCaptureEvents", eventId=event_id).items
    if not found:
        raise NotFound("There is no such event.")
    return found[0]


def _save(request: HttpRequest, event: Any) -> HttpResponse:
    given = {wire: request.POST.get(name, "").strip() for name, wire in TEXTS.items() if name in request.POST}
    data: dict[str, Any] = {wire: (None if not value and wire in CLEARED else value) for wire, value in given.items()}
    if "sites_are" in request.POST:
        data["formSites"] = _sites(request.POST["sites_are"], request.POST.get("sites", ""))
    if event is None:
        data = {wire: value for wire, value in data.items() if value not in (None, "")}
    else:
        data |= {"eventId": event.id, "version": request.POST.get("version") or event.version}
    data |= {"isActive": bool(request.POST.get("is_active")), "formIsOpen": bool(request.POST.get("form_is_open"))}
    try:
        saved = perform(request, "saveCaptureEvent", data)
    except AppError as refusal:
        return _form(request, event, given=request.POST.dict(), refusal=refusal)
    return told(request, redirect("capture:event", saved.id), f"“{saved.name}” is saved.")


def _sites(which: str, named: str) -> list[str] | None:
    """None: those of the settings."""
    return {"own": named.replace(",", " ").split(), "none": list[str]()}.get(which)


def _site_fault(refusal: AppError | None) -> str:
    """What is wrong with the sites; their fields are numbered."""
    of_sites = any(name.startswith("formSites") for name in (refusal.fields if refusal else {}))
    return "Each is https:// and a host, such as https://www.example.com." if of_sites else ""


def _form(
    request: HttpRequest, event: Any, *, given: dict[str, Any] | None = None, refusal: AppError | None = None
) -> HttpResponse:
    context = {
        "event": event,
        "given": given or _shown(event),
        "refusal": refusal,
        "fields": refusal.fields if refusal else {},
        "kinds": KINDS,
        "people": people(request),
        "sources": known_sources(request),
        "zones": ZONES,
        "sites_are": SITES,
        "site_fault": _site_fault(refusal),
    }
    return render(request, "console_capture/event.html", context, status=refusal.status if refusal else 200)


def _shown(event: Any) -> dict[str, Any]:
    """What stands in the form at first."""
    if event is None:
        return {"kind": "trade_show", "follow_up_days": 2, "is_active": "1"}
    return {
        "name": event.name, "kind": event.kind.value, "city": event.city, "state": event.state,
        "timezone": event.timezone, "starts_on": event.starts_on or "", "ends_on": event.ends_on or "",
        "owner": str(event.owner.id) if event.owner else "", "campaign": event.campaign, "source": event.source.key,
        "consent_wording": event.consent_wording, "follow_up_days": event.follow_up_days,
        "is_active": "1" if event.is_active else "", "form_is_open": "1" if event.form_is_open else "",
        "sites_are": "" if event.form_sites is None else "own" if event.form_sites else "none",
        "sites": "\n".join(event.form_sites or []),
    }  # fmt: skip
