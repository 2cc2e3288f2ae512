"""Who gets which lead: the rules in their order, a trial on past leads, and who is away."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headhaul.accounts.choices import REGION_NAMES
from headhaul.carriers.choices import Segment
from headhaul.console.capture import rule_form
from headhaul.console.capture.reading import events, people, sources
from headhaul.console.capture.words import GRADES, KINDS
from headhaul.console.ui.bridge import perform, render, run, told
from headhaul.console.ui.chosen import back_of
from headhaul.kernel import AppError, Role
from headhaul.security.actors import actor_of

DAYS = 30


@login_required
def routing(request: HttpRequest) -> HttpResponse:
    """The rules. The form's small buttons send them back with one more, or with what they would have done."""
    now = run(request, "getLeadRouting")
    if request.method != "POST":
        return _page(request, now, [rule_form.of_rule(rule) for rule in now.rules])
    rules, wanted = rule_form.of_post(request.POST), request.POST.get("do", "save")
    if wanted not in ("save", "try"):
        return _page(request, now, rule_form.changed(rules, wanted))
    limits = {rule.key: rule_form.of_rule(rule)["limits"] for rule in now.rules}
    version = request.POST.get("version", "")
    data: dict[str, Any] = {
        "version": int(version) if version.isdigit() else now.version,
        "rules": rule_form.wire(rules, limits),
        "dryRun": wanted == "try",
        "dryRunDays": DAYS,
        "note": request.POST.get("note", ""),
    }
    try:
        saved = perform(request, "saveLeadRouting", data)
    except AppError as refusal:
        return _page(request, now, rules, refusal=refusal)
    if wanted == "try":
        return _page(request, now, rules, trial=saved.dry_run)
    return told(request, redirect("capture:routing"), f"The rules are saved as version {saved.routing.version}.")


@login_required
def away(request: HttpRequest) -> HttpResponse:
    """Away from one day to another, or back after all: reps of themselves, managers of everybody."""
    if request.method == "POST":
        return _set_away(request)
    mine = run(request, "getOutOfOffice")
    context = {"mine": mine, "people": {key: name for key, name in people(request).items() if key != str(mine.user.id)}}
    return render(request, "console_capture/away.html", context)


def _set_away(request: HttpRequest) -> HttpResponse:
    names = {"user": "userId", "from": "startsOn", "to": "endsOn", "stand_in": "standInId", "remove": "removeId"}
    data = {wire: request.POST[name] for name, wire in names.items() if request.POST.get(name)}
    perform(request, "setOutOfOffice", data | {"note": request.POST.get("note", "")})
    said = "Back: leads go to them again." if "removeId" in data else "Noted. Leads of these days go elsewhere."
    return told(request, redirect(back_of(request, reverse("capture:away"))), said)


def _page(
    request: HttpRequest,
    now: Any,
    rules: list[dict[str, Any]],
    *,
    refusal: AppError | None = None,
    trial: Any = None,
) -> HttpResponse:
    role = actor_of(request.user).role
    context = {
        "routing": now,
        "rules": rules,
        "version": request.POST.get("version") or now.version,
        "refusal": refusal,
        "trial": trial,
        "people": people(request),
        "is_manager": role is not None and role.allows(Role.MANAGER),
        "choices": {
            "regions": ("Regions", REGION_NAMES),
            "segments": ("Segments", {each.value: each.label for each in Segment}),
            "grades": ("Classes", GRADES),
            "sources": ("Sources", sources(request)),
            "eventKinds": ("Kinds of event", KINDS),
            "eventIds": ("Events", {str(each.id): each.name for each in events(request)}),
        },
    }
    return render(request, "console_capture/routing.html", context, status=refusal.status if refusal else 200)
