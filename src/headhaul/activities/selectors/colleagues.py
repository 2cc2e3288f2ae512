"""Colleagues to be named or given work, as somebody types."""

from __future__ import annotations

from typing import Any

from headhaul.accounts.selectors.accounts import literal
from headhaul.accounts.selectors.pages import Conditions, Sort, fetch, page
from headhaul.accounts.visibility import scope_of
from headhaul.activities.schemas.notifications import ListPeople, PeoplePage, PersonRow
from headhaul.kernel import Actor, NotFound
from headhaul.kernel.roles import SITE_ROLES, Role
from headhaul.security.actors import actor_of
from headhaul.security.models import User

_SHOWN = "coalesce(nullif(u.name, ''), u.email)"
_BY_NAME = Sort("name", (f"lower({_SHOWN})", "u.id"), (str, int), lambda row: [row["sort"], row["id"]], False)
_HAVE_A_ROLE = [*SITE_ROLES, *(str(role) for role in Role)]


def people_page(*, asked: ListPeople, by: Actor) -> PeoplePage:
    """Active colleagues with a role, by name."""
    narrowed = Conditions()
    narrowed.add("u.is_active and (u.role is not null or u.site_role = any(%s))", _HAVE_A_ROLE)
    if words := asked.text.strip().lstrip("@"):
        start = literal(words)
        narrowed.add(
            "(u.name ilike %s or u.name ilike %s or u.email ilike %s)", f"{start}%", f"% {start}%", f"{start}%"
        )
    if asked.account_id is not None:
        _check_seen(asked.account_id, by=by)
    found = page(
        columns=f"u.id, {_SHOWN} as name, u.email, lower({_SHOWN}) as sort",
        source="security_user u",
        counted_in="security_user u",
        conditions=narrowed,
        sort=_BY_NAME,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    users = User.objects.in_bulk([row["id"] for row in found.rows])
    return PeoplePage(
        items=[_row(row, users[row["id"]], asked.account_id) for row in found.rows],
        next_cursor=found.next_cursor,
        total=found.total,
        total_is_exact=found.total_is_exact,
    )


def sees(user: User, *, account_id: int) -> bool:
    """Whether this account is among those the user sees."""
    scope = scope_of(actor_of(user))
    if scope.is_all or scope.is_nothing:
        return scope.is_all
    condition, parameters = scope.condition("a")
    return bool(fetch(f"select 1 from accounts_account a where a.id = %s and {condition}", [account_id, *parameters]))


def _check_seen(account_id: int, *, by: Actor) -> None:
    condition, parameters = scope_of(by).condition("a")
    if not fetch(f"select 1 from accounts_account a where a.id = %s and {condition}", [account_id, *parameters]):
        raise NotFound("There is no such account.", fields={"accountId": "unknown"})


def _row(row: dict[str, Any], user: User, account_id: int | None) -> PersonRow:
    return PersonRow(
        id=user.pk,
        name=row["name"],
        email=user.email,
        role=str(user.effective_role or ""),
        sees=None if account_id is None else sees(user, account_id=account_id),
    )
