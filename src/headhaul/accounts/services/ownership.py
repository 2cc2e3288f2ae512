"""Who looks after an account. Managers assign; a rep may take what nobody has."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Q

from headhaul.accounts.choices import NOT_PROSPECTS
from headhaul.accounts.errors import AccountIsOwned, NoSuchOwner
from headhaul.accounts.models import Account
from headhaul.accounts.services.editing import apply, lock
from headhaul.kernel import Actor, Role
from headhaul.security.models import User


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


def assign(*, account_id: int, owner_id: int | None, at: datetime, by: Actor, version: int | None = None) -> Account:
    """Give the account to somebody, or to nobody. With a `version`, only if nobody changed it meanwhile."""
    if owner_id is not None:
        check_can_own(User.objects.filter(pk=owner_id).first())
    return apply(account=lock(account_id, by=by, version=version), values={"owner_id": owner_id}, at=at, by=by)


def take(*, account_id: int, at: datetime, by: Actor) -> Account:
    """Make the account one's own if nobody has it; taking what is already one's own changes nothing."""
    account = lock(account_id, by=by)
    if account.owner_id not in (None, by.user_id):
        raise AccountIsOwned(f"{account.name} belongs to somebody already. Ask a manager to reassign it.")
    return apply(account=account, values={"owner_id": by.user_id}, at=at, by=by)


def reps_by_load() -> list[tuple[int, int]]:
    """(user id, open accounts) of every active rep, the least loaded first."""
    open_accounts = Count("accounts", filter=~Q(accounts__status__in=[str(status) for status in NOT_PROSPECTS]))
    reps = User.objects.filter(is_active=True, role=Role.REP).annotate(load=open_accounts).order_by("load", "pk")
    return [(user.pk, user.load) for user in reps]
