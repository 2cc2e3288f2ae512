"""Pausing, resuming and stopping enrolments by hand, each with what waits in the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from headhaul.accounts.models import Account
from headhaul.kernel import Actor, InvalidData, NotFound
from headhaul.outreach.choices import LIVE_ENROLMENTS, ChangeKind, EnrolmentState
from headhaul.outreach.models import Enrolment, EnrolmentBefore, EnrolmentChange
from headhaul.outreach.schemas.enrolments import ChosenEnrolments
from headhaul.outreach.selectors import candidates, plans, scheduling
from headhaul.outreach.services import call_lists, outbox

RUNNING = tuple(sorted(str(state) for state in LIVE_ENROLMENTS - {EnrolmentState.PAUSED}))
_BACK = (EnrolmentState.PAUSED, EnrolmentState.STOPPED)


@dataclass(frozen=True, slots=True)
class Changed:
    """Which changed, how many did not, and how many messages were called off."""

    ids: list[int]
    unchanged: int
    cancelled: int = 0


def pause(*, asked: ChosenEnrolments, at: datetime, by: Actor) -> Changed:
    """Hold them where they are, and call off what waits in the outbox."""
    found = list(_chosen(asked, by=by))
    running = [row for row in found if row.state in RUNNING]
    why = asked.reason or "Paused by hand."
    cancelled = _move(running, EnrolmentState.PAUSED, ChangeKind.PAUSED, why, at=at, by=by)
    return Changed([row.pk for row in running], len(found) - len(running), cancelled)


def pause_contact(*, contact_id: int, why: str, at: datetime) -> int:
    """Hold every sequence of a contact where it is, until a person resumes it; how many."""
    found = Enrolment.objects.select_for_update(of=("self",), no_key=True).filter(contact=contact_id)
    running = list(found.filter(state__in=RUNNING).order_by("pk"))
    _move(running, EnrolmentState.PAUSED, ChangeKind.PAUSED, why, at=at, by=None)
    # One that a later undo puts back is paused too.
    EnrolmentBefore.objects.filter(enrolment__contact=contact_id, returned_by="").update(
        state=EnrolmentState.PAUSED, held_rule="", held_reason=""
    )
    return len(running)


def stop(*, asked: ChosenEnrolments, at: datetime, by: Actor) -> Changed:
    """End them, and call off what waits in the outbox."""
    found = list(_chosen(asked, by=by))
    live = [row for row in found if row.state in LIVE_ENROLMENTS]
    EnrolmentBefore.objects.filter(enrolment__in=found).delete()  # nothing brings them back but a person
    why = asked.reason or "Stopped by hand."
    cancelled = _move(live, EnrolmentState.STOPPED, ChangeKind.ENDED, why, at=at, by=by)
    return Changed([row.pk for row in live], len(found) - len(live), cancelled)


def resume(*, asked: ChosenEnrolments, at: datetime, by: Actor) -> Changed:
    """Let them go on with the step they stood before. Who replied, opted out or bounced stays ended."""
    found = list(_chosen(asked, by=by))
    asleep = [row for row in found if row.state in _BACK and row.step_key and not is_in_again(row)]
    EnrolmentBefore.objects.filter(enrolment__in=asleep).delete()
    for row in asleep:
        before, row.state = row.state, EnrolmentState.WAITING
        row.next_at, row.ended_at, row.ended_reason = _due(row, at=at, by=by), None, ""
        row.held_rule = row.held_reason = ""
        row.updated_at = at
        row.save()
        note(row, ChangeKind.RESUMED, asked.reason or "Goes on.", before=before, at=at, by=by)
    return Changed([row.pk for row in asleep], len(found) - len(asleep))


def note(
    row: Enrolment, kind: ChangeKind, reason: str, *, before: str, at: datetime, by: Actor | None = None, key: str = ""
) -> EnrolmentChange:
    """A line in the enrolment's history."""
    return EnrolmentChange.objects.create(
        enrolment=row,
        kind=kind,
        from_state=before,
        to_state=row.state,
        step_key=key or row.step_key,
        reason=reason,
        at=at,
        by_id=by.user_id if by else None,
    )


def _move(
    rows: Sequence[Enrolment], to: EnrolmentState, kind: ChangeKind, why: str, *, at: datetime, by: Actor | None
) -> int:
    cancelled = 0
    for row in rows:
        before, row.state, row.updated_at = row.state, to, at
        row.held_rule = row.held_reason = ""
        if to is EnrolmentState.STOPPED:
            row.ended_at, row.ended_reason, row.next_at = at, why, None
        row.save()
        note(row, kind, why, before=before, at=at, by=by)
        cancelled += outbox.cancel(enrolment_id=row.pk, reason=why, at=at)
        call_lists.call_off(contact_id=row.contact_id, enrolment_id=row.pk, at=at)
    return cancelled


def _due(row: Enrolment, *, at: datetime, by: Actor) -> datetime:
    """When the step they stand before may go: as planned, or as soon as its hours allow."""
    plan = plans.load(row.sequence_id, row.version_number)
    step = plan.step(row.step_key) or plan.steps[0]
    zones = candidates.zones_of(row.contact_id)
    soonest = scheduling.due(step.model_copy(update={"delay": type(step.delay)()}), plan, zones, since=at)
    return max(row.next_at, soonest) if row.next_at is not None else soonest


def is_in_again(row: Enrolment) -> bool:
    """Whether the contact is in the same sequence by another, later enrolment."""
    others = Enrolment.objects.filter(sequence=row.sequence_id, contact=row.contact_id).exclude(pk=row.pk)
    return others.filter(state__in=sorted(LIVE_ENROLMENTS)).exists()


def _chosen(asked: ChosenEnrolments, *, by: Actor) -> QuerySet[Enrolment]:
    """The enrolments that are meant and whose accounts the actor sees, held until the transaction ends."""
    named = {
        "pk__in": asked.enrolment_ids,
        "contact": asked.contact_id,
        "account": asked.account_id,
        "batch_id": asked.batch_id,
    }
    given = {name: value for name, value in named.items() if value is not None}
    if not given:
        raise InvalidData("Say which enrolments.", fields={"enrolmentIds": "or a contact, an account or a batch"})
    if asked.sequence_id is not None:
        given["sequence"] = asked.sequence_id
    rows = Enrolment.objects.select_for_update(of=("self",)).filter(**given)
    rows = rows.filter(account__in=Account.objects.visible_to(by)).order_by("pk")
    if not rows:
        raise NotFound("There is no such enrolment.", fields={"enrolmentIds": "see getEnrollments"})
    return rows
