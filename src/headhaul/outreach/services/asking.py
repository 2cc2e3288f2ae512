"""What a condition of a sequence finds: replies, clicks, stages and facts, as they are at this moment."""

from __future__ import annotations

from typing import Any

from headhaul.outreach.choices import ConditionTest, EventKind, Grade, InboundKind
from headhaul.outreach.models import Enrolment, InboundMessage, MessageEvent
from headhaul.outreach.ports import stages
from headhaul.outreach.schemas.steps import StepView
from headhaul.outreach.selectors import facts


def holds(step: StepView, enrolment: Enrolment) -> bool:
    """Whether the condition holds for somebody who is in the sequence."""
    match step.test:
        case ConditionTest.REPLIED:
            return _replied(enrolment, of_account=bool(step.of_account))
        case ConditionTest.CLICKED:
            return _happened(EventKind.CLICKED, step, enrolment, grade=Grade.HUMAN)
        case ConditionTest.OPENED:
            return _happened(EventKind.OPENED, step, enrolment)
        case ConditionTest.STAGE:
            return compare(stages().of_account(enrolment.account_id) or None, step.op or "is", step.value)
    known = facts.facts_of(facts.row_of(enrolment.contact_id, enrolment.owner_id))
    return compare(known.get(step.field or ""), step.op or "is", step.value)


def compare(actual: Any, op: str, wanted: Any) -> bool:
    """One fact against its value. What is not known is neither equal nor larger nor smaller; it is only not equal."""
    match op:
        case "is_set" | "is_empty":
            return (actual not in (None, "", [])) == (op == "is_set")
        case "has" | "has_not":
            folded = {str(each).casefold() for each in actual or []}
            return (str(wanted).casefold() in folded) is (op == "has")
        case "at_least" | "at_most":
            if actual is None:
                return False
            return float(actual) >= float(wanted) if op == "at_least" else float(actual) <= float(wanted)
        case "in" | "not_in":
            return (_plain(actual) in {_plain(each) for each in wanted}) is (op == "in")
    return bool(_plain(actual) == _plain(wanted)) is (op == "is")


def _plain(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _replied(enrolment: Enrolment, *, of_account: bool) -> bool:
    whose = {"account": enrolment.account_id} if of_account else {"contact": enrolment.contact_id}
    came = InboundMessage.objects.filter(**whose, kind=InboundKind.REPLY, received_at__gte=enrolment.enrolled_at)
    return came.exists()


def _happened(kind: EventKind, step: StepView, enrolment: Enrolment, *, grade: Grade | None = None) -> bool:
    events = MessageEvent.objects.filter(message__enrolment=enrolment, kind=kind)
    if step.step_key:
        events = events.filter(message__step_key=step.step_key)
    return events.filter(grade=grade).exists() if grade is not None else events.exists()
