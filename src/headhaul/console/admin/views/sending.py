"""What keeps messages from leaving: stops and limits, denials, proofs, other rules, and the rules in force."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from headhaul.console.ui.bridge import remember_toast, render, run, told, wants_fragment
from headhaul.kernel import AppError, Conflict, InvalidData, NotFound

CHANNELS = {"email": "E-mail", "sms": "Text messages", "call": "Calls"}
ALL_CHANNELS = {"all": "Every channel", **CHANNELS}
SCOPES = {
    "address": "An address or number",
    "contact": "A contact (number)",
    "account": "An account and everybody there (number)",
    "domain": "An e-mail domain",
    "dot": "A USDOT number",
}
REASONS = {
    "dnc_request": "Asked not to be contacted",
    "opt_out": "Opted out",
    "complaint": "Complained",
    "hard_bounce": "Address does not work",
    "national_dnc": "On the national list",
    "reassigned": "Number belongs to somebody else",
    "litigator": "Known to sue",
    "manual": "Our own decision",
}
OUTCOMES = {"allow": "Allowed", "defer": "Later", "deny": "Refused"}
HOLDS = {"all": "Everything", "channel": "A channel", "sequence": "A sequence", "call_campaign": "A call campaign",
         "sender": "A mailbox or number"}  # fmt: skip
NEW_DENIAL = ("scope", "key", "channel", "reason", "source", "evidence")
NEW_BAN = ("state", "begins_on", "ends_on", "cite")
RECEIPTS = ("search", "outcome", "rule", "contact_id", "account_id", "message_id")


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """What is stopped and what is left of each limit; the button that stops everything."""
    typed = {name: request.POST.get(name, "") for name in ("scope", "key", "reason")}
    refusal: AppError | None = None
    if request.method == "POST":
        try:
            run(request, "setSendingHold", **typed)
            return told(request, redirect("admin:sending"), "Sending is stopped.", tone="warn")
        except InvalidData as error:
            refusal = error
    context = {"status": run(request, "getThrottleStatus"), "typed": typed, "refusal": refusal, "scopes": HOLDS,
               "channels": CHANNELS}  # fmt: skip
    return render(request, "console_admin/sending.html", context, status=refusal.status if refusal else 200)


@login_required
@require_POST
def lift_hold(request: HttpRequest, hold_id: int) -> HttpResponse:
    """Let it go on."""
    run(request, "liftSendingHold", hold_id=hold_id)
    return told(request, redirect("admin:sending"), "Sending goes on.")


@login_required
def denials(request: HttpRequest) -> HttpResponse:
    """Who must not be reached, and the form for one more."""
    chosen = {name: request.GET.get(name, "") for name in ("search", "scope", "channel", "reason")}
    typed = {name: request.POST.get(name, "") for name in NEW_DENIAL}
    refusal: AppError | None = None
    if request.method == "POST":
        try:
            run(request, "addSuppression", **typed)
            return told(request, redirect("admin:denials"), f"{typed['key']} is not reached any more.")
        except InvalidData as error:
            refusal = error
    ended = request.GET.get("ended") == "1"
    found = run(request, "listSuppressions", cursor=request.GET.get("cursor"), active=not ended, **chosen)
    context = {"denials": found, "chosen": chosen, "ended": ended, "typed": typed, "refusal": refusal,
               "scopes": SCOPES, "channels": ALL_CHANNELS, "reasons": REASONS}  # fmt: skip
    if wants_fragment(request) and request.method == "GET":
        part = "_denials_rows" if request.GET.get("cursor") else "_denials"
        return render(request, f"console_admin/{part}.html", context)
    return render(request, "console_admin/denials.html", context, status=refusal.status if refusal else 200)


@login_required
def lift_denial(request: HttpRequest, denial_id: int) -> HttpResponse:
    """Why a denial ends, and what proves it."""
    typed = {name: request.POST.get(name, "") for name in ("why", "evidence")}
    refusal: AppError | None = None
    if request.method == "POST":
        try:
            run(request, "removeSuppression", suppression_id=denial_id, **typed)
            return told(request, redirect("admin:denials"), "It ends in 24 hours.")
        except (InvalidData, NotFound, Conflict) as error:
            refusal = error
    context = {"denial_id": denial_id, "typed": typed, "refusal": refusal}
    return render(request, "console_admin/denial_lift.html", context, status=refusal.status if refusal else 200)


@login_required
@require_POST
def scrub(request: HttpRequest) -> HttpResponse:
    """The national list's answer, as it was pasted."""
    done = run(request, "importDncScrub", **{name: request.POST.get(name, "") for name in ("list_version", "csv")})
    said = f"{done.kept} numbers kept, {done.listed} of them on the list."
    if done.rejected:
        said += f" Not read: {'; '.join(done.rejected[:3])}."
    return remember_toast(redirect("admin:denials"), said, tone="warn" if done.rejected else "good")


