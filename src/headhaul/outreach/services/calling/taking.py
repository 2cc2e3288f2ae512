"""Who calls whom: a target is one rep's until it is released, called, or its lease is over."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from django.db import connection

from headhaul.compliance.choices import Outcome
from headhaul.kernel import Actor, ComplianceRefused, Conflict, Forbidden, NotFound, Recipient, Role
from headhaul.outreach.choices import CampaignState, Disposition, TargetState
from headhaul.outreach.models import CallCampaign, CallTarget
from headhaul.outreach.selectors.calls import queue, waiting
from headhaul.outreach.selectors.calls.leases import Lease, Leases
from headhaul.outreach.selectors.calls.queue import Candidate

LEASE = timedelta(minutes=30)
SOONEST = 20  # of those who are due later, to say when the next one may be called
_ONE_BY_ONE = "select pg_advisory_xact_lock(hashtextextended('outreach_calltarget.taken', 4711))"


class TargetTaken(Conflict):
    """Somebody else is about to call them."""

    code = "target_taken"


class NotInQueue(Conflict):
    """They are not to be called any more, or the campaign hands out no calls."""

    code = "not_in_queue"


class NobodyToCall(NotFound):
    """Nobody is left whom one may call now."""

    code = "nobody_to_call"


class NotNow(ComplianceRefused):
    """A rule says not now, or never."""


def take(*, target_id: int | None, call_campaign_id: int | None, at: datetime, by: Actor) -> CallTarget:
    """Take the one named, or the next one that may be called. Two reps never get the same one."""
    if target_id is not None:
        return _take_this(target_id, at=at, by=by)
    narrowed = queue.open_to(by=by, call_campaign_id=call_campaign_id, at=at)
    everybody = waiting.load(narrowed, at=at)
    looked = queue.Found(reasons=Counter(everybody.reasons))
    for candidate in queue.walked(everybody, by=by, call_campaign_id=call_campaign_id, at=at):
        looked.add(candidate, at=at)
        if candidate.opens_at is None or candidate.opens_at > at:
            continue
        known = queue.judge(candidate, by=by, at=at)  # alone, by what holds at this very moment
        if known.opens_at is None or known.opens_at > at:
            continue
        if target := _lock_free(known, at=at):
            return _give(target, at=at, by=by)
    raise _nobody(looked, everybody, at=at)


def _nobody(looked: queue.Found, everybody: waiting.Waiting, *, at: datetime) -> NobodyToCall:
    looked.end(everybody)
    others = [*looked.later, *queue.some_of(everybody.later[:SOONEST], at=at)]
    soonest = min((one.opens_at for one in others if one.opens_at is not None), default=None)
    why = waiting.in_words(waiting.told(looked.reasons, looked.sentences))
    if soonest is None:
        return NobodyToCall(f"Nobody is left to be called here.{why or ' Add targets, or open another campaign.'}")
    said = f"Nobody in the queue may be called now.{why}"
    return NobodyToCall(f"{said} The next one may be from {soonest.isoformat()}.", fields={"next": soonest.isoformat()})


def release(*, target_id: int, skip: bool, at: datetime, by: Actor) -> tuple[CallTarget, TargetState]:
    """Give a target back into the queue, or leave it out for good; how it stood before."""
    target = lock(target_id, by=by, at=at)
    before = TargetState(target.state)
    if before is TargetState.TAKEN and is_leased(target, at=at) and target.taken_by_id != by.user_id:
        raise TargetTaken("Somebody else is calling them. Only they can give them back.")
    if before is TargetState.DONE:
        raise NotInQueue("They were called already.")
    target.state = TargetState.SKIPPED if skip else waiting_state(target)
    target.taken_by = target.taken_until = None
    target.updated_at = at
    target.save(update_fields=["state", "taken_by", "taken_until", "updated_at"])
    return target, before


def lock(target_id: int, *, by: Actor, at: datetime) -> CallTarget:
    """A target whose account this actor sees, held until the transaction ends."""
    found = CallTarget.objects.select_for_update(of=("self",)).filter(pk=target_id).first()
    if found is None or queue.one(target_id, by=by, at=at) is None:
        raise NotFound(f"There is no call target {target_id}.", fields={"targetId": "one of getCallQueue"})
    return found


def waiting_state(target: CallTarget) -> TargetState:
    """How it stands in the queue when nobody has it."""
    return TargetState.CALLBACK if target.last_disposition == Disposition.CALLBACK else TargetState.QUEUED


def check_may_be_called(candidate: Candidate, *, at: datetime) -> None:
    """Raise NotNow with the rule and the next possibility unless everything allows a call now."""
    if candidate.opens_at is not None and candidate.opens_at <= at:
        return
    verdict = candidate.verdict
    if verdict is None or not verdict.reasons or verdict.outcome is Outcome.ALLOW:
        due = candidate.row["due_at"]
        raise NotNow(
            f"They are to be called from {due.isoformat()}.",
            fields={"rule": "not_due", "sentence": "It is too early.", "nextAllowedAt": due.isoformat()},
        )
    first = verdict.reasons[0]
    fields = {"rule": first.rule, "sentence": first.sentence}
    later = ""
    if candidate.opens_at is not None:
        fields["nextAllowedAt"] = candidate.opens_at.isoformat()
        later = f" Possible from {candidate.opens_at.isoformat()}."
    raise NotNow(f"{first.sentence}{later}", fields=fields)


def _take_this(target_id: int, *, at: datetime, by: Actor) -> CallTarget:
    target = lock(target_id, by=by, at=at)
    if target.state == TargetState.TAKEN and is_leased(target, at=at) and target.taken_by_id != by.user_id:
        raise TargetTaken("Somebody else is calling them at this moment. Take another one.")
    if target.state in (TargetState.DONE, TargetState.SKIPPED):
        raise NotInQueue("They are not to be called any more.")
    if CallCampaign.objects.get(pk=target.campaign_id).state != CampaignState.ACTIVE:
        raise NotInQueue("This campaign hands out no calls. Open it first.")
    candidate = queue.one(target_id, by=by, at=at)
    if candidate is not None:
        check_called_once(candidate, at=at, by=by)
        check_may_be_called(candidate, at=at)
    return _give(target, at=at, by=by)


def check_called_once(candidate: Candidate, *, at: datetime, by: Actor) -> None:
    """Raise TargetTaken when the same person or number is being called from another entry, of whatever campaign."""
    lease = _elsewhere(candidate, at=at)
    if lease is None:
        return
    if lease.taken_by_id == by.user_id:
        raise TargetTaken(f"You have taken them already, in {lease.campaign}. Call them from there, or give them back.")
    raise TargetTaken(f"Somebody else is calling them at this moment, in {lease.campaign}. Take another one.")


def leased(*, contact_id: int | None, number: str, at: datetime, target_id: int | None = None) -> Lease | None:
    """By which entry, other than `target_id`, this person or number is being called. From here to its end one
    transaction at a time takes somebody.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ONE_BY_ONE)
    return Leases.at(at).elsewhere(target_id=target_id, contact_id=contact_id or 0, number=number)


