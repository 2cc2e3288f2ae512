"""Taking people off the lists of calls, whoever put them there."""

from __future__ import annotations

from datetime import datetime

from headhaul.outreach.choices import TargetState
from headhaul.outreach.models import CallTarget


def call_off(*, contact_id: int, at: datetime, enrolment_id: int | None = None) -> int:
    """Take somebody out of all queues, or out of those an enrolment put them into; how many. Calls begun go on.

    A call-back was promised by a person: no sequence takes it back, however it ends.
    """
    waiting = CallTarget.objects.filter(contact_id=contact_id, state__in=[TargetState.QUEUED, TargetState.CALLBACK])
    if enrolment_id is not None:
        waiting = waiting.filter(enrolment_id=enrolment_id, state=TargetState.QUEUED)
    return waiting.update(state=TargetState.SKIPPED, updated_at=at)


def ask_again(*, enrolment_id: int, step_key: str, called_off_at: datetime, at: datetime) -> int:
    """Put back into the queue what a step had asked for and was called off at that moment; how many."""
    called_off = CallTarget.objects.filter(
        enrolment_id=enrolment_id, step_key=step_key, state=TargetState.SKIPPED, updated_at=called_off_at
    )
    return called_off.update(state=TargetState.QUEUED, updated_at=at)