@login_required
@require_POST
def reassigned(request: HttpRequest) -> HttpResponse:
    """What the database of reassigned numbers answered, as it was pasted."""
    done = run(request, "importReassignedNumbers", **{name: request.POST.get(name, "") for name in ("version", "csv")})
    said = f"{done.kept} answers kept, {done.reassigned} numbers are somebody else's, {done.unknown} without data."
    if done.rejected:
        said += f" Not read: {'; '.join(done.rejected[:3])}."
    return remember_toast(redirect("admin:denials"), said, tone="warn" if done.rejected else "good")


@login_required
def proofs(request: HttpRequest) -> HttpResponse:
    """Every decision, newest first."""
    chosen = {name: request.GET.get(name, "") for name in RECEIPTS}
    cursor = request.GET.get("cursor")
    context = {"receipts": run(request, "getReceipts", cursor=cursor, **chosen), "chosen": chosen,
               "outcomes": OUTCOMES, "channels": CHANNELS}  # fmt: skip
    if wants_fragment(request):
        return render(request, f"console_admin/_proofs{'_rows' if cursor else ''}.html", context)
    return render(request, "console_admin/proofs.html", context)


@login_required
def proof(request: HttpRequest, receipt_id: int) -> HttpResponse:
    """Everything one decision was made of; as a file with `?download=1`."""
    exported = run(request, "exportReceipts", receipt_id=receipt_id)
    if request.GET.get("download"):
        named = f'attachment; filename="proof-{receipt_id}.json"'
        return JsonResponse(
            exported.model_dump(mode="json"), json_dumps_params={"indent": 2}, headers={"Content-Disposition": named}
        )
    return render(request, "console_admin/proof.html", {"proof": exported.proofs[0], "outcomes": OUTCOMES})


@login_required
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Check the whole chain and say how it stands."""
    context = {"verdict": run(request, "verifyReceipts")}
    part = "_proofs_verdict" if wants_fragment(request) else "proofs_verdict"
    return render(request, f"console_admin/{part}.html", context)


@login_required
def replay(request: HttpRequest) -> HttpResponse:
    """Which past sends would fail under today's rules, or under others."""
    typed = request.POST.get("rules", "")
    refusal: AppError | None = None
    found: Any = None
    if request.method == "POST":
        try:
            found = run(request, "replaySends", rules=typed)
        except InvalidData as error:
            refusal = error
    context = {"typed": typed, "found": found, "refusal": refusal, "outcomes": OUTCOMES}
    return render(request, "console_admin/replay.html", context, status=refusal.status if refusal else 200)


@login_required
def law(request: HttpRequest) -> HttpResponse:
    """The rules by state and country with their sources, and the bans of emergencies."""
    typed = {name: request.POST.get(name, "") for name in NEW_BAN} | {"channels": request.POST.getlist("channels")}
    refusal: AppError | None = None
    if request.method == "POST":
        try:
            run(request, "saveEmergencyBan", **_ban(typed))
            return told(request, redirect("admin:law"), "The ban is in force between its dates.")
        except InvalidData as error:
            refusal = error
    context = {"law": run(request, "getComplianceRules"), "typed": typed, "refusal": refusal,
               "channels": {**CHANNELS, "ai_call": "Calls by a machine"}}  # fmt: skip
    return render(request, "console_admin/law.html", context, status=refusal.status if refusal else 200)


@login_required
@require_POST
def end_ban(request: HttpRequest, ban_id: int) -> HttpResponse:
    """A ban that the state ended."""
    run(request, "endEmergencyBan", ban_id=ban_id)
    return told(request, redirect("admin:law"), "The ban has ended.")


def _ban(typed: dict[str, Any]) -> dict[str, Any]:
    """Days as the form has them; a ban holds from midnight UTC to midnight UTC."""
    given = {"state": typed["state"], "cite": typed["cite"], "channels": typed["channels"]}
    for name in ("begins", "ends"):
        try:
            given[f"{name}_at"] = datetime.fromisoformat(typed[f"{name}_on"]).replace(tzinfo=UTC)
        except ValueError:
            raise InvalidData("Say from which day to which.", fields={f"{name}At": "a date"}) from None
    return given
