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
    InboundKind.HELP: "{who} asked for help or information",
    InboundKind.START: "{who} asked for texts again",
    InboundKind.BOUNCE: "A message to {who} could not be delivered",
}


def tell(*, row: InboundMessage, judged: Judged, found: Match, at: datetime, also: str = "") -> None:
    """What people wrote stands on the timeline; programs' mail does not. The owner hears of what needs them.

    `also`: a sentence of what followed from it.
    """
    if judged.kind in FROM_PEOPLE:
        _log(row, judged, at=at)
    if judged.kind in _SAYS:
        _notify(row, judged, found, also, at=at)


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


def _notify(row: InboundMessage, judged: Judged, found: Match, also: str, *, at: datetime) -> None:
    owner_id = _in_charge(row)
    if owner_id is None:
        return
    who = row.contact.name if row.contact else row.from_address or "Somebody"
    text = _SAYS[judged.kind].format(who=who)
    is_guess = judged.kind is InboundKind.OPT_OUT and not judged.refusal.is_sure
    if found.is_forward:
        text = _of_forward(row, found, is_refusal=judged.kind is InboundKind.OPT_OUT, is_guess=is_guess)
    elif is_guess:
        text = f"{who} may not want to be contacted any more. It was taken for a refusal: have a look"
    elif also:
        text = f"{text}. {also.removesuffix('.')}"
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


def _of_forward(row: InboundMessage, found: Match, *, is_refusal: bool, is_guess: bool) -> str:
    """Somebody else answered, by an address that is not known as theirs."""
    asked = found.message.contact if found.message else None
    whose = asked.name if asked else found.message.address if found.message else "somebody"
    if not is_refusal:
        return f"{row.from_address} answered a message to {whose}"
    said = f"{row.from_address} does not want to be contacted any more, in answer to a message to {whose}"
    if is_guess:
        said = f"{row.from_address} may not want to be contacted any more, in answer to a message to {whose}"
    look = ". It was taken for a refusal: have a look" if is_guess else ""
    return f"{said}. Neither address is used any more, and any sequence of theirs has ended{look}"


def _in_charge(row: InboundMessage) -> int | None:
    """Whoever wrote to them; else the owner of the enrolment, the account, the mailbox."""
    owners = (
        row.message.user_id if row.message else None,
        row.enrolment.owner_id if row.enrolment else None,
        row.account.owner_id if row.account else None,
        row.sender.user_id if row.sender else None,
    )
    return next((owner for owner in owners if owner is not None), None)
