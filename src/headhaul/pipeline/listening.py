"""What rooms below tell, handed to the rules."""

from __future__ import annotations

from collections.abc import Sequence

from headhaul.accounts.ports.happenings import AccountHappening
from headhaul.activities.happening import ActivityHappening
from headhaul.outreach.replied import OutreachHappening
from headhaul.pipeline.choices import RuleTrigger
from headhaul.pipeline.services import rules
from headhaul.pipeline.services.happening import Event


def hear_accounts(happenings: Sequence[AccountHappening]) -> None:
    """Accounts were opened, got another status or another owner."""
    rules.fire_many([
        Event(
            trigger=RuleTrigger(one.kind),
            at=one.at,
            key=one.key,
            account_id=one.account_id,
            actor=one.by.label,
            changes=one.changes,
        )
        for one in happenings
    ])  # fmt: skip


def hear_activities(happenings: Sequence[ActivityHappening]) -> None:
    """Activities were logged, tasks completed."""
    rules.fire_many([
        Event(
            trigger=RuleTrigger(one.kind),
            at=one.at,
            key=one.key,
            account_id=one.account_id,
            activity_id=one.activity_id,
            actor=one.by.label,
        )
        for one in happenings
    ])  # fmt: skip


def hear_outreach(happenings: Sequence[OutreachHappening]) -> None:
    """Somebody at an account wrote back."""
    rules.fire_many([
        Event(
            trigger=RuleTrigger(one.kind),
            at=one.at,
            key=one.key,
            account_id=one.account_id,
            actor=one.by.label,
        )
        for one in happenings
    ])  # fmt: skip
