"""Reading users and tokens, page by page."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from headhaul.kernel.keyset import COUNT_LIMIT, decode_cursor, encode_cursor
from headhaul.kernel.roles import SITE_ROLES
from headhaul.security.models import ApiToken, User
from headhaul.security.schemas import ListApiTokens, ListUsers, TokenList, TokenView, UserList, UserView


def list_users(data: ListUsers) -> UserList:
    """Users by e-mail."""
    found = _matching_users(data)
    rows = found.order_by("email")
    if data.cursor:
        rows = rows.filter(email__gt=decode_cursor(data.cursor, sort="email", types=[str])[0])
    page = list(rows[: data.limit + 1])
    more = len(page) > data.limit
    total = found[: COUNT_LIMIT + 1].count()
    return UserList(
        items=[view_of_user(user) for user in page[: data.limit]],
        next_cursor=encode_cursor("email", [page[data.limit - 1].email]) if more else None,
        total=min(total, COUNT_LIMIT),
        total_is_exact=total <= COUNT_LIMIT,
    )


def list_tokens(data: ListApiTokens, *, at: datetime) -> TokenList:
    """Tokens, newest first."""
    found = ApiToken.objects.all()
    if data.user_id is not None:
        found = found.filter(user_id=data.user_id)
    if not data.include_ended:
        found = found.filter(revoked_at__isnull=True, expires_at__gt=at)
    rows = found.select_related("user").order_by("-id")
    if data.cursor:
        rows = rows.filter(id__lt=decode_cursor(data.cursor, sort="newest", types=[int])[0])
    page = list(rows[: data.limit + 1])
    more = len(page) > data.limit
    total = found[: COUNT_LIMIT + 1].count()
    return TokenList(
        items=[view_of_token(token) for token in page[: data.limit]],
        next_cursor=encode_cursor("newest", [page[data.limit - 1].pk]) if more else None,
        total=min(total, COUNT_LIMIT),
        total_is_exact=total <= COUNT_LIMIT,
    )


def view_of_user(user: User) -> UserView:
    """A user as administrators see one."""
    return UserView(
        id=user.pk,
        email=user.email,
        name=user.name,
        role=user.effective_role,
        is_active=user.is_active,
        timezone=user.timezone,
        joined_at=user.joined_at,
        last_sign_in_at=user.last_login,
    )


def view_of_token(token: ApiToken) -> TokenView:
    """A token without its secret."""
    return TokenView(
        id=token.pk,
        name=token.name,
        prefix=token.prefix,
        user_id=token.user_id,
        user_email=token.user.email,
        scopes=token.scopes,
        created_at=token.created_at,
        expires_at=token.expires_at,
        last_used_at=token.last_used_at,
        revoked_at=token.revoked_at,
    )


def _matching_users(data: ListUsers) -> QuerySet[User]:
    found = User.objects.all()
    if data.search:
        found = found.filter(Q(email__icontains=data.search) | Q(name__icontains=data.search))
    if data.role is not None:
        mapped = [name for name, role in SITE_ROLES.items() if role is data.role]
        found = found.filter(Q(role=data.role) | Q(role__isnull=True, site_role__in=[*mapped, data.role]))
    if data.is_active is not None:
        found = found.filter(is_active=data.is_active)
    return found
