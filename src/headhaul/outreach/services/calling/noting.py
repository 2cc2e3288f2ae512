"""What is said by one's own mail program or telephone: noted, with the proof that it was allowed."""

from __future__ import annotations

from datetime import datetime

from headhaul.activities.choices import ActivityType, Direction
from headhaul.activities.services.logging import log
from headhaul.kernel import Actor, InvalidData, Recipient
from headhaul.outreach.choices import Disposition
from headhaul.outreach.models import Call
from headhaul.outreach.schemas.calls import LogCallOutcome, RecordCall, Recorded, RecordEmail, RecordSms
from headhaul.outreach.services.calling import outcomes, starting


def record_message(
    *, asked: RecordEmail | RecordSms, reached: Recipient, action: str, at: datetime, by: Actor, door: str
) -> Recorded:
    """An e-mail or a text on the timeline."""
    if reached.account_id is None:
        raise InvalidData("They belong to no account.", fields={"contactId": "a contact at an account"})
    receipt_id = starting.receipt_of(reached, action=action, at=at, by=by)
    made = log(
        account_id=reached.account_id,
        contact_id=reached.contact_id,
        type=ActivityType(reached.channel),
        direction=Direction.OUT,
        subject=asked.subject if isinstance(asked, RecordEmail) else "",
        body=asked.text,
        data={"address": reached.address, "receiptId": receipt_id, "elsewhere": True},
        source=door,
        at=at,
        by=by,
    )
    return Recorded(
        activity_id=made.pk,
        call_id=None,
        receipt_id=receipt_id,
        channel=reached.channel,
        address=reached.address,
    )


def record_call(*, asked: RecordCall, reached: Recipient, action: str, at: datetime, by: Actor, door: str) -> Recorded:
    """A call among the calls; on the timeline as soon as one knows how it ended."""
    call = Call.objects.create(
        contact_id=reached.contact_id,
        account_id=reached.account_id,
        user_id=by.user_id,
        number=reached.address,
        started_at=at,
        notes=asked.text,
        seconds=asked.seconds,
        receipt_id=starting.receipt_of(reached, action=action, at=at, by=by),
        created_at=at,
        updated_at=at,
    )
    followed: list[str] = []
    if asked.disposition is not None:
        if asked.disposition is Disposition.CALLBACK:
            said = "A call-back needs its time: use logCallOutcome on this call."
            raise InvalidData(said, fields={"disposition": "another outcome, or leave it out"})
        ended = LogCallOutcome(call_id=call.pk, disposition=asked.disposition, notes=asked.text, seconds=asked.seconds)
        logged = outcomes.log_outcome(asked=ended, at=at, by=by, door=door)
        call, followed = logged.call, logged.followed
    return Recorded(
        activity_id=call.activity_id,
        call_id=call.pk,
        receipt_id=call.receipt_id,
        channel=reached.channel,
        address=reached.address,
        followed=followed,
    )
