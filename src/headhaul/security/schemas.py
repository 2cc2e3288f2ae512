"""What the administration of users and tokens takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from headhaul.kernel import Page, Paged, Payload, Result, Role

Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
Email = Annotated[
    str,
    StringConstraints(max_length=254, to_lower=True, pattern=r"^[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]{2,}$"),
    Field(examples=["rosa@example.com"]),
]
Scope = Annotated[str, StringConstraints(pattern=r"^[a-z][a-zA-Z0-9]{2,59}$"), Field(examples=["getSignal"])]


class UserView(Result):
    """A user as administrators see one."""

    id: int
    email: str
    name: str
    role: Role | None = Field(description="What counts: the own role, or the one mapped from the outer site.")
    is_active: bool
    timezone: str
    team_id: int | None
    team: str
    joined_at: datetime
    last_sign_in_at: datetime | None


class ListUsers(Page):
    """Which users to list."""

    search: str = Field(default="", max_length=100, description="Part of the name or e-mail.")
    role: Role | None = None
    is_active: bool | None = None


class UserList(Paged[UserView]):
    """Users by e-mail."""


class CreateUser(Payload):
    """A new user. Without a password the reply holds a link by which they set one."""

    email: Email
    name: str = Field(default="", max_length=150)
    role: Role | None = Field(default=None, description="Without a role they may sign in but do nothing.")
    timezone: str = Field(default="UTC", max_length=64, examples=["America/Chicago"])
    password: str | None = Field(default=None, min_length=12, max_length=128, repr=False)


class UserCreated(Result):
    """The new user, and where they set their password when none was given. The path works once."""

    user: UserView
    set_password_path: str | None


class UserId(Payload):
    """Names a user."""

    user_id: Id


class SetRole(UserId):
    """A user's new role; null takes all access away."""

    role: Role | None
    only_from: Role | Literal["none"] | None = Field(
        default=None, description="Only while they have this role; left out, whatever they have"
    )


class TokenView(Result):
    """An API token without its secret."""

    id: int
    name: str
    prefix: str
    user_id: int
    user_email: str
    scopes: list[str] | None = Field(description="The actions it may call; null for all its user's role allows.")
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class CreateApiToken(Payload):
    """A new API token, for yourself unless another user is named."""

    name: str = Field(min_length=1, max_length=100)
    scopes: list[Scope] | None = Field(default=None, min_length=1, max_length=300)
    expires_in_days: int = Field(default=90, ge=1, le=365)
    user_id: Id | None = None


class ApiTokenCreated(Result):
    """The token; `secret` is shown this once and never again."""

    token: TokenView
    secret: str


class ListApiTokens(Page):
    """Which tokens to list."""

    user_id: Id | None = None
    include_ended: bool = Field(default=False, description="Revoked and expired ones too.")


class TokenList(Paged[TokenView]):
    """Tokens, newest first."""


class TokenId(Payload):
    """Names an API token."""

    token_id: Id


class PersonName(Result):
    """Somebody, by name."""

    id: int
    name: str


class TeamView(Result):
    """People who work accounts together."""

    id: int
    name: str
    lead: PersonName | None
    members: int
    is_active: bool
    version: int


class ListTeams(Payload):
    """Which teams."""

    include_inactive: bool = False


class Teams(Result):
    """Teams by name."""

    teams: list[TeamView]


class TeamId(Payload):
    """Names a team."""

    team_id: Id


class SaveTeam(Payload):
    """A new team (its name), or changes of one (its id and version). A field that is left out stays."""

    team_id: Id | None = None
    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    name: (
        Annotated[
            str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")
        ]
        | None
    ) = None
    lead_id: Id | None = None
    is_active: bool | None = None


class TeamRemoved(Result):
    """The team that is gone."""

    id: int
    name: str


class SetTeam(UserId):
    """A user's new team; null is none."""

    team_id: Id | None
    only_from: Id | Literal["none"] | None = Field(
        default=None, description="Only while they are in this team; left out, wherever they are"
    )


class ListOwners(Page):
    """Who can own accounts; `q` is a part of the name or e-mail."""

    q: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100, pattern=r"^[^\x00]*$")] = ""
    team_id: Id | None = None


class OwnerView(Result):
    """Somebody who can own accounts."""

    id: int
    name: str
    role: Role
    team_id: int | None
    team: str


class OwnersPage(Paged[OwnerView]):
    """A page of people, by name."""
