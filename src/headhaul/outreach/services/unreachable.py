"""An address went, or was found not to work: what waits for it is called off, and sequences go on by another or say why
they cannot.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from headhaul.accounts.choices import Channel as Reach
from headhaul.accounts.services.reaching import recipients_of
from headhaul.kernel import Actor
from headhaul.outreach.choices import LIVE_ENROLMENTS, ChangeKind, Channel, EnrolmentState, MessageState
from headhaul.outreach.models import Enrolment, Message
from headhaul.outreach.schemas.steps import StepView
from headhaul.outreach.selectors import plans
from headhaul.outreach.selectors.plans import TOUCHES, Plan
from headhaul.outreach.services import call_lists, outbox, stops
from headhaul.outreach.services.holding import note

NO_ADDRESS = "no_address"
_WHY = "The address is not theirs any more, or does not work."
_NOWHERE = "They have no address or number left that works for what remains."
_NAMES = {Channel.EMAIL: "e-mail address", Channel.SMS: "telephone number", Channel.CALL: "telephone number"}


def give_up(*, contact_id: int, addresses: Collection[str], at: datetime, by: Actor) -> None:
    """Call off what waits for these addresses of theirs. A step goes out by their next address where there is one; else
    it is held and says so, and a sequence of which nothing can reach them ends.
    """
    waiting = Message.objects.filter(contact=contact_id, address__in=addresses, state__in=outbox.CANCELLABLE)
    outbox.cancel(message_ids=list(waiting.values_list("pk", flat=True)), reason=_WHY, at=at)
    open_ways = {channel for channel in Channel if recipients_of([contact_id], Reach(channel))}
    if Channel.CALL not in open_ways:
        call_lists.call_off(contact_id=contact_id, at=at)
    live = sorted(str(state) for state in LIVE_ENROLMENTS)
    rows = Enrolment.objects.select_for_update(of=("self",), no_key=True).filter(contact=contact_id, state__in=live)
    for row in rows.order_by("pk"):
        _look_again(row, open_ways, at=at, by=by)


def _look_again(row: Enrolment, open_ways: set[Channel], *, at: datetime, by: Actor) -> None:
    plan = plans.load(row.sequence_id, row.version_number)
    is_on_its_way = _is_on_its_way(row)
    left = [TOUCHES[step.kind] for step in _remaining(plan, row, is_on_its_way) if step.kind in TOUCHES]
    if left and not open_ways & set(left):
        stops.stop_contact(
            contact_id=row.contact_id, reason=EnrolmentState.STOPPED, at=at, why=_NOWHERE, by=by,
            sequence_ids=[row.sequence_id],
        )  # fmt: skip
        return
    step = plan.step(row.step_key)
    channel = TOUCHES.get(step.kind) if step is not None else None
    if channel is None or is_on_its_way or row.state == EnrolmentState.PAUSED:
        return
    if channel not in open_ways:
        _hold(row, f"They have no {_NAMES[channel]} left that works.", at=at, by=by)
    elif row.state == EnrolmentState.ACTIVE:  # its message was called off: by the next address, now
        row.next_at = row.updated_at = at
        row.save(update_fields=["next_at", "updated_at"])


def _remaining(plan: Plan, row: Enrolment, is_on_its_way: bool) -> tuple[StepView, ...]:
    """From the step they stand before; one whose message left already needs no address."""
    place = plan.position(row.step_key)
    if place is None:
        return ()
    return plan.steps[place:] if is_on_its_way else plan.steps[place - 1 :]


def _is_on_its_way(row: Enrolment) -> bool:
    messages = Message.objects.filter(enrolment=row, step_key=row.step_key).exclude(purpose="test")
    return messages.exclude(state=MessageState.CANCELLED).exists()


def _hold(row: Enrolment, why: str, *, at: datetime, by: Actor) -> None:
    before, row.state = row.state, EnrolmentState.HELD
    row.held_rule, row.held_reason, row.updated_at = NO_ADDRESS, why, at
    row.save(update_fields=["state", "held_rule", "held_reason", "updated_at"])
    note(row, ChangeKind.HELD, why, before=before, at=at, by=by)
