"""What administrators do with users and API tokens."""

from __future__ import annotations

from datetime import timedelta

from headhaul.kernel import Call, InvalidData, NotFound, Role, action
from headhaul.security import schemas, selectors
from headhaul.security.models import User
from headhaul.security.services import tokens, users


def _user(given: schemas.UserId, _result: object) -> tuple[str, str]:
    return "user", str(given.user_id)


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


@action("setRole", reply="roleSet", role=Role.ADMIN, writes=True, people_only=True, target=_user)
def set_role(call: Call, data: schemas.SetRole) -> schemas.UserView:
    """Give a user another role, or none. It counts at once, for sessions and tokens; never your own."""
    return selectors.view_of_user(users.set_role(user_id=data.user_id, role=data.role, by=call.actor))


@action("deactivateUser", reply="userDeactivated", role=Role.ADMIN, writes=True, people_only=True, target=_user)
def deactivate_user(call: Call, data: schemas.UserId) -> schemas.UserView:
    """Shut a user out at once, with all sessions and API tokens. What they did stays."""
    return selectors.view_of_user(users.set_active(user_id=data.user_id, is_active=False, by=call.actor))


@action("reactivateUser", reply="userReactivated", role=Role.ADMIN, writes=True, people_only=True, target=_user)
def reactivate_user(call: Call, data: schemas.UserId) -> schemas.UserView:
    """Let a deactivated user in again, with the role they had."""
    return selectors.view_of_user(users.set_active(user_id=data.user_id, is_active=True, by=call.actor))


@action(
    "createApiToken",
    reply="apiTokenCreated",
    role=Role.ADMIN,
    writes=True,
    people_only=True,
    secret=True,
    target=lambda given, result: ("api_token", str(result.token.id)),
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
)
def revoke_api_token(call: Call, data: schemas.TokenId) -> schemas.TokenView:
    """End an API token at once. Ending it twice changes nothing."""
    return selectors.view_of_token(tokens.revoke(token_id=data.token_id, at=call.at))
