"""A port: the room above that keeps the deals of accounts gives the open ones away along with them, and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from headhaul.kernel import Actor


@dataclass(frozen=True, slots=True)
class WentBack:
    """Of the deals that had gone along: how many went back, and how many were changed since and stay."""

    returned: int = 0
    kept: int = 0

    @property
    def note(self) -> str:
        """What to say of it when an assignment is taken back; "" when no deal was concerned."""
        parts = []
        if self.returned:
            parts.append(f"{_deals(self.returned)} went back with it.")
        if self.kept:
            was = "was" if self.kept == 1 else "were"
            parts.append(f"{_deals(self.kept)} {was} changed since, or cannot go back, and stayed.")
        return " ".join(parts)


class OpenDeals(Protocol):
    """Keeps the deals of accounts."""

    def go_along(
        self, *, account_ids: Sequence[int], owner_id: int | None, batch_id: str, at: datetime, by: Actor
    ) -> int:
        """Give the open deals of those accounts that somebody else has to `owner_id`; how many went.

        Asked before the accounts change hands. Only deals that the actor may write.
        """
        ...

    def go_back(
        self, *, batch_id: str, as_batch: str, at: datetime, by: Actor, account_id: int | None = None
    ) -> WentBack:
        """Give back what went along under `batch_id`, under another id; only that of one account when it is named."""
        ...


class _NoDeals:
    def go_along(
        self, *, account_ids: Sequence[int], owner_id: int | None, batch_id: str, at: datetime, by: Actor
    ) -> int:
        return 0

    def go_back(
        self, *, batch_id: str, as_batch: str, at: datetime, by: Actor, account_id: int | None = None
    ) -> WentBack:
        return WentBack()


_deals_of_accounts: OpenDeals = _NoDeals()


def install(deals: OpenDeals) -> None:
    """Say who keeps the deals."""
    global _deals_of_accounts
    _deals_of_accounts = deals


def open_deals() -> OpenDeals:
    """Who keeps the deals; without a pipeline there are none."""
    return _deals_of_accounts


def _deals(count: int) -> str:
    return f"{count:,} open {'opportunity' if count == 1 else 'opportunities'}"
