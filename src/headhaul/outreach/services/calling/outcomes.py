"""How a call ended, and everything that follows from it, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from headhaul.activities.choices import ActivityType, Direction, Outcome
from headhaul.activities.models import Activity
from headhaul.activities.services.logging import log
from headhaul.compliance.judging.recording import may_record, recording_rule
from headhaul.kernel import Actor, Conflict, NotFound
from headhaul.outreach.choices import Disposition, TargetState
from headhaul.outreach.models import Call, CallTarget
from headhaul.outreach.schemas.calls import LogCallOutcome
from headhaul.outreach.selectors.calls import calls
from headhaul.outreach.services.calling import following, timing
from headhaul.outreach.services.calling.campaigns import USUAL

OUTCOMES: dict[Disposition, Outcome | None] = {
    Disposition.CONNECTED: Outcome.CONNECTED,
    Disposition.VOICEMAIL: Outcome.VOICEMAIL,
    Disposition.NO_ANSWER: Outcome.NO_ANSWER,
    Disposition.BUSY: Outcome.NO_ANSWER,
    Disposition.GATEKEEPER: Outcome.GATEKEEPER,
    Disposition.WRONG_NUMBER: Outcome.WRONG_NUMBER,
    Disposition.CALLBACK: Outcome.CALLBACK,
    Disposition.NOT_INTERESTED: Outcome.NOT_INTERESTED,
    Disposition.MEETING_SET: Outcome.INTERESTED,
    Disposition.DNC: Outcome.DO_NOT_CONTACT,
    Disposition.FAILED: None,
}
"""As the timeline says it."""
TRIED_AGAIN = frozenset(
    {Disposition.VOICEMAIL, Disposition.NO_ANSWER, Disposition.BUSY, Disposition.GATEKEEPER, Disposition.FAILED}
)
LASTING = frozenset({Disposition.WRONG_NUMBER, Disposition.NOT_INTERESTED, Disposition.MEETING_SET, Disposition.DNC})
"""What others have acted upon since: it is corrected by what is noted next, not taken back."""


class OutcomeStands(Conflict):
    """Something followed from the outcome that is there."""

    code = "outcome_stands"


class NoConsentToRecord(Conflict):
    """A recording without what the law asks for."""

    code = "no_consent_to_record"


@dataclass(slots=True)
class Logged:
    """The call as it is now, what it was before, and what followed, in sentences."""

    call: Call
    was: str
    followed: list[str] = field(default_factory=list)


def log_outcome(*, asked: LogCallOutcome, at: datetime, by: Actor, door: str) -> Logged:
    """Note how it ended. What was said on the telephone holds at once: a no reaches the lists in the same breath."""
    call = lock(asked.call_id, by=by)
    was = call.disposition
    if was and Disposition(was) in LASTING and asked.disposition != was:
        raise OutcomeStands(
            f"“{was.replace('_', ' ')}” was noted, and others act on it already. Log a new call for what changed.",
            fields={"disposition": was},
        )
    callback_at = timing.callback(call, asked, at=at)
    meeting_at = timing.meeting(call, asked, at=at)
    _record(call, asked)
    call.disposition, call.notes = asked.disposition, asked.notes
    call.callback_at = callback_at
    if asked.seconds is not None:
        call.seconds = asked.seconds
    call.ended_at = call.ended_at or max(at, call.started_at)
    call.updated_at = at
    call.activity_id = _write_down(call, at=at, by=by, door=door)
    call.save()
    logged = Logged(call, was)
    _put_back(call, at=at)
    if asked.disposition != was:
        following.follow(call, meeting_at=meeting_at, told=logged.followed, at=at, by=by, door=door)
    has_task = following.promise(call, at=at, by=by, door=door)
    if callback_at is not None:
        reminds = " A task reminds you then." if has_task else ""
        logged.followed.append(f"Call back {timing.in_words(call, callback_at)}.{reminds}")
    return logged


def clear(*, call_id: int, at: datetime, by: Actor) -> Call:
    """Take the outcome off a call, and its line off the timeline. What others have acted upon stays."""
    call = lock(call_id, by=by)
    if not call.disposition:
        return call
    if Disposition(call.disposition) in LASTING:
        raise OutcomeStands("Others have acted on this outcome already. Log a new call for what changed.")
    if call.activity_id is not None:
        Activity.objects.filter(pk=call.activity_id).delete()
    call.disposition, call.notes, call.callback_at, call.activity_id = "", "", None, None
    call.updated_at = at
    call.save(update_fields=["disposition", "notes", "callback_at", "activity_id", "updated_at"])
    following.promise(call, at=at, by=by, door="")
    target = _target(call)
    if target is not None:
        target.tries = target.calls.exclude(disposition="").count()
        target.state, target.due_at, target.last_disposition = TargetState.QUEUED, at, ""
        target.updated_at = at
        target.save(update_fields=["tries", "state", "due_at", "last_disposition", "updated_at"])
    return call


def remove(*, call_id: int, by: Actor) -> None:
    """Take away a call that was noted by hand, outside of any campaign, and that nobody acted upon."""
    call = lock(call_id, by=by)
    if call.message_id is not None or call.target_id is not None:
        raise OutcomeStands("This call was made from here; its outcome can be corrected, the call stays.")
    if call.disposition and Disposition(call.disposition) in LASTING:
        raise OutcomeStands("Others have acted on this outcome already. Log a new call for what changed.")
    if call.activity_id is not None:
        Activity.objects.filter(pk=call.activity_id).delete()
    call.callback_at = None
    following.promise(call, at=call.updated_at, by=by, door="")
    call.delete()


def lock(call_id: int, *, by: Actor) -> Call:
    """A call that this actor sees, held until the transaction ends."""
    found = Call.objects.select_for_update(of=("self",)).filter(pk=call_id).first()
    if found is None or not calls.is_seen(found, by=by):
        raise NotFound(f"There is no call {call_id}.", fields={"callId": "one of getCalls"})
    return found


def _record(call: Call, asked: LogCallOutcome) -> None:
    """Keep the address of a recording only with what its states ask for; the transcript comes from one, too."""
    if asked.transcript:
        call.transcript = asked.transcript
    if not asked.recording_url:
        return
    states, given = calls.states_of(call), asked.recording_consent
    if not may_record(states, announced=given.announced, agreed=given.agreed):
        rule = recording_rule(states)
        raise NoConsentToRecord(
            f"{rule.sentence} This recording cannot be kept.",
            fields={"recordingConsent": "announced" + (" and agreed" if rule.needs_consent else "")},
        )
    call.recording_url = asked.recording_url
    call.recording_consent = {**given.model_dump(), "states": list(states), "rule": recording_rule(states).sentence}


def _write_down(call: Call, *, at: datetime, by: Actor, door: str) -> int | None:
    """One line on the timeline for each call, however often its outcome is corrected."""
    if call.account_id is None:
        return None
    outcome = str(OUTCOMES[Disposition(call.disposition)] or "")
    known = Activity.objects.filter(pk=call.activity_id).first() if call.activity_id else None
    if known is not None:
        known.outcome, known.body, known.duration_seconds = outcome, call.notes, call.seconds
        known.version += 1
        known.save(update_fields=["outcome", "body", "duration_seconds", "version"])
        return known.pk
    data: dict[str, Any] = {"callId": call.pk, "disposition": call.disposition, "receiptId": call.receipt_id}
    made = log(
        account_id=call.account_id,
        contact_id=call.contact_id,
        type=ActivityType.CALL,
        direction=Direction.OUT,
        outcome=outcome,
        body=call.notes,
        data=data,
        happened_at=call.started_at,
        duration_seconds=call.seconds,
        source=door,
        at=at,
        by=by,
    )
    return made.pk


def _put_back(call: Call, *, at: datetime) -> None:
    """The target waits for the next try or the call-back, or is done."""
    target = _target(call)
    if target is None:
        return
    options = USUAL | target.campaign.options
    target.tries = target.calls.exclude(disposition="").count()
    target.last_disposition = call.disposition
    target.taken_by = target.taken_until = None
    if call.disposition == Disposition.CALLBACK and call.callback_at is not None:
        target.state, target.due_at = TargetState.CALLBACK, call.callback_at
    elif call.disposition in TRIED_AGAIN and target.tries < options["tries"]:
        target.state, target.due_at = TargetState.QUEUED, at + timedelta(hours=options["hours_between"])
    else:
        target.state = TargetState.DONE
    target.updated_at = at
    target.save()


def _target(call: Call) -> CallTarget | None:
    if call.target_id is None:
        return None
    return (
        CallTarget.objects.select_for_update(of=("self",)).select_related("campaign").filter(pk=call.target_id).first()
    )
