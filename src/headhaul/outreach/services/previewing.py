"""A step as a real contact would get it: words, length, and whether it may go now. Writes nothing."""

from __future__ import annotations

from datetime import datetime

from headhaul.accounts.choices import Channel as Reach
from headhaul.accounts.models import Contact
from headhaul.accounts.selectors import contacts
from headhaul.accounts.services.reaching import recipient_of
from headhaul.compliance.judging import gsm
from headhaul.compliance.judging.words import Reason, Verdict
from headhaul.compliance.services import preflight
from headhaul.kernel import Actor, InvalidData, Recipient
from headhaul.outreach.choices import Channel, SequenceState, StepKind
from headhaul.outreach.models import Sender, Sequence
from headhaul.outreach.schemas.drafts import Draft
from headhaul.outreach.schemas.sequences import PreviewReason, PreviewStep, StepPreview
from headhaul.outreach.schemas.steps import StepView
from headhaul.outreach.selectors import plans, saying, scheduling
from headhaul.outreach.selectors.plans import TOUCHES, Plan
from headhaul.outreach.services import checking_steps, senders, step_texts, wording
from headhaul.outreach.services.composing import content_of
from headhaul.outreach.services.sequences import as_kept


def preview(*, asked: PreviewStep, at: datetime, by: Actor) -> StepPreview:
    """What would be sent to this contact in the name of whoever asks, and when it may be."""
    step, plan = step_of(asked)
    contact = contacts.detail(contact_id=asked.contact_id, by=by, at=at)
    names = wording.names_for(contact_id=asked.contact_id, user_id=by.user_id, at=at)
    thread = asked.thread_subject or (step_texts.subject_of_thread(plan, step) if plan else "")
    said = step_texts.write(step, names=names, thread_subject=thread if step.as_reply else "")
    shown = StepPreview(
        kind=step.kind,
        contact_id=contact.id,
        contact_name=contact.name,
        address="",
        sender="",
        subject=said.subject,
        body=said.text or saying.title_of(step),
        outcome="none",
        fallbacks=list(said.missing),
    )
    if step.kind not in TOUCHES:
        return shown
    return _judged(shown, step, plan, asked, at=at, by=by)


def step_of(asked: PreviewStep) -> tuple[StepView, Plan | None]:
    """The step that is meant: one that is being written, or one of a version."""
    plan = None
    if asked.sequence_id is not None:
        row = Sequence.objects.filter(pk=asked.sequence_id).first() if asked.sequence_id else None
        plan = plans.load(asked.sequence_id, asked.number or (row.current if row else 1))
    if asked.step is not None:
        checking_steps.check_text(asked.step)
        return StepView.model_validate(as_kept([asked.step])[0]), plan
    step = plan.step(asked.step_key or "") if plan else None
    if step is None:
        raise InvalidData("Say which step.", fields={"stepKey": "a step of the sequence", "step": "or one to try"})
    return step, plan


def sender_of(user_id: int | None, channel: Channel, chosen: int | None = None) -> Sender | None:
    """The mailbox or number that a message of theirs would go from; None while none is set up."""
    if chosen is not None:
        return Sender.objects.filter(channel=channel, is_active=True, pk=chosen).first()
    return senders.usable(user_id=user_id, channel=channel)


def _judged(
    shown: StepPreview, step: StepView, plan: Plan | None, asked: PreviewStep, *, at: datetime, by: Actor
) -> StepPreview:
    channel = TOUCHES[step.kind]
    sender = sender_of(by.user_id, channel, plan.options.sender_id if plan and channel is Channel.EMAIL else None)
    try:
        recipient = recipient_of(contact_id=asked.contact_id, channel=Reach(channel), by=by)
    except InvalidData as missing:
        said = PreviewReason(rule="no_address", sentence=missing.message, outcome="deny")
        return shown.model_copy(update={"outcome": "deny", "reasons": [said]})
    draft = Draft(dedupe_key="", channel=channel, address=recipient.address, subject=shown.subject, text=shown.body,
                  due_at=at, contact_id=asked.contact_id)  # fmt: skip
    content = None if step.kind is StepKind.CALL else content_of(draft)
    verdict = preflight.judge(recipient, at=at, content=content, user_id=by.user_id,
                              sender_id=sender.pk if sender else None, sequence_id=asked.sequence_id)  # fmt: skip
    measured = gsm.measure(content.text) if content is not None and step.kind is StepKind.SMS else None
    return shown.model_copy(
        update={
            "address": recipient.address,
            "sender": str(sender) if sender else "",
            "encoding": measured.encoding if measured else "",
            "units": measured.units if measured else len(shown.body),
            "segments": measured.segments if measured else 0,
            "outcome": verdict.outcome.value,
            "next_allowed_at": _next(verdict, step, plan, recipient, at=at),
            "reasons": [_reason(each) for each in verdict.reasons],
            "warnings": _warnings(shown, sender, asked),
        }
    )


def _next(
    verdict: Verdict, step: StepView, plan: Plan | None, recipient: Recipient, *, at: datetime
) -> datetime | None:
    """When the rules and the step's own hours both allow it."""
    if not verdict.is_allowed and verdict.until is None:
        return None
    first = verdict.until or at
    if plan is None:
        return first
    return scheduling.due(step.model_copy(update={"delay": type(step.delay)()}), plan, recipient.zones, since=first)


def _reason(given: Reason) -> PreviewReason:
    return PreviewReason(
        rule=given.rule, sentence=given.sentence, outcome=given.outcome.value, until=given.until, cite=given.cite
    )


def _warnings(shown: StepPreview, sender: Sender | None, asked: PreviewStep) -> list[str]:
    found = []
    if shown.fallbacks:
        found.append(f"Not known of this contact, so that the other words stand there: {', '.join(shown.fallbacks)}.")
    if sender is None:
        found.append("No mailbox or number is set up, so that the sandbox keeps it.")
    elif sender.gateway == "sandbox":
        found.append("It goes by the sandbox, which sends nothing.")
    person = Contact.objects.filter(pk=asked.contact_id).first()
    if person is not None and person.has_left:
        found.append(f"{person.name} has left the company.")
    row = Sequence.objects.filter(pk=asked.sequence_id).first() if asked.sequence_id else None
    if row is not None and row.state == SequenceState.PAUSED:
        found.append("The sequence is paused.")
    return found
