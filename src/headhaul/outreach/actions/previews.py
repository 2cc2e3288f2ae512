"""Seeing a step before anybody gets it."""

from __future__ import annotations

from typing import Any

from headhaul.kernel import Call, Recipient, Role, action
from headhaul.outreach.schemas.sequences import PreviewStep, SendTestStep, StepPreview, TestSent
from headhaul.outreach.services import previewing, testing_steps


def _oneself(call: Call, data: SendTestStep) -> Recipient:
    return testing_steps.oneself(call.actor)


def _of_step(given: Any, answer: Any) -> tuple[str, str]:
    return "sequence", str(given.sequence_id or "")


@action("previewStep", reply="stepPreviewed", role=Role.VIEWER)
def preview_step(call: Call, data: PreviewStep) -> StepPreview:
    """A step as this contact would get it: words, length, whether the rules allow it now, and when otherwise."""
    return previewing.preview(asked=data, at=call.at, by=call.actor)


@action(
    "sendTestStep",
    reply="testStepSent",
    role=Role.REP,
    writes=True,
    recipient=_oneself,
    target=_of_step,
    final="It is on its way to you alone.",
)
def send_test_step(call: Call, data: SendTestStep) -> TestSent:
    """Send a step to yourself, as this contact would get it. A text message comes as an e-mail."""
    message = testing_steps.send(asked=data, at=call.at, by=call.actor)
    return TestSent(message_id=str(message.pk), address=message.address, subject=message.subject)
