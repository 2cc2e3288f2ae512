"""Colleagues: who is meant, who may see an account, who can be given a task."""

from __future__ import annotations

from collections.abc import Iterable

from headhaul.accounts.models import Account
from headhaul.activities.selectors.colleagues import sees
from headhaul.kernel import InvalidData, Role
from headhaul.security.models import User


def active(user_ids: Iterable[int]) -> dict[int, User]:
    """Those of the users who can sign in and have a role."""
    found = User.objects.filter(pk__in=list(user_ids), is_active=True)
    return {user.pk: user for user in found if user.effective_role is not None}


def check_can_take_task(user_id: int, *, account_id: int) -> User:
    """The user, who works accounts and sees this one; InvalidData says what is missing."""
    user = active([user_id]).get(user_id)
    if user is None:
        raise InvalidData("There is no active user with this id.", fields={"ownerId": "an active user"})
    role = user.effective_role
    if role is None or not role.allows(Role.REP):
        raise InvalidData(f"{user.get_full_name()} has no role that works accounts.", fields={"ownerId": "a rep"})
    if not sees(user, account_id=account_id):
        raise InvalidData(
            f"{user.get_full_name()} does not see this account, so it would be a task they cannot open.",
            fields={"ownerId": "somebody who sees the account"},
        )
    return user


def name_of_account(account_id: int) -> str:
    """What the account is called."""
    return str(Account.objects.values_list("name", flat=True).get(pk=account_id))
