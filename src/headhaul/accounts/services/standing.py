"""How it stands with reaching a contact: the pre-flight of each channel, asked without doing anything."""

from __future__ import annotations

from datetime import datetime

from headhaul.accounts.choices import Channel
from headhaul.accounts.schemas.standing import ChannelStanding, ContactStanding, StandingReason
from headhaul.accounts.selectors import contacts
from headhaul.accounts.services.reaching import recipients_of
from headhaul.compliance.services import preflight
from headhaul.kernel import Actor, Recipient


def of_contact(*, contact_id: int, at: datetime, by: Actor) -> ContactStanding:
    """Every channel of a contact that this actor sees."""
    contact = contacts.row(contact_id=contact_id, by=by, at=at)
    return ContactStanding(
        contact_id=contact_id,
        account_id=contact.account_id,
        name=contact.name,
        at=at,
        channels=[
            _standing(channel, recipients_of([contact_id], channel).get(contact_id), at=at, by=by)
            for channel in (Channel.EMAIL, Channel.SMS, Channel.CALL)
        ],
    )


def _standing(channel: Channel, recipient: Recipient | None, *, at: datetime, by: Actor) -> ChannelStanding:
    if recipient is None:
        return ChannelStanding(
            channel=channel, address="", standing="no_address", reasons=[], next_allowed_at=None, zones=[], states=[]
        )
    verdict = preflight.judge(recipient, at=at, user_id=by.user_id)
    return ChannelStanding(
        channel=channel,
        address=recipient.address,
        standing=verdict.outcome,
        reasons=[StandingReason(rule=r.rule, sentence=r.sentence, until=r.until, cite=r.cite) for r in verdict.reasons],
        next_allowed_at=verdict.until,
        zones=list(recipient.zones),
        states=list(recipient.states),
    )
