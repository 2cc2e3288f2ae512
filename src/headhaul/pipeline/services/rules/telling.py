"""Telling managers that a rule failed: once a day for each version of it, so that a broken rule does not shout."""

from __future__ import annotations

from datetime import datetime

from headhaul.activities.choices import NotificationKind
from headhaul.activities.services import notifying
from headhaul.pipeline.models import AutomationRule
from headhaul.pipeline.selectors.rules.facts import Subject
from headhaul.pipeline.services.happening import Event
from headhaul.pipeline.services.rules import people


def that_it_failed(*, rule: AutomationRule, said: str, event: Event, subject: Subject) -> None:
    """Say which rule failed on what, and why."""
    notifying.notify(
        user_ids=people.managers(),
        kind=NotificationKind.RULE,
        text=f"The rule “{rule.name}” failed on {people.named(subject)}: {said}"[:500],
        at=event.at,
        account_id=subject.account_id,
        target=("rule", rule.pk),
        key=f"rule:{rule.pk}:v{rule.version}:failed:{event.at.date()}",
    )


def that_an_event_was_put_aside(*, key: str, said: str, at: datetime) -> None:
    """Say that something could not be worked off in the background."""
    notifying.notify(
        user_ids=people.managers(),
        kind=NotificationKind.RULE,
        text=f"Rules could not be asked about an event and it was put aside: {said}"[:500],
        at=at,
        target=("rules", 0),
        key=f"waiting:{key}"[:200],
    )
