"""What each kind of step does when it is due."""

from __future__ import annotations

from datetime import datetime, timedelta

from headhaul.accounts.choices import Channel as Reach
from headhaul.accounts.services.reaching import recipient_of
from headhaul.compliance.choices import Outcome
from headhaul.compliance.judging.words import Content, Verdict
from headhaul.compliance.services import preflight
from headhaul.kernel import SYSTEM, InvalidData, Recipient
from headhaul.outreach.choices import WENT_OUT, ChangeKind, MessageState, TargetState
from headhaul.outreach.models import EnrolmentChange, Message
from headhaul.outreach.preferences import Sequences
from headhaul.outreach.schemas.steps import DelayView, StepView
from headhaul.outreach.selectors import saying, scheduling, timing
from headhaul.outreach.selectors.plans import TOUCHES
from headhaul.outreach.services import asking, call_lists, outbox, previewing, step_texts, wording
from headhaul.outreach.services.calling import taking, targets
from headhaul.outreach.services.composing import content_of
from headhaul.outreach.services.stepping import Step
from headhaul.preferences.services import values

LOOK_AGAIN = timedelta(minutes=1)
ASK_AGAIN = timedelta(hours=1)
_PENDING = (MessageState.DRAFT, MessageState.QUEUED, MessageState.CLAIMED, MessageState.DISPATCHING)
_IN_DOUBT = MessageState.UNKNOWN
_OURS_TO_MEND = "L6"  # the text or the firm's own data: nobody's refusal, so that the step waits until it is mended


def branch(step: Step) -> str:
    """A condition: one way or the other."""
    given = _given(step)
    answer = asking.holds(given, step.row)
    to = step.plan.branch(given, answer)
    way = saying.title_of(to) if to else "the end"
    step.tell(ChangeKind.BRANCHED, f"{saying.condition(given).capitalize()}: {'yes' if answer else 'no'}, so {way}.")
    return step.go_on(to, since=step.due_at)


def send(step: Step) -> str:
    """An e-mail or a text: planned once, then followed until it has left."""
    message, number = _message(step)
    if message is not None:
        return _follow(step, message)
    given = _given(step)
    recipient = _recipient(step, given)
    if isinstance(recipient, str):
        return step.skip(recipient)
    channel = TOUCHES[given.kind]
    full = step.room.is_full_until(step.row.owner_id, channel)
    if full is not None:
        said = f"{channel.label}s of the day are used up or planned: {full[1]}."
        return step.hold("limit", said, _hours(step, recipient, full[0]))
    key = f"enrolment:{step.row.pk}:{given.key}" + (f":{number}" if number else "")
    draft = step_texts.draft_of(
        step.row, step.plan, given, recipient=recipient, dedupe_key=key, campaign=step.row.sequence.campaign, at=step.at
    )
    refused = _judged(step, recipient, content_of(draft))
    if refused:
        return refused
    outbox.plan(draft=draft, at=step.at, by_user_id=step.row.owner_id)
    step.room.take(step.row.owner_id, channel)
    step.tell(ChangeKind.PLANNED, f"{saying.title_of(given)} to {recipient.address}")
    return step.wait_for(step.at + LOOK_AGAIN)


def call(step: Step) -> str:
    """A call: into the queue, then on when somebody called, or when nobody did for long enough."""
    given = _given(step)
    asked_at = _planned_at(step, given)
    if asked_at is not None:
        return _follow_call(step, given, asked_at)
    recipient = _recipient(step, given)
    if isinstance(recipient, str):
        return step.skip(recipient)
    refused = _judged(step, recipient, None)
    if refused:
        return refused
    names = wording.names_for(contact_id=step.row.contact_id, user_id=step.row.owner_id, at=step.at)
    say = wording.render(given.body or "", names=names).text
    targets.queue_step(
        enrolment=step.row, step_key=given.key, say=say, call_campaign_id=given.call_campaign_id, at=step.at
    )
    step.tell(ChangeKind.PLANNED, f"{saying.title_of(given)}: in the queue of calls")
    return step.wait_for(step.at + LOOK_AGAIN)


def _follow(step: Step, message: Message) -> str:
    """What became of the step's message decides what comes next, and from when it counts."""
    given, state = _given(step), MessageState(message.state)
    if state in _PENDING or state is _IN_DOUBT:
        until = max(message.due_at, step.at + LOOK_AGAIN)
        if message.held_rule and state is MessageState.QUEUED:
            return step.hold(message.held_rule, message.held_reason, until)
        return step.wait_for(until)
    if state in WENT_OUT:
        sent_at = message.sent_at or step.at
        step.tell(ChangeKind.SENT, f"{saying.title_of(given)} left.")
        return step.go_on(step.plan.after(given.key), since=sent_at)
    why = message.result_text or f"The message is {state}."
    is_refused = state is MessageState.CANCELLED and message.result_code != outbox.BY_HAND
    if is_refused and step.plan.options.when_refused == "stop":
        return step.stop(why)
    return step.skip(why, since=message.ended_at)


