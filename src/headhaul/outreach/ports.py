"""What rooms above tell this one: where the firm's days begin, which opportunities were opened, and their stages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Opened:
    """Where opportunities are kept: a table, and expressions over its rows."""

    table: str
    account_id: str
    at: str
    where: str = "true"


def _utc() -> tzinfo:
    return UTC


_zone: Callable[[], tzinfo] = _utc
_opened: Opened | None = None


def install_firm_zone(zone: Callable[[], tzinfo]) -> None:
    """Say how the firm's zone is found."""
    global _zone
    _zone = zone


def firm_zone() -> tzinfo:
    """The zone in which the firm's days begin; UTC where nobody says."""
    return _zone()


def install_opportunities(opened: Opened) -> None:
    """Say where opportunities are kept, so that a report can tell which touch came before one."""
    global _opened
    _opened = opened


def opportunities() -> Opened | None:
    """Where opportunities are kept; None without a pipeline."""
    return _opened


class Stages(Protocol):
    """Knows the stages of opportunities."""

    def labels(self) -> Mapping[str, str]:
        """The stages in use: label by key, in order."""
        ...

    def of_account(self, account_id: int) -> str:
        """The stage of the account's newest open opportunity; "" when it has none."""
        ...


class _NoStages:
    def labels(self) -> Mapping[str, str]:
        return {}

    def of_account(self, account_id: int) -> str:
        return ""


_stages: Stages = _NoStages()


def install_stages(known: Stages) -> None:
    """Say who knows about stages."""
    global _stages
    _stages = known


def stages() -> Stages:
    """Who knows about stages; without a pipeline there are none."""
    return _stages
