"""Which accounts an actor sees: their own, their team's or all. One rule, for query sets and written queries."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Q

from headhaul.accounts.preferences import Visibility
from headhaul.kernel import Actor, Role
from headhaul.preferences.services import values


@dataclass(frozen=True, slots=True)
class Scope:
    """The owners whose accounts are seen, the team, or everything. Nobody's accounts are seen by whoever sees any."""

    is_all: bool = False
    is_nothing: bool = False
    user_ids: list[int] = field(default_factory=list)
    team_id: int | None = None

    def condition(self, alias: str = "a", *, nobody: str = "is null") -> tuple[str, list[Any]]:
        """The SQL condition on the accounts table under `alias`, and its parameters.

        `nobody` is how a table that is like it says that an owner or team is missing.
        """
        if self.is_all:
            return "true", []
        if self.is_nothing:
            return "false", []
        parts, parameters = [f"{alias}.owner_id = any(%s)"], [self.user_ids]
        if self.team_id is not None:
            parts.append(f"{alias}.team_id = {int(self.team_id)}")
        parts.append(f"({alias}.owner_id {nobody} and {alias}.team_id {nobody})")
        return f"({' or '.join(parts)})", list(parameters)

    def sees_work_of(self, user_id: int | None) -> bool:
        """Whether what somebody did to many records at once is shown: whoever sees theirs sees that."""
        return self.is_all or (user_id is not None and user_id in self.user_ids)

    def query(self, prefix: str = "") -> Q:
        """The same as a condition of a query set, on the account behind `prefix` (as `account__`)."""
        if self.is_all:
            return Q()
        if self.is_nothing:
            return Q(pk__in=[])
        seen = Q(**{f"{prefix}owner__in": self.user_ids})
        if self.team_id is not None:
            seen |= Q(**{f"{prefix}team": self.team_id})
        return seen | Q(**{f"{prefix}owner__isnull": True, f"{prefix}team__isnull": True})


ALL, NOTHING = Scope(is_all=True), Scope(is_nothing=True)


def scope_of(actor: Actor) -> Scope:
    """What this actor sees, by role and setting."""
    if actor.role is None:
        return NOTHING
    if actor.role is Role.ADMIN:
        return ALL
    chosen = values.get(Visibility)
    reach = {Role.VIEWER: chosen.viewers, Role.REP: chosen.reps, Role.MANAGER: chosen.managers}[actor.role]
    if reach == "all":
        return ALL
    own = [actor.user_id] if actor.user_id is not None else []
    if reach == "own" or actor.team_id is None:
        return Scope(user_ids=own)
    return Scope(user_ids=sorted({*own, *_members(actor.team_id)}), team_id=actor.team_id)


def _members(team_id: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("select id from security_user where team_id = %s", [team_id])
        return [key for (key,) in cursor.fetchall()]
