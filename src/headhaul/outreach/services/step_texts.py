"""What a step says to somebody: its text with their names in place, in the thread it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from headhaul.kernel import Recipient
from headhaul.outreach.choices import WENT_OUT, Channel
from headhaul.outreach.models import Enrolment, Message
from headhaul.outreach.schemas.drafts import Draft
from headhaul.outreach.schemas.steps import StepView
from headhaul.outreach.selectors.plans import TOUCHES, Plan
from headhaul.outreach.services import wording

_SENT = sorted(str(state) for state in WENT_OUT)


@dataclass(frozen=True, slots=True)
class Written:
    """Subject and text as they would be sent, and the variables that stand for something unknown."""

    subject: str
    text: str
    missing: tuple[str, ...]


def write(step: StepView, *, names: Mapping[str, str], thread_subject: str = "") -> Written:
    """The step for somebody of these names. A reply has the subject of its thread."""
    subject = wording.render(thread_subject or step.subject or "", names=names)
    text = wording.render(step.body or "", names=names)
    missing = tuple(dict.fromkeys([*subject.missing, *text.missing]))
    return Written(" ".join(subject.text.split()), text.text, missing)


def draft_of(
    enrolment: Enrolment,
    plan: Plan,
    step: StepView,
    *,
    recipient: Recipient,
    dedupe_key: str,
    campaign: str,
    at: datetime,
) -> Draft:
    """The message of a step, to be planned now."""
    names = wording.names_for(contact_id=enrolment.contact_id, user_id=enrolment.owner_id, at=at)
    before = last_mail(enrolment) if step.as_reply else None
    said = write(step, names=names, thread_subject=_thread(before, plan, step))
    return Draft(
        dedupe_key=dedupe_key,
        channel=TOUCHES[step.kind],
        address=recipient.address,
        subject=before.subject if before else said.subject,
        text=said.text,
        due_at=at,
        contact_id=enrolment.contact_id,
        account_id=enrolment.account_id,
        sender_id=before.sender_id if before else enrolment.sender_id,
        user_id=enrolment.owner_id,
        enrolment_id=enrolment.pk,
        sequence_id=enrolment.sequence_id,
        version_number=plan.number,
        step_key=step.key,
        template_id=step.template_id,
        campaign=campaign,
        headers=_threading(before),
        in_reply_to_id=before.pk if before else None,
    )


def last_mail(enrolment: Enrolment) -> Message | None:
    """The last e-mail of this enrolment that left: a reply goes into its thread."""
    mails = Message.objects.filter(enrolment=enrolment, channel=Channel.EMAIL, state__in=_SENT, sent_at__isnull=False)
    return mails.order_by("-sent_at", "-pk").first()


def subject_of_thread(plan: Plan, step: StepView) -> str:
    """The subject, variables and all, of the e-mail that a reply step follows."""
    place = (plan.position(step.key) or 1) - 1
    earlier = [each for each in plan.steps[:place] if each.subject and not each.as_reply]
    return earlier[-1].subject or "" if earlier else ""


def _thread(before: Message | None, plan: Plan, step: StepView) -> str:
    """Without a mail that left, what was to be a reply begins the thread itself."""
    return subject_of_thread(plan, step) if step.as_reply and before is None else ""


def _threading(before: Message | None) -> dict[str, str]:
    """Both the id we gave and the one the provider may have put in its place lead mail programs to the thread."""
    if before is None:
        return {}
    known = [each for each in (before.provider_rfc_id, before.rfc_id) if each]
    if not known:
        return {}
    chain = [str(before.headers.get("References", "")), *reversed(known)]
    return {"In-Reply-To": known[0], "References": " ".join(each for each in chain if each)}
