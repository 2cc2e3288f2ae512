"""From a stored user to the actor that `dispatch` asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headhaul.kernel import ANONYMOUS, Actor, ActorKind

if TYPE_CHECKING:
    from headhaul.security.models import User


def actor_of(user: User | Any) -> Actor:
    """The actor behind a signed-in user; nobody for an anonymous or deactivated one."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return ANONYMOUS
    return Actor(
        kind=ActorKind.USER,
        user_id=user.pk,
        email=user.email,
        name=user.get_full_name(),
        role=user.effective_role,
        team_id=user.team_id,
    )
