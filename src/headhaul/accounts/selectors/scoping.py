"""What hand-written SQL over accounts needs everywhere: whose they are, and words for LIKE."""

from __future__ import annotations

from headhaul.accounts.selectors.pages import Conditions
from headhaul.accounts.visibility import scope_of
from headhaul.kernel import Actor


def visible(narrowed: Conditions, *, by: Actor) -> None:
    """Hand-written SQL over accounts (`a`) sees what the actor may see."""
    scope = scope_of(by)
    if not scope.is_all:
        condition, parameters = scope.condition("a")
        narrowed.add(condition, *parameters)


def literal(words: str) -> str:
    """Text in which LIKE finds nothing but itself."""
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
