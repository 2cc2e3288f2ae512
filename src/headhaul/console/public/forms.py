"""The form of an event, for whoever scans its code or meets it on a page: no sign-in, no cookie, no script.

It may stand within pages of the sites that the event or the settings name: then it has a policy of its own, and
nothing else has.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from csp.constants import HEADER
from csp.utils import build_policy
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from pydantic import ValidationError

from headhaul import preferences
from headhaul.capture.errors import FormIsClosed
from headhaul.capture.schemas.forms import FormPage, PublicLead
from headhaul.capture.services import public
from headhaul.compliance.preferences import Firm
from headhaul.kernel import InvalidData, TooManyRequests

TEXTS = ("name", "company", "dotNumber", "state", "email", "phone", "title", "fleetSize", "message", "website")
TICKS = ("agreesEmail", "agreesSms", "agreesCall")
RIGHT = {
    "dotNumber": "Up to eight digits, or leave it empty.",
    "fleetSize": "A number, or leave it empty.",
    "state": "Two letters, such as TX.",
    "email": "An e-mail address with @ and a domain.",
    "phone": "A telephone number with its area code.",
}


@csrf_exempt  # a form within another site's page gets no cookie: its signed ticket is the proof that it is ours
@xframe_options_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest, public_key: str) -> HttpResponse:
    """GET /f/<key>/: the form. POST: taken, or what is missing."""
    try:
        page = public.page(public_key=public_key, at=timezone.now())
        if request.method != "POST":
            return _page(request, public_key, "form", **_shown(page, rep=request.GET.get("r", "")))
        return _take(request, public_key, page)
    except FormIsClosed:
        return _page(request, public_key, "form_closed", status=404)


@xframe_options_exempt
@require_http_methods(["GET", "HEAD"])
def thanks(request: HttpRequest, public_key: str) -> HttpResponse:
    """GET /f/<key>/thanks: it has arrived. A page of its own, so that going back or reloading sends nothing again."""
    return _page(request, public_key, "form_thanks")


def _take(request: HttpRequest, public_key: str, page: FormPage) -> HttpResponse:
    given = {name: request.POST[name] for name in (*TEXTS, *TICKS, "rep") if request.POST.get(name, "").strip()}
    try:
        sent = _read(given, ticket=request.POST.get("ticket", ""))
        public.submit(
            public_key=public_key, sent=sent, address=str(request.META.get("REMOTE_ADDR", "")), at=timezone.now()
        )
    except InvalidData as refusal:
        shown = _shown(page, given=given, problem=refusal.message, faults=refusal.fields)
        return _page(request, public_key, "form", status=422, **shown)
    except TooManyRequests as refusal:
        answer = _page(request, public_key, "form", status=429, **_shown(page, given=given, problem=refusal.message))
        answer["Retry-After"] = str(refusal.retry_after)
        return answer
    within = "?embed=1" if request.GET.get("embed") else ""
    return HttpResponseRedirect(reverse("public:thanks", args=[public_key]) + within)


def _read(given: Mapping[str, str], *, ticket: str) -> PublicLead:
    """As the service takes it. InvalidData names each field with what would be right."""
    data: dict[str, Any] = {name: True if name in TICKS else value for name, value in given.items()}
    if "rep" in data and not data["rep"].replace("-", "").replace("_", "").isalnum():
        del data["rep"]  # somebody's own invention: the lead counts, for nobody
    try:
        return PublicLead.model_validate(data | {"ticket": ticket[:500]})
    except ValidationError as fault:
        names = [str(error["loc"][0]) for error in fault.errors(include_url=False) if error["loc"]]
        fields = {name: RIGHT.get(name, "Shorter, please.") for name in names}
        raise InvalidData("Please look at what is marked.", fields=fields) from None


def _shown(
    page: FormPage,
    *,
    given: Mapping[str, str] | None = None,
    problem: str = "",
    faults: Mapping[str, str] | None = None,
    rep: str = "",
) -> dict[str, Any]:
    known = dict(given or {})
    return {"page": page, "given": known, "problem": problem, "faults": faults or {}, "rep": known.get("rep", rep)[:40]}


def _page(request: HttpRequest, public_key: str, name: str, *, status: int = 200, **shown: Any) -> HttpResponse:
    shown |= {"embedded": bool(request.GET.get("embed")), "firm": preferences.get(Firm).name}
    answer = render(request, f"public/{name}.html", shown, status=status, using="jinja2")
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Cache-Control"] = "no-store"
    answer["Referrer-Policy"] = "no-referrer"
    if sites := public.sites(public_key=public_key):
        answer[HEADER] = build_policy(replace={"frame-ancestors": ["'self'", *sites]})
    return answer
