"""Who is acting: a person, a token acting for a person, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from headhaul.kernel.roles import Role


class ActorKind(StrEnum):
    """What stands behind an action."""

    ANONYMOUS = "anonymous"
    USER = "user"
    TOKEN = "token"  # noqa: S105 - a kind of actor, not a secret
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """The one on whose behalf an action runs.

    `role` is None for somebody who is signed in but has no role here, and for nobody at all.
    `scopes` limits a token to named actions; None means all that the role allows.
    """

    kind: ActorKind
    user_id: int | None = None
    email: str = ""
    name: str = ""
    role: Role | None = None
    token_id: int | None = None
    scopes: frozenset[str] | None = None
    team_id: int | None = None

    @property
    def is_authenticated(self) -> bool:
        """Whether somebody has proved who they are."""
        return self.kind is not ActorKind.ANONYMOUS

    @property
    def label(self) -> str:
        """How the audit and the timeline name this actor."""
        return self.name or self.email or str(self.kind)


ANONYMOUS = Actor(kind=ActorKind.ANONYMOUS)
SYSTEM = Actor(kind=ActorKind.SYSTEM, name="Headhaul", role=Role.ADMIN)
