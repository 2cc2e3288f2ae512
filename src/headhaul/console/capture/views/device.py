"""What the phone's page asks for and sends, as JSON: who is signed in, secrets, the extract, leads."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from headhaul.console.capture import sealing
from headhaul.console.ui.bridge import perform, run
from headhaul.kernel import AppError, Conflict, InvalidData, NotFound
from headhaul.security.actors import actor_of

View = Callable[..., HttpResponse]
_WORTH_PACKING = 1_000


def _as_json(view: View) -> View:
    """A refusal is JSON with the same status; a stranger is told so, and not sent to a form."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return JsonResponse({"message": "Sign in first."}, status=401)
        try:
            response = view(request, *args, **named)
        except AppError as refusal:
            said = {"code": refusal.code, "message": refusal.message, "fields": refusal.fields}
            return JsonResponse(said, status=refusal.status)
        response["Cache-Control"] = "no-store"
        return response

    return answer


@require_GET
@_as_json
def state(request: HttpRequest) -> HttpResponse:
    """Who is signed in, the word that a form needs, and the secrets that open what this person's devices keep."""
    actor = actor_of(request.user)
    secrets = sealing.secrets_of(actor.user_id or 0)
    return JsonResponse(
        {
            "user": {"id": actor.user_id, "name": actor.label},
            "csrf": get_token(request),
            "keys": [asdict(each) for each in secrets],
            "now": timezone.now().isoformat(),
        }
    )


@require_POST
@_as_json
def take(request: HttpRequest) -> HttpResponse:
    """Leads that waited: each is answered for by itself, with what came of it or with why not."""
    try:
        sent = json.loads(request.body)
    except ValueError as fault:
        raise InvalidData("Send JSON: an object with `items` and `deviceNow`.") from fault
    if not isinstance(sent, dict):
        raise InvalidData("Send an object with `items` and `deviceNow`.")
    if sent.pop("userId", request.user.pk) != request.user.pk:  # somebody else signed in here while it was on its way
        raise Conflict("Somebody else is signed in on this device. These leads wait for who took them down.")
    taken = perform(request, "captureLeads", sent).model_dump(mode="json", by_alias=True)
    for item in taken["items"]:
        item["reason"] = _reason(item["fault"])
    return JsonResponse(taken)


def _reason(fault: dict[str, Any] | None) -> str:
    if fault is None:
        return ""
    return " ".join([fault["message"], *(f"{name}: {what}." for name, what in fault["fields"].items())])


@require_GET
@_as_json
def look(request: HttpRequest) -> HttpResponse:
    """A carrier that the device does not hold; `found` is null where nobody knows it."""
    dot = request.GET.get("dot", "")
    try:
        carrier = run(request, "getCarrier", dot_number=dot)
    except (NotFound, InvalidData):
        return JsonResponse({"found": None})
    try:
        signal = run(request, "getSignal", dot_number=dot).signal
    except NotFound:  # nothing fits it today
        signal = None
    return JsonResponse({"found": _found(carrier, signal)})


def _found(carrier: Any, signal: Any) -> dict[str, Any]:
    return {
        "dotNumber": carrier.dot_number,
        "name": carrier.name,
        "city": carrier.physical.city,
        "state": carrier.physical.state,
        "fleet": carrier.fleet.power_units,
        "equipment": list(carrier.equipment),
        "score": None if signal is None else round(signal.score),
        "drivers": 0 if signal is None else signal.driver_count,
    }


@require_GET
@_as_json
def find_events(request: HttpRequest) -> HttpResponse:
    """Events by a part of their name or town: what the page's own list leaves out."""
    found = run(request, "getCaptureEvents", search=request.GET.get("q", "")[:200], limit=20)
    items = [
        {
            "id": each.id, "name": each.name, "place": ", ".join(filter(None, (each.city, each.state))),
            "on": each.starts_on.isoformat() if each.starts_on else "", "wording": each.consent_wording,
            "days": each.follow_up_days,
        }
        for each in found.items
    ]  # fmt: skip
    return JsonResponse({"items": items, "total": found.total})


@require_GET
@_as_json
def extract(request: HttpRequest, event_id: int) -> HttpResponse:
    """The carriers near an event, packed for a hall's slow network. 204 for an event without a place."""
    try:
        found = run(request, "getCaptureExtract", event_id=event_id)
    except InvalidData:
        return HttpResponse(status=204)
    text = found.model_dump_json(by_alias=True).encode()
    packs = "gzip" in request.headers.get("Accept-Encoding", "") and len(text) > _WORTH_PACKING
    answer = HttpResponse(gzip.compress(text, 6) if packs else text, content_type="application/json")
    if packs:
        answer["Content-Encoding"] = "gzip"
    answer["Vary"] = "Accept-Encoding, Cookie"
    return answer
