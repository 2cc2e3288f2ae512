"""Call campaigns: what is said, to whom, and whether calls are handed out."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from headhaul.console.calls.words import OUTCOMES
from headhaul.console.ui.bridge import perform, render, run, told, wants_fragment
from headhaul.console.ui.words import number, plural
from headhaul.kernel import AppError, NotFound

STATES = {"draft": "Draft", "active": "Handing out calls", "paused": "Paused", "finished": "Finished"}
TARGET_STATES = {
    "queued": "To call", "callback": "Call-back", "taken": "Taken", "done": "Done", "skipped": "Left out",
}  # fmt: skip
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
    if request.method == "POST":
        return _save(request, campaign)
    if wants_fragment(request):
        return render(request, "calls/_target_rows.html", {"campaign": campaign} | _targets(request, campaign))
    return _shown(request, campaign)


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


@login_required
@require_POST
def remove_targets(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Those who were chosen, as far as nobody has taken or called them yet."""
    chosen = [int(key) for key in request.POST.getlist("contactId") if key.isdigit()]
    here = f"{reverse('calls:campaign', args=[campaign_id])}?{request.POST.get('back', '')}".rstrip("?")
    if not chosen:
        return told(request, redirect(here), "Choose whom to remove first.", tone="warn")
    done = run(request, "removeCallTargets", call_campaign_id=campaign_id, contact_ids=chosen)
    said = f"{plural(done.removed, 'person', 'people')} removed."
    if left := len(set(chosen)) - done.removed:
        said += f" {number(left)} stayed: somebody has taken or called them by now."
    return told(request, redirect(here), said, tone="good" if done.removed else "warn")


@login_required
@require_POST
def remove(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Away with a campaign that has neither targets nor calls."""
    name = _one(request, campaign_id).name
    run(request, "removeCallCampaign", call_campaign_id=campaign_id, version=request.POST.get("version"))
    return told(request, redirect(reverse("calls:campaigns")), f"“{name}” is removed.")


def _save(request: HttpRequest, campaign: Any) -> HttpResponse:
    given: dict[str, Any] = {name: request.POST[name] for name in FIELDS if name in request.POST}
    given = {name: value for name, value in given.items() if value != "" or name in ("campaign", "script")}
    if campaign is not None:
        given |= {"callCampaignId": campaign.id, "version": request.POST.get("version", campaign.version)}
    try:
        saved = perform(request, "saveCallCampaign", given)
    except AppError as refusal:
        context = {"campaign": campaign, "given": request.POST, "states": STATES, "refusal": refusal}
        more = _views(request) | (_targets(request, campaign) if campaign is not None else {})
        return render(request, "calls/campaign.html", context | more, status=refusal.status)
    return told(request, redirect(reverse("calls:campaign", args=[saved.id])), "Saved.")


def _shown(request: HttpRequest, campaign: Any, *, done: Any = None) -> HttpResponse:
    context = {"campaign": campaign, "given": {}, "states": STATES, "done": done}
    return render(request, "calls/campaign.html", context | _views(request) | _targets(request, campaign))


def _targets(request: HttpRequest, campaign: Any) -> dict[str, Any]:
    state, cursor = request.GET.get("state", ""), request.GET.get("cursor", "")
    found = run(request, "getCallTargets", call_campaign_id=campaign.id, cursor=cursor, limit=25,
                states=[state] if state in TARGET_STATES else None)  # fmt: skip
    counts = {"queued": campaign.queued, "callback": campaign.callbacks, "taken": campaign.taken,
              "done": campaign.done, "skipped": campaign.skipped}  # fmt: skip
    return {"people": found, "state": state, "target_states": TARGET_STATES, "target_counts": counts,
            "outcomes": OUTCOMES, "cursor": cursor}  # fmt: skip


def _views(request: HttpRequest) -> dict[str, Any]:
    views = run(request, "getViews", entity="contacts").views
    return {"views": {str(view.id): view.name for view in views}}


def _one(request: HttpRequest, campaign_id: int) -> Any:
    for campaign in run(request, "getCallCampaigns").items:
        if campaign.id == campaign_id:
            return campaign
    raise NotFound("There is no such call campaign.", fields={"callCampaignId": "unknown"})
