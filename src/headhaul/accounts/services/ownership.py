"""Who looks after an account. Managers assign; a rep may take what nobody has."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from headhaul.accounts.choices import NOT_PROSPECTS
from headhaul.accounts.errors import AccountIsOwned, NoSuchOwner
from headhaul.accounts.models import Account
from headhaul.accounts.services import announcing
from headhaul.accounts.services.editing import apply, lock
from headhaul.kernel import Actor, Forbidden, InvalidData, Role
from headhaul.security.models import Team, User

OWNERS_TEAM = -1  # where a team is expected: that of the owner


def check_can_own(user: User | None) -> User:
    """Raise NoSuchOwner unless the user is active and works accounts."""
    if user is None or not user.is_active:
        raise NoSuchOwner("There is no active user with this id.", fields={"ownerId": "an active user"})
    if user.effective_role is None or not user.effective_role.allows(Role.REP):
        raise NoSuchOwner(
            f"{user.get_full_name()} has no role that works accounts.",
            fields={"ownerId": "a rep, manager or admin"},
        )
    return user


def check_team(team_id: int | None) -> None:
    """Raise InvalidData unless there is such a team, or none is meant."""
    if team_id is not None and not Team.objects.filter(pk=team_id).exists():
        raise InvalidData("There is no such team.", fields={"teamId": "see listTeams"})


def first_owner(*, owner_id: int | None, team_id: int | None, mine: bool, by: Actor) -> int | None:
    """Who owns a new account: whom a manager names, else the caller, or nobody. The team is checked too."""
    is_manager = by.role is not None and by.role.allows(Role.MANAGER)
    if not is_manager and (owner_id not in (None, by.user_id) or team_id is not None):
        raise Forbidden("Only managers give accounts to others. Leave ownerId and teamId out.")
    check_team(team_id)
    if owner_id is not None:
        check_can_own(User.objects.filter(pk=owner_id).first())
        return owner_id
    return by.user_id if mine else None


def assign(
    *,
    account_id: int,
    owner_id: int | None,
    at: datetime,
    by: Actor,
    version: int | None = None,
    team_id: int | None = OWNERS_TEAM,
    source: str = "",
    batch_id: str = "",
) -> Account:
    """Give the account to somebody, or to nobody, and to their team unless one is named.

    With a `version`, only if nobody changed it meanwhile. An account that nobody has stays in its team.
    """
    owner = None if owner_id is None else check_can_own(User.objects.filter(pk=owner_id).first())
    values: dict[str, int | None] = {"owner_id": owner_id}
    if team_id != OWNERS_TEAM:
        check_team(team_id)
        values["team_id"] = team_id
    elif owner is not None:
        values["team_id"] = owner.team_id
    account = lock(account_id, by=by, version=version)
    is_new = account.owner_id != owner_id
    apply(account=account, values=values, at=at, by=by, source=source, batch_id=batch_id)
    if is_new:
        announcing.assigned(owner_id=owner_id, account_ids=[account.pk], at=at, by=by)
    return account


def take(*, account_id: int, at: datetime, by: Actor, source: str = "") -> Account:
    """Make the account one's own if nobody has it; taking what is already one's own changes nothing."""
    account = lock(account_id, by=by)
    if account.owner_id not in (None, by.user_id):
        raise AccountIsOwned(f"{account.name} belongs to somebody already. Ask a manager to reassign it.")
    if account.owner_id == by.user_id:
        return account
    values = {"owner_id": by.user_id, "team_id": by.team_id or account.team_id}
    return apply(account=account, values=values, at=at, by=by, source=source)


def reps_by_load() -> list[tuple[int, int]]:
    """(user id, open accounts) of every active rep, the least loaded first."""
    open_accounts = Count("accounts", filter=~Q(accounts__status__in=[str(status) for status in NOT_PROSPECTS]))
    reps = User.objects.filter(is_active=True, role=Role.REP).annotate(load=open_accounts).order_by("load", "pk")
    return [(user.pk, user.load) for user in reps]


def back_to(before: Account, *, version: int) -> dict[str, Any]:
    """The data with which assignAccount gives the account back to whom it belonged."""
    return {"accountId": before.pk, "ownerId": before.owner_id, "teamId": before.team_id, "version": version}