def check_nobody_else(reached: Recipient, *, may_take_over: bool, at: datetime, by: Actor) -> Lease | None:
    """For a call past the queue: the entry by which another rep is calling them, if the actor takes them over.

    Raises TargetTaken with who it is and until when, unless `may_take_over`; that is for managers.
    """
    lease = leased(contact_id=reached.contact_id, number=reached.address, at=at)
    if lease is None or lease.taken_by_id == by.user_id:
        return None
    if not may_take_over:
        raise taken_by(lease)
    check_may_take_over(by)
    return lease


def check_may_take_over(by: Actor) -> None:
    """Raise Forbidden unless the actor manages."""
    if by.role is None or not by.role.allows(Role.MANAGER):
        raise Forbidden("Only a manager takes over a call from somebody else.")


def taken_by(lease: Lease) -> TargetTaken:
    """Who is at it."""
    said = f"{lease.by or 'Somebody else'} has taken them to call, in {lease.campaign}."
    until = lease.taken_until.isoformat()
    return TargetTaken(
        f"{said} Ask them, or wait until {until}. A manager can take over (takeOver).",
        fields={"takenBy": lease.by, "campaign": lease.campaign, "until": until, "takeOver": "for managers"},
    )


def take_over(lease: Lease, *, contact_id: int | None, at: datetime, by: Actor) -> CallTarget | None:
    """The entry is the actor's now, if it is of this person; that of another one at the same number waits again."""
    target = CallTarget.objects.select_for_update(of=("self",)).get(pk=lease.id)
    if target.contact_id == contact_id:
        return _give(target, at=at, by=by)
    target.state, target.taken_by, target.taken_until, target.updated_at = waiting_state(target), None, None, at
    target.save(update_fields=["state", "taken_by", "taken_until", "updated_at"])
    return None


def _elsewhere(candidate: Candidate, *, at: datetime) -> Lease | None:
    row = candidate.row
    number = candidate.recipient.address
    return leased(contact_id=row["contact_id"], number=number, at=at, target_id=row["target_id"])


def _lock_free(candidate: Candidate, *, at: datetime) -> CallTarget | None:
    """The target, if nobody else is at it, or at the same person, at this moment."""
    found = CallTarget.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=candidate.row["target_id"])
    target = found.first()
    if target is None or target.state in (TargetState.DONE, TargetState.SKIPPED):
        return None
    if target.state == TargetState.TAKEN and is_leased(target, at=at):
        return None
    return None if _elsewhere(candidate, at=at) else target


def _give(target: CallTarget, *, at: datetime, by: Actor) -> CallTarget:
    target.state, target.taken_by_id, target.taken_until = TargetState.TAKEN, by.user_id, at + LEASE
    target.updated_at = at
    target.save(update_fields=["state", "taken_by", "taken_until", "updated_at"])
    return target


def is_leased(target: CallTarget, *, at: datetime) -> bool:
    """Whether whoever took it last has it still."""
    return target.taken_until is not None and target.taken_until > at
