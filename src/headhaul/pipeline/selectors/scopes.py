"""Whose deals a report speaks of, and which of them the reader may see at all."""

from __future__ import annotations

from typing import Any

from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.accounts.visibility import Scope, scope_of
from headhaul.kernel import Actor
from headhaul.pipeline.schemas.periods import DealScope

NOBODY = -1  # an id that no user has


def seen(narrowed: Conditions, *, by: Actor, alias: str = "d") -> None:
    """Deals under `alias` (id, account_id, owner_id) that this actor may see: as their account is, or their own.

    A deal that is no longer there has no account: it is seen by those who see its owner's accounts.
    """
    scope = scope_of(by)
    if scope.is_all:
        return
    condition, parameters = scope.condition("a")
    narrowed.add(
        f"({alias}.owner_id = %s"
        f" or exists (select from accounts_account a where a.id = {alias}.account_id and {condition})"
        f" or ({alias}.account_id is null and {alias}.owner_id = any(%s)))",
        by.user_id or NOBODY,
        *parameters,
        [] if scope.is_nothing else scope.user_ids,
    )


def owners_of(asked: DealScope, *, by: Actor) -> list[int | None] | None:
    """The users whose deals are meant; None in the list is nobody's; no list at all means everybody."""
    owners: set[int | None] | None = None
    if asked.owner == "none":
        owners = {None}
    elif asked.owner == "me":
        owners = {by.user_id or NOBODY}
    elif asked.owner == "team":
        owners = {by.user_id or NOBODY, *(members(by.team_id) if by.team_id else ())}
    elif asked.owner != "all":
        owners = {asked.owner}
    if asked.team_id is not None:
        team: set[int | None] = {None, *members(None)} if asked.team_id == "none" else {*members(asked.team_id)}
        owners = team if owners is None else {owner for owner in owners if owner in team}
    return None if owners is None else sorted(owners, key=lambda owner: owner or 0)


def members(team_id: int | None) -> list[int]:
    """The users of a team, or of none."""
    sql = "select id from security_user where team_id is not distinct from %s::bigint"
    return [row["id"] for row in fetch(sql, [team_id])]


def owner_condition(owners: list[int | None] | None, column: str) -> tuple[str, list[Any]]:
    """The SQL condition that `column` is one of the owners."""
    if owners is None:
        return "true", []
    known = [owner for owner in owners if owner is not None]
    clause = f"{column} = any(%s)"
    return (f"({clause} or {column} is null)" if None in owners else clause), [known]


def sees_person(scope: Scope, user_id: int | None) -> bool:
    """Whether somebody's quota and calls are shown to whoever has this scope."""
    return scope.is_all or user_id in scope.user_ids


def sees_team(scope: Scope, team_id: int | None) -> bool:
    """Whether a team's quota and calls are; what is the whole firm's is for those who see it all."""
    return scope.is_all or (team_id is not None and scope.team_id == team_id)
