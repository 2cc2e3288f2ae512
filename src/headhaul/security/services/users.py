"""Users: invited, given a role, deactivated. There is always an administrator left."""

from __future__ import annotations

import zoneinfo
from datetime import datetime
from typing import Literal

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse

from headhaul.kernel import Actor, Conflict, InvalidData, NotFound, Role
from headhaul.kernel.roles import SITE_ROLES
from headhaul.security.models import User


class LastAdmin(Conflict):
    """Without an administrator nobody could give roles any more."""

    code = "last_admin"


class OwnAccess(Conflict):
    """Nobody changes their own access, neither up nor down."""

    code = "own_access"


def create(*, email: str, name: str, role: Role | None, timezone: str, password: str | None, at: datetime) -> User:
    """Add a user; without a password they set one by `set_password_path`."""
    if User.objects.filter(email=email.strip().lower()).exists():
        raise Conflict("A user with this e-mail exists already.", fields={"email": "taken"})
    _check_timezone(timezone)
    user = User(email=email, name=name, role=role, timezone=timezone, joined_at=at)
    if password is not None:
        _check_password(password, user=user)
    user.set_password(password)
    user.save()
    return user


def set_role(
    *, user_id: int, role: Role | None, only_from: Role | Literal["none"] | None = None, by: Actor
) -> tuple[User, Role | None]:
    """Give another role, or none; it counts from the next request on, for sessions and tokens alike.

    Returns the user and the role they had. Raises Conflict when that is not `only_from`.
    """
    user = _other(user_id, by=by, stays_admin=role is Role.ADMIN)
    before = user.effective_role
    if only_from is not None and (before or "none") != only_from:
        raise Conflict("Somebody gave them another role meanwhile.", fields={"role": str(before or "none")})
    user.role, user.site_role = role, ""
    user.save(update_fields=["role", "site_role"])
    return user, before


def set_active(*, user_id: int, is_active: bool, by: Actor) -> User:
    """Let somebody in again, or shut them out at once, with all their sessions and tokens."""
    user = _other(user_id, by=by, stays_admin=is_active)
    user.is_active = is_active
    user.save(update_fields=["is_active"])
    return user


def set_password_path(user: User) -> str:
    """Where this user sets a first or new password. It works once, and for three days."""
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    uidb36, _, token = key.partition("-")
    return reverse("account_reset_password_from_key", kwargs={"uidb36": uidb36, "key": token})


def _other(user_id: int, *, by: Actor, stays_admin: bool) -> User:
    if user_id == by.user_id:
        raise OwnAccess("You cannot change your own access. Ask another administrator.")
    admins = _locked_admins()
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise NotFound("There is no such user.")
    if not stays_admin and admins == {user_id}:
        raise LastAdmin(f"{user.email} is the last administrator. Make somebody else one first.")
    return user


def _locked_admins() -> set[int]:
    """All who can give roles now. Locked, so that two of them cannot remove each other at the same moment."""
    mapped = [name for name, role in SITE_ROLES.items() if role is Role.ADMIN]
    is_admin = Q(role=Role.ADMIN) | Q(role__isnull=True, site_role__in=mapped)
    found = User.objects.select_for_update().filter(is_admin, is_active=True)
    return set(found.order_by("pk").values_list("pk", flat=True))


def _check_timezone(timezone: str) -> None:
    if timezone not in zoneinfo.available_timezones():
        raise InvalidData("This time zone is not known.", fields={"timezone": "for example America/Chicago"})


def _check_password(password: str, *, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as fault:
        raise InvalidData(" ".join(fault.messages), fields={"password": " ".join(fault.messages)}) from fault
