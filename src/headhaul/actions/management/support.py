"""What the commands of this room share: acting for somebody, and printing envelopes."""

from __future__ import annotations

from django.core.management.base import CommandError
from django.utils import timezone

from headhaul.actions import dispatch
from headhaul.actions.services.replies import Reply
from headhaul.kernel import SYSTEM, Actor, Door
from headhaul.security.actors import actor_of
from headhaul.security.models import User


def actor_named(email: str | None) -> Actor:
    """The user of that e-mail, or the system itself when none is named."""
    if not email:
        return SYSTEM
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        raise CommandError(f"There is no user {email}.")
    return actor_of(user)


def user_id_of(email: str) -> int:
    """The id of the user of that e-mail."""
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        raise CommandError(f"There is no user {email}.")
    return user.pk


def perform(name: str, data: dict[str, object], *, actor: Actor = SYSTEM) -> Reply:
    """Dispatch from the command line, where whoever may run commands acts for the system."""
    return dispatch(name, data, actor=actor, at=timezone.now(), door=Door.CLI)
