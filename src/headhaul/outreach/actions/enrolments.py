"""What can be done with who is in a sequence."""

from __future__ import annotations

from typing import Any

from headhaul.kernel import Call, Role, action
from headhaul.outreach.choices import SkipReason
from headhaul.outreach.schemas import enrolments as schemas
from headhaul.outreach.selectors import chosen as choosing
from headhaul.outreach.selectors import enrolments as reading
from headhaul.outreach.services import enrolling, holding

SHOWN = 1_000


def _of_sequence(given: Any, answer: Any) -> tuple[str, str]:
    return "sequence", str(given.sequence_id)


def _of_enrolments(given: Any, answer: Any) -> tuple[str, str]:
    ids = getattr(answer, "enrolment_ids", None) or given.enrolment_ids or []
    return "enrolment", str(ids[0] if len(ids) == 1 else given.batch_id or "")


@action("getEnrollments", reply="enrollmentsLoaded", role=Role.VIEWER)
def get_enrollments(call: Call, data: schemas.GetEnrollments) -> schemas.EnrolmentsPage:
    """Who is in sequences, newest first: where they stand, what comes next and when, and which rule holds it."""
    return reading.enrolments_page(asked=data, by=call.actor, at=call.at)


@action(
    "enrollContacts",
    reply="contactsEnrolled",
    role=Role.REP,
    writes=True,
    target=_of_sequence,
    undo="stopEnrollment",
)
def enroll_contacts(call: Call, data: schemas.EnrollContacts) -> schemas.Enrolled:
    """Enrol people in a sequence. Each is enrolled or skipped with the reason; nobody is in it twice at once."""
    meant = choosing.chosen(data, at=call.at, by=call.actor)
    outcome = enrolling.enrol(
        sequence_id=data.sequence_id,
        contact_ids=meant.contact_ids,
        at=call.at,
        by=call.actor,
        source=meant.source if call.actor.user_id is not None else call.actor.name or meant.source,
        again=data.again,
        dry_run=data.dry_run,
        start_at=data.start_at,
        owner_id=data.owner_id,
    )
    if outcome.made:
        call.undo_with("stopEnrollment", {"batchId": outcome.batch_id, "reason": "Enrolling was taken back."})
    return _told(outcome, meant, data)


@action(
    "pauseEnrollment",
    reply="enrollmentPaused",
    role=Role.REP,
    writes=True,
    target=_of_enrolments,
    undo="resumeEnrollment",
)
def pause_enrollment(call: Call, data: schemas.PauseEnrollment) -> schemas.EnrolmentsChanged:
    """Hold people where they are in a sequence. What waits in the outbox for them is called off."""
    changed = holding.pause(asked=data, at=call.at, by=call.actor)
    if changed.ids:
        call.undo_with("resumeEnrollment", {"enrolmentIds": changed.ids[:10_000]})
    return _changed(changed)


@action(
    "resumeEnrollment",
    reply="enrollmentResumed",
    role=Role.REP,
    writes=True,
    target=_of_enrolments,
    undo="pauseEnrollment",
)
def resume_enrollment(call: Call, data: schemas.ResumeEnrollment) -> schemas.EnrolmentsChanged:
    """Let people go on with the step they stood before. Who replied, opted out or bounced stays out."""
    changed = holding.resume(asked=data, at=call.at, by=call.actor)
    if changed.ids:
        call.undo_with("pauseEnrollment", {"enrolmentIds": changed.ids[:10_000]})
    return _changed(changed)


@action(
    "stopEnrollment",
    reply="enrollmentStopped",
    role=Role.REP,
    writes=True,
    target=_of_enrolments,
    undo="resumeEnrollment",
)
def stop_enrollment(call: Call, data: schemas.StopEnrollment) -> schemas.EnrolmentsChanged:
    """End sequences for people. What waits in the outbox for them is called off; what has left stays sent."""
    changed = holding.stop(asked=data, at=call.at, by=call.actor)
    if changed.ids:
        call.undo_with("resumeEnrollment", {"enrolmentIds": changed.ids[:10_000]})
    return _changed(changed)


def _changed(changed: holding.Changed) -> schemas.EnrolmentsChanged:
    return schemas.EnrolmentsChanged(
        changed=len(changed.ids),
        unchanged=changed.unchanged,
        cancelled=changed.cancelled,
        enrolment_ids=changed.ids[:SHOWN],
    )


def _told(outcome: enrolling.Outcome, meant: choosing.Chosen, data: schemas.EnrollContacts) -> schemas.Enrolled:
    skipped = outcome.skipped_by | ({SkipReason.NOBODY: meant.without_anybody} if meant.without_anybody else {})
    results = [
        schemas.EnrolmentResult(
            contact_id=one.contact_id,
            account_id=one.account_id,
            name=one.name,
            is_enrolled=one.reason is None,
            reason=one.reason,
            sentence=one.reason.sentence if one.reason else "",
            enrolment_id=outcome.made.get(one.contact_id),
            next_at=outcome.due.get(one.contact_id) if one.reason is None else None,
        )
        for one in outcome.candidates[:SHOWN]
    ]
    gone = SkipReason.NOT_FOUND
    results += [
        schemas.EnrolmentResult(contact_id=key, is_enrolled=False, reason=gone, sentence=gone.sentence)
        for key in outcome.missing[: SHOWN - len(results)]
    ]
    return schemas.Enrolled(
        sequence_id=outcome.plan.sequence_id,
        number=outcome.plan.number,
        batch_id=outcome.batch_id,
        is_dry_run=data.dry_run,
        matched=len(outcome.candidates) + len(outcome.missing),
        enrolled=outcome.enrolled,
        skipped=sum(skipped.values()),
        skipped_by=skipped,
        results=results,
        first_at=min(outcome.due.values(), default=None),
        warnings=_warnings(outcome),
    )


def _warnings(outcome: enrolling.Outcome) -> list[str]:
    found = []
    for channel in outcome.plan.channels:
        without = sum(one.reason is None and channel not in one.channels for one in outcome.candidates)
        if without:
            found.append(f"{without:,} cannot be reached by {channel.label.lower()} now; they skip those steps.")
    return found