def _message(step: Step) -> tuple[Message | None, int]:
    """The message of the step, and how many before it can never leave any more though nobody decided against them.

    Their enrolment was paused, or their time passed while they waited. One that a person called off stays the step's.
    """
    planned = Message.objects.filter(enrolment=step.row, step_key=step.row.step_key).order_by("created_at", "pk")
    found = list(planned.exclude(purpose="test"))
    alive = [each for each in found if not _is_void(each)]
    return (alive[-1] if alive else None), len(found) - len(alive)


def _is_void(message: Message) -> bool:
    if message.state == MessageState.EXPIRED:
        return True
    return message.state == MessageState.CANCELLED and message.result_code == outbox.CALLED_OFF


def _recipient(step: Step, given: StepView) -> Recipient | str:
    """Whom it reaches; in a sentence why it reaches nobody."""
    contact = step.row.contact
    if contact.erased_at is not None or contact.has_left:
        return f"{contact.name} has left the company." if contact.has_left else "They asked to be forgotten."
    try:
        return recipient_of(contact_id=step.row.contact_id, channel=Reach(TOUCHES[given.kind]), by=SYSTEM)
    except InvalidData as missing:
        return missing.message


def _judged(step: Step, recipient: Recipient, content: Content | None) -> str:
    """Hold or skip it as the rules say; "" when it may go."""
    given = _given(step)
    sender = previewing.sender_of(step.row.owner_id, TOUCHES[given.kind], step.row.sender_id)
    verdict = preflight.judge(
        recipient,
        at=step.at,
        content=content,
        user_id=step.row.owner_id,
        sender_id=sender.pk if sender else None,
        sequence_id=step.row.sequence_id,
    )
    if verdict.is_allowed:
        hours = _hours(step, recipient, step.at)
        return step.hold("sequence_hours", "Outside the hours of this sequence.", hours) if hours > step.at else ""
    first = verdict.reasons[0]
    if verdict.outcome is Outcome.DEFER or _is_ours(verdict):
        return step.hold(first.rule, first.sentence, _hours(step, recipient, verdict.until or step.at + ASK_AGAIN))
    if step.plan.options.when_refused == "stop":
        return step.stop(first.sentence)
    return step.skip(first.sentence)


def _is_ours(verdict: Verdict) -> bool:
    return all(each.layer == _OURS_TO_MEND for each in verdict.reasons if each.outcome is Outcome.DENY)


def _hours(step: Step, recipient: Recipient, moment: datetime) -> datetime:
    """The first moment from this one on that also lies in the hours of the step."""
    given = _given(step).model_copy(update={"delay": DelayView()})
    return scheduling.due(given, step.plan, recipient.zones, since=moment)


def _planned_at(step: Step, given: StepView) -> datetime | None:
    """Since when the call is asked for; resumed enrolments ask anew."""
    told = EnrolmentChange.objects.filter(enrolment=step.row, step_key=given.key)
    last = told.filter(kind__in=[ChangeKind.PLANNED, ChangeKind.RESUMED]).order_by("-pk").first()
    return last.at if last is not None and last.kind == ChangeKind.PLANNED else None


def _follow_call(step: Step, given: StepView, asked_at: datetime) -> str:
    target = targets.of_step(enrolment_id=step.row.pk, step_key=given.key)
    if target is None:
        return step.skip("The call was taken off the list, and nobody made it.")
    if target.state == TargetState.SKIPPED:
        return step.skip("The call was left out of the list, and nobody made it.", since=target.updated_at)
    if target.state == TargetState.DONE:
        step.tell(ChangeKind.SENT, "The call is done.")
        return step.go_on(step.plan.after(given.key), since=target.updated_at)
    if target.taken_until is not None and taking.is_leased(target, at=step.at):
        return step.wait_for(min(target.taken_until, step.at + 15 * LOOK_AGAIN))
    patience = given.patience or DelayView(amount=values.get(Sequences).call_patience_days)
    zone = timing.plausible(step.zones)[0]
    since = max(asked_at, target.due_at) if target.state == TargetState.CALLBACK else asked_at
    ends = timing.after(patience, since, zone, skips_holidays=step.plan.options.skip_holidays)
    if step.at >= ends:
        call_lists.call_off(contact_id=step.row.contact_id, enrolment_id=step.row.pk, at=step.at)
        return step.skip(f"Nobody called within {saying.delay(patience)}.", since=ends)
    return step.wait_for(min(ends, step.at + 15 * LOOK_AGAIN))


def _given(step: Step) -> StepView:
    assert step.given is not None
    return step.given
