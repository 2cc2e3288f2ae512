"""Telling what came in: once on the account's timeline, and to whoever is in charge."""

from __future__ import annotations

from datetime import datetime

from headhaul.activities.choices import ActivityType, Direction, NotificationKind, Outcome
from headhaul.activities.services import notifying
from headhaul.activities.services.logging import log
from headhaul.kernel import SYSTEM
from headhaul.outreach.choices import Channel, InboundKind
from headhaul.outreach.inbound.classifying import Judged
from headhaul.outreach.models import InboundMessage
from headhaul.outreach.services.matching import Match

LONGEST_BODY, LONGEST_SUBJECT = 20_000, 300
FROM_PEOPLE = frozenset({InboundKind.REPLY, InboundKind.OPT_OUT, InboundKind.HELP, InboundKind.START})
_TYPES = {Channel.EMAIL: ActivityType.EMAIL, Channel.SMS: ActivityType.SMS, Channel.CALL: ActivityType.CALL}
_SAYS = {
    InboundKind.REPLY: "{who} answered",
    InboundKind.OPT_OUT: "{who} does not want to be contacted any more",
    InboundKind.START: "{who} wants texts again",
    InboundKind.BOUNCE: "A message to {who} could not be delivered",
}


def tell(*, row: InboundMessage, judged: Judged, found: Match, at: datetime) -> None:
    """What people wrote stands on the timeline; programs' mail does not. The owner hears of what needs them."""
    if judged.kind in FROM_PEOPLE:
        _log(row, judged, at=at)
    if judged.kind in _SAYS:
        _notify(row, judged, found, at=at)


def _log(row: InboundMessage, judged: Judged, *, at: datetime) -> None:
    if row.account_id is None:
        return
    is_refusal = judged.kind is InboundKind.OPT_OUT
    log(
        account_id=row.account_id,
        contact_id=row.contact_id,
        type=_TYPES[Channel(row.channel)],
        direction=Direction.IN,
        outcome=Outcome.DO_NOT_CONTACT if is_refusal else Outcome.REPLIED,
        subject=row.subject[:LONGEST_SUBJECT],
        body=row.text[:LONGEST_BODY],
        data={"inbound": row.pk, "kind": str(judged.kind)},
        happened_at=row.received_at,
        owner_id=_in_charge(row),
        source="inbound",
        at=at,
        by=SYSTEM,
    )


def _notify(row: InboundMessage, judged: Judged, found: Match, *, at: datetime) -> None:
    owner_id = _in_charge(row)
    if owner_id is None:
        return
    who = row.contact.name if row.contact else row.from_address or "Somebody"
    text = _SAYS[judged.kind].format(who=who)
    if found.is_forward:
        text = f"{row.from_address} answered a message to {who}"
    elif judged.kind is InboundKind.OPT_OUT and not judged.refusal.is_sure:
        text = f"{who} may not want to be contacted any more. It was taken for a refusal: have a look"
    words = " ".join(row.text.split())
    notifying.notify(
        user_ids=[owner_id],
        kind=NotificationKind.REPLY,
        text=f"{text}: “{words}”" if words and judged.kind is not InboundKind.BOUNCE else f"{text}.",
        account_id=row.account_id,
        target=("inbound", row.pk),
        key=f"inbound:{row.pk}",
        at=at,
    )


def _in_charge(row: InboundMessage) -> int | None:
    """Whoever wrote to them; else the owner of the enrolment, the account, the mailbox."""
    owners = (
        row.message.user_id if row.message else None,
        row.enrolment.owner_id if row.enrolment else None,
        row.account.owner_id if row.account else None,
        row.sender.user_id if row.sender else None,
    )
    return next((owner for owner in owners if owner is not None), None)
