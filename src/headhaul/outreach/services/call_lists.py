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
