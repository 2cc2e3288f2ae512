"""API tokens: made, recognised, ended. What one may do is decided by its user's role at the time of use."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import Q

from headhaul.kernel import Actor, ActorKind, InvalidData, NotFound, Role, Unauthenticated
from headhaul.kernel.actions import find
from headhaul.kernel.roles import role_of_site
from headhaul.security.models import ApiToken, User

log = logging.getLogger(__name__)

PREFIX = "hh_"
LONGEST_LIFE = timedelta(days=365)
USE_NOTED_EVERY = timedelta(minutes=1)


def create(
    *, user: User, name: str, scopes: Sequence[str] | None, life: timedelta, by: Actor, at: datetime
) -> tuple[ApiToken, str]:
    """A new token and its secret, which is kept nowhere."""
    if not timedelta(0) < life <= LONGEST_LIFE:
        raise InvalidData("A token lives a year at most.", fields={"expiresInDays": "1 to 365"})
    _check_scopes(scopes, user=user)
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        name=name,
        prefix=secret[:9],
        digest=_digest(secret),
        scopes=sorted(set(scopes)) if scopes is not None else None,
        created_by_id=by.user_id,
        created_at=at,
        expires_at=at + life,
    )
    return token, secret


def revoke(*, token_id: int, at: datetime) -> ApiToken:
    """End a token now; ending it twice changes nothing."""
    token = ApiToken.objects.select_for_update(of=("self",)).select_related("user").filter(pk=token_id).first()
    if token is None:
        raise NotFound("There is no such token.")
    if token.revoked_at is None:
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
    return token


def authenticate(*, secret: str, at: datetime) -> Actor:
    """Who the token acts for. One query, and one small write a minute while it is used."""
    found = _recognised(secret) if secret.startswith(PREFIX) else None
    if found is None:
        raise Unauthenticated("This API token is not known.")
    if found.revoked_at is not None or at >= found.expires_at:
        log.warning("API token %s is %s", found.token_id, "revoked" if found.revoked_at else "expired")
        raise Unauthenticated("This API token has ended. Create a new one.")
    if not found.is_active:
        log.warning("API token %s belongs to a deactivated user", found.token_id)
        raise Unauthenticated("The user of this API token is deactivated.")
    if found.last_used_at is None or at - found.last_used_at >= USE_NOTED_EVERY:
        _note_use(found.token_id, at=at)
    return Actor(
        kind=ActorKind.TOKEN,
        user_id=found.user_id,
        email=found.email,
        name=found.name,
        role=Role(found.role) if found.role else role_of_site(found.site_role),
        token_id=found.token_id,
        scopes=frozenset(found.scopes) if found.scopes is not None else None,
        team_id=found.team_id,
    )


class _Recognised(NamedTuple):
    token_id: int
    scopes: list[str] | None
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None
    user_id: int
    email: str
    name: str
    role: str | None
    site_role: str
    is_active: bool
    team_id: int | None


# Written out, because every request of a program begins with it and building the query costs more than running it.
_RECOGNISE = """
SELECT t.id, t.scopes, t.expires_at, t.last_used_at, t.revoked_at,
       u.id, u.email, u.name, u.role, u.site_role, u.is_active, u.team_id
FROM security_apitoken t JOIN security_user u ON u.id = t.user_id WHERE t.digest = %s
"""


def _recognised(secret: str) -> _Recognised | None:
    with connection.cursor() as cursor:
        cursor.execute(_RECOGNISE, [_digest(secret)])
        row = cursor.fetchone()
    return _Recognised(*row) if row else None


def _note_use(token_id: int, *, at: datetime) -> None:
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lte=at - USE_NOTED_EVERY)
    ApiToken.objects.filter(stale, pk=token_id).update(last_used_at=at)


def _check_scopes(scopes: Sequence[str] | None, *, user: User) -> None:
    """A scope that can never be used is more likely a mistake than a wish."""
    role = user.effective_role
    for scope in scopes or ():
        action = find(scope)
        if action is None:
            raise InvalidData(f"There is no action {scope}.", fields={"scopes": f"{scope}: no such action"})
        if action.people_only or action.system_only:
            said = "for people only" if action.people_only else "Headhaul itself does it"
            raise InvalidData(f"No token may {scope}.", fields={"scopes": f"{scope}: {said}"})
        if role is None or not role.allows(action.role):
            said = f"{scope}: needs the role {action.role}"
            raise InvalidData(f"{user.email} may not {scope}, nor may their tokens.", fields={"scopes": said})


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
