"""Whether the steps of a sequence are sound. A fault names the step and the field: `steps.2.subject`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from headhaul.kernel import InvalidData
from headhaul.outreach.choices import ConditionTest, StepKind
from headhaul.outreach.models import CallCampaign, Sender, Template
from headhaul.outreach.ports import stages
from headhaul.outreach.schemas.steps import GivenOptions, GivenStep, Window
from headhaul.outreach.selectors import facts, texts
from headhaul.outreach.services import conditions_of

Fault = tuple[str, str]
_TEXT = ("subject", "body", "template_id")
_OWN: dict[StepKind, frozenset[str]] = {
    StepKind.EMAIL: frozenset({*_TEXT, "as_reply", "window", "weekdays"}),
    StepKind.SMS: frozenset({"body", "template_id", "window", "weekdays"}),
    StepKind.CALL: frozenset({"body", "template_id", "call_campaign_id", "patience", "window", "weekdays"}),
    StepKind.WAIT: frozenset(),
    StepKind.CONDITION: frozenset(
        {"test", "even_if_unreliable", "of_account", "step_key", "field", "op", "value", "then", "otherwise"}
    ),
}
_COMMON = frozenset({"kind", "key", "title", "delay"})


def check(steps: Sequence[GivenStep], options: GivenOptions | None = None) -> None:
    """Raise InvalidData that names every fault by step and field."""
    found = dict(reversed(list(faults(steps, options))))
    if found:
        where = "The sequence" if len(found) > 1 else _where(next(iter(found)), steps)
        raise InvalidData(f"{where} does not fit yet.", fields=found)


def check_text(step: GivenStep) -> None:
    """Raise InvalidData where the texts of one step, that is being written, cannot be filled in."""
    wrong = {
        f"step.{name}": " ".join(said)
        for name in ("subject", "body")
        if (said := texts.faults(getattr(step, name) or ""))
    }
    if wrong:
        raise InvalidData("The text has variables that cannot be filled in.", fields=wrong)


def faults(steps: Sequence[GivenStep], options: GivenOptions | None) -> Iterator[Fault]:
    """Every fault, by path."""
    known = facts.facts() if any(step.test is ConditionTest.FIELD for step in steps) else {}
    keys = [step.key for step in steps]
    for number, step in enumerate(steps):
        for field, said in _of_step(step, number, steps, known):
            yield f"steps.{number}.{field}", said
        if step.key and keys.index(step.key) != number:
            yield f"steps.{number}.key", f"there is another step {step.key}; each needs its own"
    if not any(step.kind not in (StepKind.WAIT, StepKind.CONDITION) for step in steps):
        yield "steps", "at least one e-mail, text message or call"
    elif steps[-1].kind in (StepKind.WAIT, StepKind.CONDITION):
        yield f"steps.{len(steps) - 1}.kind", f"a {steps[-1].kind.value} at the end does nothing"
    if options is not None:
        yield from (("options." + field, said) for field, said in _of_window(options.window))
        if options.sender_id is not None and not Sender.objects.filter(pk=options.sender_id, is_active=True).exists():
            yield "options.senderId", "an active sender; see listSenders"


def _of_step(step: GivenStep, number: int, steps: Sequence[GivenStep], known: dict[str, Any]) -> Iterator[Fault]:
    given = {name for name in type(step).model_fields if getattr(step, name) is not None} - _COMMON
    for name in sorted(given - _OWN[step.kind]):
        yield _wire(name), f"does not belong to a step of the kind {step.kind.value}"
    yield from _of_window(step.window)
    if step.weekdays == []:
        yield "weekdays", "at least one day, or left out"
    match step.kind:
        case StepKind.EMAIL | StepKind.SMS | StepKind.CALL:
            yield from _of_touch(step, number, steps)
        case StepKind.WAIT:
            if not step.delay.amount:
                yield "delay.amount", "how long to wait"
        case StepKind.CONDITION:
            yield from conditions_of.faults(step, number, steps, known, stages().labels())


def _of_touch(step: GivenStep, number: int, steps: Sequence[GivenStep]) -> Iterator[Fault]:
    template = _template(step)
    if step.template_id is not None and template is None:
        yield "templateId", f"a template for {step.kind.value} that is not archived; see listTemplates"
        return
    has_template = template is not None
    if not step.body and not has_template and step.kind is not StepKind.CALL:
        yield "body", "what it says, or a template"
    if step.kind is StepKind.EMAIL:
        earlier = any(before.kind is StepKind.EMAIL for before in steps[:number])
        if step.as_reply and not earlier:
            yield "asReply", "there is no e-mail before it to reply to"
        if step.as_reply and step.subject:
            yield "subject", "leave it out: a reply has the subject of its thread"
        if not step.as_reply and not step.subject and not (template and template.subject):
            yield "subject", "an e-mail needs a subject"
    if step.call_campaign_id is not None and not CallCampaign.objects.filter(pk=step.call_campaign_id).exists():
        yield "callCampaignId", "a call campaign that is there"
    for field in ("subject", "body"):
        wrong = texts.faults(getattr(step, field) or "")
        if wrong:
            yield field, " ".join(wrong)


def _template(step: GivenStep) -> Template | None:
    if step.template_id is None:
        return None
    known = Template.objects.filter(pk=step.template_id, channel=step.kind.value)
    # A step that has taken the text over keeps it, also when its template was archived since.
    return (known if step.body else known.filter(is_archived=False)).first()


def _of_window(window: Window | None) -> Iterator[Fault]:
    if window is not None and window.opens >= window.closes:
        yield "window.closes", f"later than {window.opens}"


def _where(path: str, steps: Sequence[GivenStep]) -> str:
    parts = path.split(".")
    if parts[0] != "steps" or len(parts) < 2:
        return "The sequence"
    number = int(parts[1])
    return f"Step {number + 1} ({steps[number].title or steps[number].kind.value})"


def _wire(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
