"""Teams: made, led, left, and who can own accounts."""

from __future__ import annotations

from typing import Any

import pytest

from headhaul.actions import dispatch
from headhaul.kernel import Actor, Forbidden, InvalidData, NotFound
from headhaul.security.models import Team, User
from headhaul.security.services.teams import StaleTeam, TeamHasMembers
from tests.cast import NOON

pytestmark = pytest.mark.django_db


def ask(name: str, actor: Actor, /, **data: Any) -> Any:
    return dispatch(name, data, actor=actor, at=NOON, door="http")


def do(name: str, actor: Actor, /, **data: Any) -> Any:
    return ask(name, actor, **data).payload


def undo(reply: Any, actor: Actor) -> Any:
    return dispatch("undoAction", {"undoId": reply.undo_id}, actor=actor, at=NOON, door="http")


def test_a_team_is_made_renamed_and_taken_back(ada: Actor, vera: Actor) -> None:
    made = ask("saveTeam", ada, name="East", leadId=ada.user_id)
    changed = ask("saveTeam", ada, teamId=made.payload.id, version=1, name="North", leadId=None)
    assert [(team.name, team.lead, team.members) for team in do("listTeams", vera).teams] == [("North", None, 0)]
    undo(changed, ada)
    assert do("listTeams", vera).teams[0].lead.name == "Ada"
    undo(made, ada)
    assert not Team.objects.exists()


def test_a_user_moves_between_teams_and_back(ada: Actor, rosa: Actor) -> None:
    team = do("saveTeam", ada, name="East")
    reply = ask("setTeam", ada, userId=rosa.user_id, teamId=team.id)
    assert reply.payload.team == "East"
    with pytest.raises(TeamHasMembers, match="one member"):
        do("removeTeam", ada, teamId=team.id)
    undo(reply, ada)
    assert User.objects.get(pk=rosa.user_id).team is None
    removed = ask("removeTeam", ada, teamId=team.id)
    undo(removed, ada)
    assert Team.objects.get().name == "East"


@pytest.mark.parametrize("data", [{}, {"name": "east"}, {"name": " "}, {"name": "West", "leadId": 9_999_999}])
def test_what_makes_no_team_is_refused(ada: Actor, data: dict[str, Any]) -> None:
    do("saveTeam", ada, name="East")
    with pytest.raises(InvalidData):
        do("saveTeam", ada, **data)


def test_a_team_out_of_use_takes_nobody(ada: Actor, rosa: Actor) -> None:
    team = do("saveTeam", ada, name="East")
    do("saveTeam", ada, teamId=team.id, version=1, isActive=False)
    with pytest.raises(StaleTeam):
        do("saveTeam", ada, teamId=team.id, version=1, name="West")
    with pytest.raises(InvalidData):
        do("setTeam", ada, userId=rosa.user_id, teamId=team.id)
    with pytest.raises(NotFound):
        do("setTeam", ada, userId=9_999_999, teamId=None)
    assert do("listTeams", rosa).teams == []
    assert len(do("listTeams", rosa, includeInactive=True).teams) == 1


def test_owners_are_who_works_accounts(vera: Actor, rosa: Actor, max_: Actor, ada: Actor) -> None:
    User.objects.create_user("gone@example.com", None, role="rep", is_active=False)
    User.objects.create_user("site@example.com", None, name="Site Admin", site_role="ops_admin")
    first = do("listOwners", vera, limit=2)
    rest = do("listOwners", vera, limit=2, cursor=first.next_cursor)
    assert [owner.name for owner in (*first.items, *rest.items)] == ["Ada", "Max", "Rosa", "Site Admin"]
    assert [owner.name for owner in do("listOwners", vera, q="ros").items] == ["Rosa"]


def test_only_administrators_make_teams(rosa: Actor, max_: Actor) -> None:
    for actor in (rosa, max_):
        with pytest.raises(Forbidden):
            do("saveTeam", actor, name="Mine")
