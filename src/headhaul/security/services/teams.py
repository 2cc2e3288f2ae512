"""Teams: made, renamed, put out of use; and who works in which."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from django.db.models.functions import Lower

from headhaul.kernel import Conflict, InvalidData, NotFound, StaleVersion
from headhaul.security.models import Team, User


class TeamHasMembers(Conflict):
    """Somebody works in it."""

    code = "team_has_members"


class StaleTeam(StaleVersion):
    """Somebody changed the team since it was read."""


def create(*, values: Mapping[str, Any], at: datetime) -> Team:
    """Add a team."""
    if not values.get("name"):
        raise InvalidData("A team needs a name.", fields={"name": "missing"})
    team = Team(created_at=at)
    _set(team, values)
    team.save(force_insert=True)
    return team


def update(*, team_id: int, version: int | None, values: Mapping[str, Any]) -> Team:
    """Change what is given; a lead of None is nobody."""
    team = _lock(team_id)
    if version is not None and team.version != version:
        raise StaleTeam(f"{team.name} was changed meanwhile. Look at it again.", current=team.version)
    _set(team, values)
    team.version += 1
    team.save()
    return team


def remove(*, team_id: int) -> Team:
    """Remove a team in which nobody works. Accounts and quotas of it are then of no team."""
    team = _lock(team_id)
    if members := team.members.count():
        people = "one member" if members == 1 else f"{members} members"
        raise TeamHasMembers(f"{team.name} has {people}. Put them into another team first.")
    Team.objects.filter(pk=team.pk).delete()
    return team


def set_team(
    *, user_id: int, team_id: int | None, only_from: int | Literal["none"] | None = None
) -> tuple[User, int | None]:
    """Put a user into a team, or none; the user and the team they were in. Accounts they own stay as they are.

    Raises Conflict when they are not in the team `only_from`.
    """
    if team_id is not None and not Team.objects.filter(pk=team_id, is_active=True).exists():
        raise InvalidData("There is no such team in use.", fields={"teamId": "see listTeams"})
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise NotFound("There is no such user.")
    before = user.team_id
    if only_from is not None and (before or "none") != only_from:
        raise Conflict("Somebody put them into another team meanwhile.", fields={"teamId": str(before or "none")})
    user.team_id = team_id
    user.save(update_fields=["team"])
    return user, before


def values_of(team: Team) -> dict[str, Any]:
    """Everything saveTeam can set, under its wire names."""
    return {"name": team.name, "leadId": team.lead_id, "isActive": team.is_active}


def _lock(team_id: int) -> Team:
    team = Team.objects.select_for_update().filter(pk=team_id).first()
    if team is None:
        raise NotFound("There is no such team.", fields={"teamId": "see listTeams"})
    return team


def _set(team: Team, values: Mapping[str, Any]) -> None:
    if name := values.get("name"):
        same = Team.objects.annotate(lower=Lower("name")).filter(lower=str(name).lower())
        if same.exclude(pk=team.pk).exists():
            raise InvalidData("Another team has this name.", fields={"name": "taken"})
        team.name = name
    if "lead_id" in values:
        lead_id = values["lead_id"]
        if lead_id is not None and not User.objects.filter(pk=lead_id, is_active=True).exists():
            raise InvalidData("There is no such active user.", fields={"leadId": "an active user"})
        team.lead_id = lead_id
    if values.get("is_active") is not None:
        team.is_active = values["is_active"]
