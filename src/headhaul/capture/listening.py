"""What rooms below tell, and what it means for leads."""

from __future__ import annotations

from collections.abc import Sequence

from headhaul.accounts.choices import AccountStatus
from headhaul.accounts.ports.happenings import STATUS_CHANGED, AccountHappening
from headhaul.activities.happening import LOGGED, RESETTLED, ActivityHappening, Resettled
from headhaul.capture.services import attempts, outcomes


def wants_activity(kind: str) -> bool:
    """Something that somebody logged."""
    return kind == LOGGED


def hear_activities(happenings: Sequence[ActivityHappening]) -> None:
    """A try to reach somebody stops the clock of their lead."""
    attempts.hear([one.activity_id for one in happenings])


def wants_resettled(kind: str) -> bool:
    """A timeline that did not stay as it was."""
    return kind == RESETTLED


def hear_resettled(changes: Sequence[Resettled]) -> None:
    """A try that was taken back stops no clock; one that is there again does."""
    attempts.review([one.account_id for one in changes])


def wants_status(kind: str) -> bool:
    """A new status of an account."""
    return kind == STATUS_CHANGED


def hear_accounts(happenings: Sequence[AccountHappening]) -> None:
    """A company that became a client makes its leads won."""
    signed = [one for one in happenings if one.changes.get("status", (None, None))[1] == AccountStatus.CLIENT]
    if signed:
        outcomes.settle(at=signed[0].at, account_ids=[one.account_id for one in signed])
