"""Call campaigns: what is said, to whom, and whether calls are handed out."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from headhaul.console.ui.bridge import perform, render, run, told
from headhaul.kernel import AppError, NotFound

STATES = {"draft": "Draft", "active": "Handing out calls", "paused": "Paused", "finished": "Finished"}
FIELDS = ("name", "campaign", "script", "tries", "hoursBetween")


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """All of them."""
    found = run(request, "getCallCampaigns")
    return render(request, "calls/campaigns.html", {"found": found, "states": STATES})


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """A new one."""
    if request.method == "POST":
        return _save(request, None)
    return render(request, "calls/campaign.html", {"campaign": None, "given": {}, "states": STATES})


@login_required
def edit(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """One of them, with its script and who is to be called."""
    campaign = _one(request, campaign_id)
    return _save(request, campaign) if request.method == "POST" else _shown(request, campaign)


@login_required
@require_POST
def set_state(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Hand out calls, pause, or finish."""
    state = request.POST.get("state", "")
    run(request, "setCallCampaignStatus", call_campaign_id=campaign_id, state=state)
    return told(request, redirect(reverse("calls:campaign", args=[campaign_id])), f"{STATES.get(state, state)}.")


@login_required
@require_POST
def add_targets(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Everybody of a saved view."""
    done = run(request, "addCallTargets", call_campaign_id=campaign_id, view_id=request.POST.get("viewId"))
    response = _shown(request, _one(request, campaign_id), done=done)
    return told(request, response, f"{done.added} added.") if done.added else response


def _save(request: HttpRequest, campaign: Any) -> HttpResponse:
    given: dict[str, Any] = {name: request.POST[name] for name in FIELDS if name in request.POST}
    given = {name: value for name, value in given.items() if value != "" or name in ("campaign", "script")}
    if campaign is not None:
        given |= {"callCampaignId": campaign.id, "version": request.POST.get("version", campaign.version)}
    try:
        saved = perform(request, "saveCallCampaign", given)
    except AppError as refusal:
        context = {"campaign": campaign, "given": request.POST, "states": STATES, "refusal": refusal}
        return render(request, "calls/campaign.html", context | _views(request), status=refusal.status)
    return told(request, redirect(reverse("calls:campaign", args=[saved.id])), "Saved.")


def _shown(request: HttpRequest, campaign: Any, *, done: Any = None) -> HttpResponse:
    context = {"campaign": campaign, "given": {}, "states": STATES, "done": done}
    return render(request, "calls/campaign.html", context | _views(request))


def _views(request: HttpRequest) -> dict[str, Any]:
    views = run(request, "getViews", entity="contacts").views
    return {"views": {str(view.id): view.name for view in views}}


def _one(request: HttpRequest, campaign_id: int) -> Any:
    for campaign in run(request, "getCallCampaigns").items:
        if campaign.id == campaign_id:
            return campaign
    raise NotFound("There is no such call campaign.", fields={"callCampaignId": "unknown"})
