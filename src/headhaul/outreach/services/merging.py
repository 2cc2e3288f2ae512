"""When people become one, or go: their sequences and what waits for them in the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from headhaul.kernel import Actor
from headhaul.outreach.choices import EnrolmentState
from headhaul.outreach.models import Enrolment
from headhaul.outreach.services import outbox, stops

_HEARD_FROM = (EnrolmentState.REPLIED, EnrolmentState.MEETING)


def before(*, loser_id: int, kept_ids: Sequence[int], at: datetime, by: Actor) -> int:
    """Before a contact becomes part of another: nobody gets a sequence twice because they were entered twice.

    The double's sequences that the other one, or another double before it, is in or has been through end; those only
    this double was in go on. Whoever answered under either name gets no more of that sequence.
    """
    known = Enrolment.objects.filter(contact__in=kept_ids).values_list("sequence_id", flat=True)
    ended = stops.stop_contact(
        contact_id=loser_id,
        reason=EnrolmentState.STOPPED,
        at=at,
        why="They are in it already, under the name of a double.",
        by=by,
        sequence_ids=list(known),
    )
    for state in _HEARD_FROM:
        heard = Enrolment.objects.filter(contact=loser_id, state=state).values_list("sequence_id", flat=True)
        for key in kept_ids:
            ended += stops.stop_contact(
                contact_id=key,
                reason=EnrolmentState.STOPPED,
                at=at,
                why="They answered already, under the name of a double.",
                by=by,
                sequence_ids=list(heard),
            )
    return ended


def call_off_alone(*, contact_id: int, at: datetime, why: str) -> int:
    """Call off single messages to somebody who is there no more."""
    return outbox.cancel(contact_id=contact_id, reason=why, at=at)
