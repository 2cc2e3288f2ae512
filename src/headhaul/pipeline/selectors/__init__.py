"""Reading the pipeline. Hand-written SQL calls opportunities `o` and their accounts `a`."""

from __future__ import annotations

from headhaul.accounts.selectors.pages import Conditions
from headhaul.accounts.visibility import scope_of
from headhaul.kernel import Actor


def visible(narrowed: Conditions, *, by: Actor) -> None:
    """An opportunity is seen by whoever sees its account, and by its own owner."""
    scope = scope_of(by)
    if scope.is_all:
        return
    condition, parameters = scope.condition("a")
    if by.user_id is None or scope.is_nothing:
        narrowed.add(condition, *parameters)
    else:
        narrowed.add(f"({condition} or o.owner_id = %s)", *parameters, by.user_id)
