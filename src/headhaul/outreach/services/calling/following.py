"""What follows from how a call ended: denials, wrong numbers, meetings, and the end of sequences."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from headhaul.accounts.choices import Validity
from headhaul.accounts.services import addresses, contacts
from headhaul.activities.choices import ActivityType, Priority
from headhaul.activities.models import Activity
from headhaul.activities.services.logging import log, strike
from headhaul.compliance.choices import ConsentChannel, Scope, SuppressionReason
from headhaul.compliance.services import suppression
from headhaul.compliance.services.suppression import Denial
from headhaul.kernel import Actor
from headhaul.outreach.choices import LIVE_ENROLMENTS, Disposition, EnrolmentState
from headhaul.outreach.models import Call, Enrolment
from headhaul.outreach.services import call_lists, outbox, stops
from headhaul.outreach.services.calling import timing

REFUSED = (ConsentChannel.SMS, ConsentChannel.CALL)
PROMISED = "call_back"  # how the task of a promised call-back is known


def follow(call: Call, *, meeting_at: datetime | None, told: list[str], at: datetime, by: Actor, door: str) -> None:
    """Do what this outcome asks for, and say it in sentences."""
    if call.disposition == Disposition.DNC:
        _deny(call, told, at=at, by=by)
    elif call.disposition == Disposition.WRONG_NUMBER:
        _mark_wrong(call, told, at=at, by=by)
    elif call.disposition == Disposition.MEETING_SET:
        _meet(call, meeting_at, told, at=at, by=by, door=door)
    elif call.disposition == Disposition.NOT_INTERESTED:
        _stop(call, EnrolmentState.STOPPED, "Not interested, said on the telephone", told, at=at)


def promise(call: Call, *, at: datetime, by: Actor, door: str) -> bool:
    """A call-back that no queue will bring up is a task for whoever promised it, due then and reminded of; whether.

    The task follows the call: it moves with the time, and goes with the promise. One that is done stays.
    """
    if call.account_id is None:
        return False
    due_at = call.callback_at if call.target_id is None else None
    tasks = Activity.objects.filter(account_id=call.account_id, type=ActivityType.TASK, completed_at=None)
    task = tasks.filter(data__callId=call.pk, data__task=PROMISED).select_for_update(of=("self",)).first()
    if due_at is None:
        if task is not None:
            strike(activity_id=task.pk)
        return False
    if task is None:
        log(
            type=ActivityType.TASK,
            subject=f"Call back {call.contact.name if call.contact else call.number}",
            owner_id=call.user_id,
            due_at=due_at,
            remind_at=due_at,
            priority=Priority.HIGH,
            data={"callId": call.pk, "task": PROMISED},
            account_id=call.account_id,
            contact_id=call.contact_id,
            source=door,
            at=at,
            by=by,
        )
    elif task.due_at != due_at:
        task.due_at, task.remind_at, task.reminded_at = due_at, due_at, None
        task.version += 1
        task.save(update_fields=["due_at", "remind_at", "reminded_at", "version"])
    return True


def _deny(call: Call, told: list[str], *, at: datetime, by: Actor) -> None:
    """They said never again: no text and no call to this number any more, nor to another one of theirs, from now on."""
    running = Enrolment.objects.filter(contact=call.contact_id, state__in=LIVE_ENROLMENTS).count()
    said = f"Call {call.pk} of {call.started_at.isoformat()}. {call.notes}".strip()
    person = [(Scope.CONTACT, str(call.contact_id))] if call.contact_id is not None else []
    denials = [
        Denial(scope, key, channel, SuppressionReason.DNC_REQUEST, "phone call", said)
        for channel in REFUSED
        for scope, key in ((Scope.ADDRESS, call.number), *person)
    ]
    suppression.add_many(denials=denials, at=at, by=by)
    for channel in REFUSED:
        outbox.cancel(address=call.number, channel=channel.value, reason="Asked not to be called again.", at=at)
    told.append(f"{call.number} gets no calls and no texts any more.")
    _stop(call, EnrolmentState.OPTED_OUT, "Asked not to be called again", told, at=at, ended_by_denial=running)


def _mark_wrong(call: Call, told: list[str], *, at: datetime, by: Actor) -> None:
    """The number is somebody else's: nobody is called or texted there, whoever has it noted."""
    contact = contacts.lock(call.contact_id, by=by) if call.contact_id is not None else None
    said = f"Call {call.pk} of {call.started_at.isoformat()}: a wrong number. {call.notes}".strip()
    denials = [
        Denial(Scope.ADDRESS, call.number, channel, SuppressionReason.REASSIGNED, "phone call", said)
        for channel in REFUSED
    ]
    suppression.add_many(denials=denials, at=at, by=by)
    why = "It is a wrong number."
    for channel in REFUSED:
        outbox.cancel(address=call.number, channel=channel.value, reason=why, code="wrong_number", at=at)
    if contact is not None:
        phones = [
            line | ({"validity": Validity.INVALID.value, "validity_at": at} if line["number"] == call.number else {})
            for line in addresses.of_contact(contact.pk)["phones"]
        ]
        contacts.update(contact=contact, values={"phones": phones}, at=at, by=by, source="call")
    told.append(f"{call.number} is marked as wrong, and gets no calls and no texts any more.")


def _meet(call: Call, meeting_at: datetime | None, told: list[str], *, at: datetime, by: Actor, door: str) -> None:
    """A meeting on the timeline, a task for its time, and no more automatic messages."""
    if call.account_id is not None:
        when = f" for {timing.in_words(call, meeting_at)}" if meeting_at else ""
        data = {"callId": call.pk} | ({"meetingAt": meeting_at.isoformat()} if meeting_at else {})
        of_call: dict[str, Any] = {
            "account_id": call.account_id,
            "contact_id": call.contact_id,
            "source": door,
            "at": at,
            "by": by,
        }
        log(type=ActivityType.MEETING, subject=f"Meeting agreed on the telephone{when}", data=data, **of_call)
        if meeting_at is not None:
            who = call.contact.name if call.contact else call.number
            log(
                type=ActivityType.TASK,
                subject=f"Meeting with {who}",
                due_at=meeting_at,
                priority=Priority.HIGH,
                data={"callId": call.pk},
                **of_call,
            )
        told.append(f"A meeting stands on the timeline{when}.")
    _stop(call, EnrolmentState.MEETING, "A meeting was agreed on the telephone", told, at=at)


def _stop(
    call: Call, reason: EnrolmentState, why: str, told: list[str], *, at: datetime, ended_by_denial: int = 0
) -> None:
    if call.contact_id is None:
        return
    stopped = stops.stop_contact(contact_id=call.contact_id, reason=reason, why=why, at=at) or ended_by_denial
    if stopped:
        told.append("Their sequence is stopped." if stopped == 1 else f"{stopped} sequences are stopped.")
    call_lists.call_off(contact_id=call.contact_id, at=at)
