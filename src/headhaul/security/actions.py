"""What administrators do with users and API tokens."""

from __future__ import annotations

from datetime import timedelta

from headhaul.kernel import Call, InvalidData, NotFound, Role, action
from headhaul.security import schemas, selectors
from headhaul.security.models import Team, User
from headhaul.security.services import teams, tokens, users


def _user(given: schemas.UserId, _result: object) -> tuple[str, str]:
    return "user", str(given.user_id)


def _team(given: object, result: object) -> tuple[str, str]:
    return "team", str(getattr(given, "team_id", None) or getattr(result, "id", ""))


@action("listUsers", reply="usersLoaded", role=Role.ADMIN)
def list_users(call: Call, data: schemas.ListUsers) -> schemas.UserList:
    """Everybody who may sign in, with role and state."""
    return selectors.list_users(data)


@action(
    "createUser",
    reply="userCreated",
    role=Role.ADMIN,
    writes=True,
    people_only=True,
    secret=True,
    target=lambda given, result: ("user", str(result.user.id)),
    final="Whoever was let in has the link already; deactivate the user instead.",
)
def create_user(call: Call, data: schemas.CreateUser) -> schemas.UserCreated:
    """Add a user. Without a password the reply holds a link by which they set their own; it works once."""
    user = users.create(
        email=data.email,
        name=data.name,
        role=data.role,
        timezone=data.timezone,
        password=data.password,
        at=call.at,
    )
    path = users.set_password_path(user) if data.password is None else None
    return schemas.UserCreated(user=selectors.view_of_user(user), set_password_path=path)


@action("setRole", reply="roleSet", role=Role.ADMIN, writes=True, people_only=True, target=_user, undo="setRole")
def set_role(call: Call, data: schemas.SetRole) -> schemas.UserView:
    """Give a user another role, or none. It counts at once, for sessions and tokens; never your own."""
    user, before = users.set_role(user_id=data.user_id, role=data.role, only_from=data.only_from, by=call.actor)
    call.undo_with("setRole", {"userId": user.pk, "role": before, "onlyFrom": data.role or "none"})
    return selectors.view_of_user(user)


@action(
    "deactivateUser",
    reply="userDeactivated",
    role=Role.ADMIN,
    writes=True,
    people_only=True,
    target=_user,
    undo="reactivateUser",
)
def deactivate_user(call: Call, data: schemas.UserId) -> schemas.UserView:
    """Shut a user out at once, with all sessions and API tokens. What they did stays."""
    user = users.set_active(user_id=data.user_id, is_active=False, by=call.actor)
    call.undo_with("reactivateUser", {"userId": user.pk})
    return selectors.view_of_user(user)


@action(
    "reactivateUser",
    reply="userReactivated",
    role=Role.ADMIN,
    writes=True,
    people_only=True,
    target=_user,
    undo="deactivateUser",
)
def reactivate_user(call: Call, data: schemas.UserId) -> schemas.UserView:
    """Let a deactivated user in again, with the role they had."""
    user = users.set_active(user_id=data.user_id, is_active=True, by=call.actor)
    call.undo_with("deactivateUser", {"userId": user.pk})
    return selectors.view_of_user(user)


@action(
    "createApiToken",
    reply="apiTokenCreated",
    role=Role.ADMIN,
    writes=True,
    people_only=True,
    secret=True,
    target=lambda given, result: ("api_token", str(result.token.id)),
    final="The secret has been shown; revoke the token instead.",
)
def create_api_token(call: Call, data: schemas.CreateApiToken) -> schemas.ApiTokenCreated:
    """Make a key for a program that acts for a user. The secret is shown once; only its hash is kept."""
    user_id = data.user_id or call.actor.user_id
    if user_id is None:
        raise InvalidData("Say for which user.", fields={"userId": "needed"})
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        raise NotFound("There is no such active user.")
    life = timedelta(days=data.expires_in_days)
    token, secret = tokens.create(user=user, name=data.name, scopes=data.scopes, life=life, by=call.actor, at=call.at)
    return schemas.ApiTokenCreated(token=selectors.view_of_token(token), secret=secret)


@action("listApiTokens", reply="apiTokensLoaded", role=Role.ADMIN)
def list_api_tokens(call: Call, data: schemas.ListApiTokens) -> schemas.TokenList:
    """The API tokens in use, without their secrets: whose, for what, until when, last used."""
    return selectors.list_tokens(data, at=call.at)


@action(
    "revokeApiToken",
    reply="apiTokenRevoked",
    role=Role.ADMIN,
    writes=True,
    target=lambda given, result: ("api_token", str(given.token_id)),
    final="A key that was ended stays ended; create a new one.",
)
def revoke_api_token(call: Call, data: schemas.TokenId) -> schemas.TokenView:
    """End an API token at once. Ending it twice changes nothing."""
    return selectors.view_of_token(tokens.revoke(token_id=data.token_id, at=call.at))


@action("listTeams", reply="teamsLoaded", role=Role.VIEWER)
def list_teams(call: Call, data: schemas.ListTeams) -> schemas.Teams:
    """Teams by name, with who leads them and how many work in them."""
    return selectors.list_teams(data)


@action("listOwners", reply="ownersLoaded", role=Role.VIEWER)
def list_owners(call: Call, data: schemas.ListOwners) -> schemas.OwnersPage:
    """Everybody who can own accounts, by name, with role and team."""
    return selectors.list_owners(data)


@action(
    "saveTeam",
    reply="teamSaved",
    role=Role.ADMIN,
    writes=True,
    people_only=True,
    target=_team,
    undo=("saveTeam", "removeTeam"),
)
def save_team(call: Call, data: schemas.SaveTeam) -> schemas.TeamView:
    """Add a team, rename one, name its lead, or put it out of use."""
    values = {name: getattr(data, name) for name in data.model_fields_set - {"team_id", "version"}}
    if data.team_id is None:
        team = teams.create(values=values, at=call.at)
        call.undo_with("removeTeam", {"teamId": team.pk})
    else:
        before = Team.objects.filter(pk=data.team_id).first()
        team = teams.update(team_id=data.team_id, version=data.version, values=values)
        if before is not None:
            back = {"teamId": team.pk, "version": team.version, **teams.values_of(before)}
            call.undo_with("saveTeam", back)
    return selectors.view_of_team(team)


@action(
    "removeTeam", reply="teamRemoved", role=Role.ADMIN, writes=True, people_only=True, target=_team, undo="saveTeam"
)
def remove_team(call: Call, data: schemas.TeamId) -> schemas.TeamRemoved:
    """Remove a team in which nobody works."""
    team = teams.remove(team_id=data.team_id)
    call.undo_with("saveTeam", teams.values_of(team))
    return schemas.TeamRemoved(id=data.team_id, name=team.name)


@action("setTeam", reply="teamSet", role=Role.ADMIN, writes=True, people_only=True, target=_user, undo="setTeam")
def set_team(call: Call, data: schemas.SetTeam) -> schemas.UserView:
    """Put a user into a team, or into none. It decides at once what they see; accounts they own stay theirs."""
    user, before = teams.set_team(user_id=data.user_id, team_id=data.team_id, only_from=data.only_from)
    call.undo_with("setTeam", {"userId": user.pk, "teamId": before, "onlyFrom": data.team_id or "none"})
    return selectors.view_of_user(user)
