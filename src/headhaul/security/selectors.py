"""Reading users and tokens, page by page."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Q, QuerySet, TextField, Value
from django.db.models.functions import Coalesce, Lower, NullIf

from headhaul.kernel import Role
from headhaul.kernel.keyset import COUNT_LIMIT, decode_cursor, encode_cursor
from headhaul.kernel.roles import SITE_ROLES
from headhaul.security.models import ApiToken, Team, User
from headhaul.security.schemas import (
    ListApiTokens,
    ListOwners,
    ListTeams,
    ListUsers,
    OwnersPage,
    OwnerView,
    PersonName,
    Teams,
    TeamView,
    TokenList,
    TokenView,
    UserList,
    UserView,
)


def list_users(data: ListUsers) -> UserList:
    """Users by e-mail."""
    found = _matching_users(data)
    rows = found.select_related("team").order_by("email")
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


def list_teams(data: ListTeams) -> Teams:
    """Teams by name."""
    found = Team.objects.select_related("lead").annotate(size=Count("members", filter=Q(members__is_active=True)))
    if not data.include_inactive:
        found = found.filter(is_active=True)
    return Teams(teams=[view_of_team(team, members=team.size) for team in found.order_by(Lower("name"), "pk")])


def view_of_team(team: Team, *, members: int | None = None) -> TeamView:
    """A team and how many work in it."""
    return TeamView(
        id=team.pk,
        name=team.name,
        lead=PersonName(id=team.lead.pk, name=team.lead.get_full_name()) if team.lead else None,
        members=team.members.filter(is_active=True).count() if members is None else members,
        is_active=team.is_active,
        version=team.version,
    )


def list_owners(data: ListOwners) -> OwnersPage:
    """Active people whose role works accounts, by name."""
    mapped = [name for name, role in SITE_ROLES.items() if role.allows(Role.REP)]
    works = [role.value for role in Role if role.allows(Role.REP)]
    found = User.objects.filter(
        Q(role__in=works) | Q(role__isnull=True, site_role__in=[*mapped, *works]), is_active=True
    ).annotate(sort_name=Lower(Coalesce(NullIf("name", Value("")), "email", output_field=TextField())))
    if data.q:
        found = found.filter(Q(email__icontains=data.q) | Q(name__icontains=data.q))
    if data.team_id is not None:
        found = found.filter(team_id=data.team_id)
    total = None if data.cursor else found.values("pk")[: COUNT_LIMIT + 1].count()
    rows = found.select_related("team").order_by("sort_name", "pk")
    if data.cursor:
        name, key = decode_cursor(data.cursor, sort="name", types=[str, int])
        rows = rows.filter(Q(sort_name__gt=name) | Q(sort_name=name, pk__gt=key))
    page = list(rows[: data.limit + 1])
    shown = page[: data.limit]
    return OwnersPage(
        items=[_owner(user) for user in shown],
        next_cursor=encode_cursor("name", [shown[-1].sort_name, shown[-1].pk]) if len(page) > len(shown) else None,
        total=None if total is None else min(total, COUNT_LIMIT),
        total_is_exact=total is not None and total <= COUNT_LIMIT,
    )


def _owner(user: User) -> OwnerView:
    return OwnerView(
        id=user.pk,
        name=user.get_full_name(),
        role=user.effective_role or Role.REP,
        team_id=user.team_id,
        team=user.team.name if user.team else "",
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
        team_id=user.team_id,
        team=user.team.name if user.team else "",
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
