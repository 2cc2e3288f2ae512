"""A message that has left is a touch like any other: velocity, risks and what to do next count it where they count all.

The timeline shows the message itself, as it stands now, and leaves this line of it out.
"""

from __future__ import annotations

from headhaul.activities.choices import ActivityType, Direction
from headhaul.activities.ports import SHOWN_BY
from headhaul.activities.services import logging, settling
from headhaul.compliance.choices import Purpose
from headhaul.kernel import SYSTEM
from headhaul.outreach.choices import Channel
from headhaul.outreach.models import Message


def record(message: Message) -> None:
    """Log that it left, at the moment when it did; a call is logged by its outcome, a test touches nobody."""
    if message.account_id is None or message.purpose == Purpose.TEST or message.channel == Channel.CALL:
        return
    left = message.sent_at or message.updated_at
    message.activity_id = logging.log(
        account_id=message.account_id,
        contact_id=message.contact_id,
        type=ActivityType(message.channel),
        direction=Direction.OUT,
        subject=message.subject,
        data={SHOWN_BY: "message", "message": str(message.pk)},
        owner_id=message.user_id,
        happened_at=left,
        at=left,
        by=SYSTEM,
        source="outbox",
    ).pk


def take_back(message: Message) -> None:
    """It has not left after all, and will be tried again."""
    if message.activity_id is not None and message.account_id is not None:
        logging.strike(activity_id=message.activity_id)
        settling.settle(message.account_id)
        message.activity_id = None
