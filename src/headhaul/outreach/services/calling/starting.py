"""Beginning a call: by one's own telephone, or by a provider that rings one's own telephone first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from headhaul.accounts.choices import Channel as Reach
from headhaul.accounts.services.reaching import recipient_of
from headhaul.compliance.models import Receipt
from headhaul.compliance.selectors import holds
from headhaul.compliance.services import preflight
from headhaul.kernel import Actor, InvalidData, Recipient
from headhaul.kernel.addresses import telephone
from headhaul.outreach.choices import Channel, GatewayKind, TargetState
from headhaul.outreach.models import Call, CallTarget, Enrolment, Message, Sender
from headhaul.outreach.schemas.calls import StartCall
from headhaul.outreach.schemas.drafts import Draft
from headhaul.outreach.selectors.calls import queue
from headhaul.outreach.services import outbox
from headhaul.outreach.services.calling import taking
from headhaul.outreach.services.calling.taking import NotInQueue, NotNow, TargetTaken
from headhaul.outreach.services.composing import AGENT_NUMBER


@dataclass(frozen=True, slots=True)
class Started:
    """The call, and the message that a provider dials by."""

    call: Call
    message: Message | None


def recipient(*, asked: StartCall, at: datetime, by: Actor) -> Recipient:
    """Whom the call reaches, for the pre-flight. What a provider dials is judged and counted again when it is dialled,
    but it must be allowed now: a call never waits for its hour in the outbox.
    """
    target = _target(asked, at=at, by=by)
    contact_id = target.contact_id if target else asked.contact_id
    if contact_id is None:
        raise InvalidData("Say whom to call.", fields={"contactId": "a contact, or targetId: a target you have taken"})
    found = recipient_of(contact_id=contact_id, channel=Reach.CALL, by=by, address=asked.address)
    if target is not None:
        _check_not_held(found, target, at=at)
    else:
        taking.check_nobody_else(found, may_take_over=asked.take_over, at=at, by=by)
    dialler = dialler_of(by)
    if dialler is None:
        return found
    own = replace(found, sender_id=dialler.pk)
    return replace(own, is_planned=preflight.judge(own, at=at, user_id=by.user_id).is_allowed)


def start(*, asked: StartCall, reached: Recipient, action: str, at: datetime, by: Actor) -> Started:
    """Note that the call begins, with the proof that it may; and have it dialled, where a provider does that.

    Whom a manager takes over from somebody, is theirs from here on, and that one can no longer call them.
    """
    target = _target(asked, at=at, by=by)
    if target is None:
        lease = taking.check_nobody_else(reached, may_take_over=asked.take_over, at=at, by=by)
        target = taking.take_over(lease, contact_id=reached.contact_id, at=at, by=by) if lease else None
    campaign = target.campaign if target else None
    call = Call.objects.create(
        contact_id=reached.contact_id,
        account_id=reached.account_id,
        user_id=by.user_id,
        target=target,
        campaign=campaign,
        enrolment_id=target.enrolment_id if target else None,
        step_key=target.step_key if target else "",
        number=reached.address,
        script_version=campaign.script_version if campaign else None,
        started_at=at,
        receipt_id=receipt_of(reached, action=action, at=at, by=by),
        created_at=at,
        updated_at=at,
    )
    if target is not None:
        target.taken_by_id, target.taken_until = by.user_id, at + taking.LEASE
        target.save(update_fields=["taken_by", "taken_until"])
    dialler = dialler_of(by)
    if dialler is None:
        return Started(call, None)
    call.message = outbox.plan(draft=_draft(call, asked, dialler, at=at, by=by), at=at, by_user_id=by.user_id)
    call.save(update_fields=["message"])
    return Started(call, call.message)


def receipt_of(reached: Recipient, *, action: str, at: datetime, by: Actor) -> int | None:
    """The proof that the gate has just stored for this action."""
    kept = Receipt.objects.filter(
        contact_id=reached.contact_id, channel=reached.channel, action=action, at=at, user_id=by.user_id
    )
    return kept.order_by("-pk").values_list("pk", flat=True).first()


def dialler_of(by: Actor) -> Sender | None:
    """The number of a provider that this user's calls go from; None where they dial themselves."""
    numbers = Sender.objects.filter(channel=Channel.CALL, is_active=True, gateway=GatewayKind.TWILIO)
    own = numbers.filter(user=by.user_id).order_by("-is_default", "pk").first()
    return own or numbers.filter(is_default=True).first()


def _target(asked: StartCall, *, at: datetime, by: Actor) -> CallTarget | None:
    if asked.target_id is None:
        return None
    target = taking.lock(asked.target_id, by=by, at=at)
    if asked.contact_id not in (None, target.contact_id):
        raise InvalidData("The target is another person.", fields={"contactId": "leave it out"})
    if target.state != TargetState.TAKEN:
        raise NotInQueue("Take them first, so that nobody else calls at the same moment.")
    if target.taken_by_id != by.user_id:
        if not asked.take_over:
            raise TargetTaken("Somebody else is calling them. Take another one, or let a manager take over.")
        taking.check_may_take_over(by)
    if not taking.is_leased(target, at=at) and (candidate := queue.one(target.pk, by=by, at=at)) is not None:
        taking.check_called_once(candidate, at=at, by=by)
    return target


def _check_not_held(reached: Recipient, target: CallTarget, *, at: datetime) -> None:
    held = holds.covering(
        channel=Channel.CALL.value,
        states=reached.states,
        sequence_id=None,
        call_campaign_id=target.campaign_id,
        sender_id=None,
        at=at,
    )
    if held:
        raise NotNow(f"Calls are held: {held[0].reason}", fields={"rule": "held", "sentence": held[0].reason})


def _draft(call: Call, asked: StartCall, dialler: Sender, *, at: datetime, by: Actor) -> Draft:
    enrolled = Enrolment.objects.filter(pk=call.enrolment_id).first() if call.enrolment_id else None
    return Draft(
        dedupe_key=f"call:{call.pk}",
        channel=Channel.CALL,
        address=call.number,
        text="",
        contact_id=call.contact_id,
        account_id=call.account_id,
        sender_id=dialler.pk,
        user_id=by.user_id,
        enrolment_id=call.enrolment_id,
        sequence_id=enrolled.sequence_id if enrolled else None,
        version_number=enrolled.version_number if enrolled else None,
        step_key=call.step_key,
        call_campaign_id=call.campaign_id,
        headers={AGENT_NUMBER: _agent_number(asked, by=by)},
        due_at=at,
        not_after=at + outbox.RINGS_WITHIN,
    )


def _agent_number(asked: StartCall, *, by: Actor) -> str:
    """The telephone that rings first: the one named, or the one of the call before."""
    if asked.my_number:
        number = telephone(asked.my_number).number
        if number:
            return number
        raise InvalidData("This is no telephone number.", fields={"myNumber": "for example +1 214 555 0100"})
    before = Message.objects.filter(channel=Channel.CALL, user=by.user_id).order_by("-created_at").first()
    known = str(before.headers.get(AGENT_NUMBER, "")) if before else ""
    if not known:
        said = "Which telephone shall ring first? It is remembered."
        raise InvalidData(said, fields={"myNumber": "your own number, for example +1 214 555 0100"})
    return known
