"""How these tests do things: through dispatch, on a Friday at noon in UTC, which is morning in New York."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from headhaul.accounts.models import AccountScore, Contact
from headhaul.actions import dispatch
from headhaul.actions.services.replies import Reply
from headhaul.kernel import Actor
from tests.factories import outreach

WEEKDAY = datetime(2026, 11, 18, 16, 0, tzinfo=UTC)  # 11:00 in New York, 10:00 in Dallas, 8:00 in Los Angeles


def told(name: str, actor: Actor, /, *, at: datetime = WEEKDAY, **data: Any) -> Reply:
    """The whole reply."""
    return dispatch(name, data, actor=actor, at=at, door="http")


def do(name: str, actor: Actor, /, *, at: datetime = WEEKDAY, **data: Any) -> Any:
    """What the action gives."""
    return told(name, actor, at=at, **data).payload


def undo(reply: Reply, actor: Actor, *, at: datetime = WEEKDAY) -> Reply:
    """Take back what was done."""
    return told("undoAction", actor, at=at, undoId=reply.undo_id)


def someone(
    *, zone: str = "America/New_York", state: str = "NY", area: str = "212", score: int = 5_000, yes: bool = True,
    owner: Actor | None = None,
) -> Contact:  # fmt: skip
    """Somebody who agreed to be called, at an account with a score."""
    home = outreach.account(state=state, owner=owner, at=WEEKDAY)
    AccountScore.objects.filter(account=home).update(score_hundredths=score)
    person = outreach.contact(home, zone=zone, phone=f"+1{area}5550{home.pk % 1_000:03d}")
    if yes:
        outreach.says_yes(person, "call", "sms", at=datetime(2026, 11, 1, tzinfo=UTC))
    return person


def campaign_of(manager: Actor, *people: Contact, **fields: Any) -> int:
    """An active campaign with these people as its targets."""
    before = WEEKDAY - timedelta(days=1)
    made = do("saveCallCampaign", manager, at=before, **{"name": "Reefer fleets", "script": "Hello.", **fields})
    do("setCallCampaignStatus", manager, at=before, callCampaignId=made.id, state="active")
    if people:
        do("addCallTargets", manager, at=before, callCampaignId=made.id, contactIds=[person.pk for person in people])
    return int(made.id)
