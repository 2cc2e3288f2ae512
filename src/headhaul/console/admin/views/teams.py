"""Teams: who works together, and who leads."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from headhaul.console.ui.bridge import perform, render, run, told
from headhaul.kernel import Conflict, InvalidData, NotFound


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """Every team with its people."""
    return render(request, "console_admin/teams.html", {"teams": _teams(request), "people": _people(request)})


@login_required
def edit(request: HttpRequest, team_id: int | None = None) -> HttpResponse:
    """A team and who is in it."""
    team = next((each for each in _teams(request) if each.id == team_id), None)
    if team_id is not None and team is None:
        raise NotFound("There is no such team.")
    people = _people(request)
    members = [str(person.id) for person in people if team and person.team_id == team.id]
    typed, refusal = _shown(team, members), None
    if request.method == "POST":
        typed = {name: request.POST.get(name, "") for name in ("name", "leadId", "isActive")}
        typed["members"] = request.POST.getlist("members")
        try:
            return _save(request, team, typed, members)
        except (InvalidData, Conflict) as error:
            refusal = error
    names = {str(person.id): person.name for person in people}
    context = {"team": team, "typed": typed, "people": names, "refusal": refusal}
    return render(request, "console_admin/team.html", context, status=refusal.status if refusal else 200)


def _teams(request: HttpRequest) -> list[Any]:
    return list(run(request, "listTeams", include_inactive=True).teams)


def _people(request: HttpRequest) -> list[Any]:
    """Everybody who can be in a team."""
    found, cursor = [], None
    while True:
        page = run(request, "listOwners", limit=100, cursor=cursor)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            return found


def _shown(team: Any, members: list[str]) -> dict[str, Any]:
    if team is None:
        return {"name": "", "leadId": "", "isActive": "1", "members": []}
    lead = "" if team.lead is None else str(team.lead.id)
    return {"name": team.name, "leadId": lead, "isActive": "1" if team.is_active else "", "members": members}


def _save(request: HttpRequest, team: Any, typed: dict[str, Any], members: list[str]) -> HttpResponse:
    lead = int(typed["leadId"]) if typed["leadId"].isdigit() else None
    data: dict[str, Any] = {"name": typed["name"], "leadId": lead}
    if team is not None:
        data |= {"teamId": team.id, "version": team.version, "isActive": typed["isActive"] == "1"}
    with transaction.atomic():  # the team and its people, or neither
        saved = perform(request, "saveTeam", data)
        for user_id in sorted(set(members) ^ set(typed["members"])):
            team_id = None if user_id in members else saved.id
            perform(request, "setTeam", {"userId": user_id, "teamId": team_id})
    return told(request, redirect("admin:teams"), f"“{saved.name}” is saved.")
