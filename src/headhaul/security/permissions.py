"""May this actor do this? One check, asked by every door; `can` is the same answer without the reason."""

from __future__ import annotations

from typing import Any

from headhaul.kernel import Action, Actor, ActorKind, Forbidden, Unauthenticated


def check_permission(actor: Actor, action: Action[Any, Any]) -> None:
    """Raise Unauthenticated or Forbidden with a sentence that says what to do."""
    if not actor.is_authenticated:
        raise Unauthenticated("Sign in, or send a valid API token.")
    if actor.role is None:
        raise Forbidden("Your account has no role yet. Ask an administrator to give you one.")
    if not actor.role.allows(action.role):
        raise Forbidden(f"This needs the role {action.role}; yours is {actor.role}. Ask an administrator.")
    if action.system_only and actor.kind is not ActorKind.SYSTEM:
        raise Forbidden("Only Headhaul itself does this, for somebody outside. Do what you want in your own name.")
    if actor.kind is ActorKind.TOKEN:
        if action.people_only:
            raise Forbidden("API tokens cannot do this. Sign in and do it in the console.")
        if actor.scopes is not None and action.name not in actor.scopes:
            raise Forbidden(f"This token has no scope for {action.name}. Create one that names it.")


def can(actor: Actor, action: Action[Any, Any]) -> bool:
    """Whether `check_permission` would let it pass."""
    try:
        check_permission(actor, action)
    except (Forbidden, Unauthenticated):
        return False
    return True
