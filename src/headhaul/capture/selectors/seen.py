"""Which leads an actor sees: those of accounts they see, those that are theirs, and those they took down."""

from __future__ import annotations

from headhaul.accounts.selectors.pages import Conditions
from headhaul.accounts.visibility import scope_of
from headhaul.kernel import Actor


def visible(narrowed: Conditions, *, by: Actor) -> None:
    """Narrow a query over leads `l` with their accounts `a` to what this actor sees.

    A lead without an account (held back as junk, or its account was removed) goes by its own owner.
    """
    scope = scope_of(by)
    if scope.is_all:
        return
    if scope.is_nothing:
        narrowed.add("false")
        return
    of_account, parameters = scope.condition("a")
    of_owner = "l.owner_id = any(%s) or l.captured_by_id = any(%s)"
    ids = scope.user_ids
    narrowed.add(
        f"((l.account_id is not null and {of_account}) or {of_owner} or (l.account_id is null and l.owner_id is null))",
        *parameters,
        ids,
        ids,
    )
