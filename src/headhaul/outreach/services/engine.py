"""The clockwork of sequences: whoever is due takes one step. Any number of workers may turn it, and be killed.

Each enrolment is moved in a transaction of its own: the person and the enrolment locked (whoever finds them locked
passes by), the message of the step planned under a key of its own, and the next moment written down with it. So a step
is neither lost nor taken twice; what became of a message is read from the message itself. A step that waits for its
message is looked at again when that was due; the step after it counts from when it really left.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from headhaul.accounts.models import Contact
from headhaul.accounts.selectors.pages import fetch
from headhaul.kernel import AppError
from headhaul.outreach.choices import EnrolmentState, StepKind
from headhaul.outreach.models import Enrolment
from headhaul.outreach.services import steps_of
from headhaul.outreach.services.room import Room
from headhaul.outreach.services.stepping import Step

log = logging.getLogger(__name__)

BATCH = 100
AFTER_A_FAULT = timedelta(hours=1)
_DUE = """
select e.id, e.contact_id from outreach_enrolment e join outreach_sequence s on s.id = e.sequence_id
where e.state in ('active', 'waiting', 'held') and e.next_at <= %s and s.state = 'active' and not e.id = any(%s)
order by e.next_at, e.id limit %s
"""


@dataclass(slots=True)
class Advanced:
    """What a run did, by what became of each."""

    done: dict[str, int] = field(default_factory=dict)

    def count(self, how: str) -> None:
        """One more."""
        self.done[how] = self.done.get(how, 0) + 1

    @property
    def total(self) -> int:
        """How many steps were taken."""
        return sum(self.done.values())

    def __getitem__(self, how: str) -> int:
        return self.done.get(how, 0)


def advance_due(*, at: datetime, limit: int = 1_000) -> Advanced:
    """Let up to `limit` steps be taken that are due at this moment."""
    advanced, room = Advanced(), Room(at)
    passed: set[int] = set()
    while advanced.total < limit:
        due = fetch(_DUE, [at, sorted(passed), min(BATCH, limit - advanced.total)])
        if not due:
            break
        for row in due:
            how = _advance(row["id"], row["contact_id"], room, at=at)
            if how:
                advanced.count(how)
            else:
                passed.add(row["id"])  # somebody else has it
    return advanced


def _advance(enrolment_id: int, contact_id: int, room: Room, *, at: datetime) -> str:
    """One step of one enrolment; what became of it, or "" when somebody else is at it."""
    try:
        with transaction.atomic():
            if not Contact.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=contact_id).exists():
                return ""
            row = _held(enrolment_id, at=at)
            return _take(Step(row, room, at)) if row is not None else ""
    except AppError as fault:
        log.warning("enrolment %s: %s", enrolment_id, fault.message)
        return _put_off(enrolment_id, fault.message, at=at)
    except Exception as fault:
        log.exception("enrolment %s could not take its step", enrolment_id)
        return _put_off(enrolment_id, f"Something of ours broke: {type(fault).__name__}.", at=at)


def _held(enrolment_id: int, *, at: datetime) -> Enrolment | None:
    """The row, if it is still due and nobody else has it."""
    mine = Enrolment.objects.select_for_update(of=("self",), skip_locked=True).select_related("sequence")
    live = [EnrolmentState.ACTIVE, EnrolmentState.WAITING, EnrolmentState.HELD]
    return mine.filter(pk=enrolment_id, state__in=live, next_at__lte=at).first()


def _take(step: Step) -> str:
    if step.given is None:
        return step.finish()
    match step.given.kind:
        case StepKind.WAIT:
            return step.go_on(step.plan.after(step.given.key), since=step.due_at)
        case StepKind.CONDITION:
            return steps_of.branch(step)
        case StepKind.CALL:
            return steps_of.call(step)
    return steps_of.send(step)


def _put_off(enrolment_id: int, why: str, *, at: datetime) -> str:
    """What cannot be done now is tried again in an hour, and seen meanwhile."""
    with transaction.atomic():
        row = Enrolment.objects.select_for_update(skip_locked=True).filter(pk=enrolment_id).first()
        if row is None or row.state not in (EnrolmentState.ACTIVE, EnrolmentState.WAITING, EnrolmentState.HELD):
            return ""
        row.state, row.held_rule, row.held_reason = EnrolmentState.HELD, "fault", why[:500]
        row.next_at, row.updated_at, row.tries = at + AFTER_A_FAULT, at, row.tries + 1
        row.save()
    return "faulty"
