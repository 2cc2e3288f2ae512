"""A version of a sequence as the engine and the pages read it: its steps in order, and where each leads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from headhaul import preferences
from headhaul.kernel import NotFound
from headhaul.outreach.choices import Channel, StepKind
from headhaul.outreach.models import SequenceVersion
from headhaul.outreach.preferences import Sequences
from headhaul.outreach.schemas.steps import END, OptionsView, StepView, WindowView

TOUCHES = {StepKind.EMAIL: Channel.EMAIL, StepKind.SMS: Channel.SMS, StepKind.CALL: Channel.CALL}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a version says."""

    sequence_id: int
    number: int
    steps: tuple[StepView, ...]
    options: OptionsView

    def step(self, key: str) -> StepView | None:
        """The step of that key."""
        return next((step for step in self.steps if step.key == key), None)

    def position(self, key: str) -> int | None:
        """Where it stands, from 1."""
        return next((number for number, step in enumerate(self.steps, start=1) if step.key == key), None)

    def after(self, key: str) -> StepView | None:
        """The step that follows; None after the last one."""
        place = self.position(key)
        return self.steps[place] if place is not None and place < len(self.steps) else None

    def branch(self, step: StepView, holds: bool) -> StepView | None:
        """Where a condition leads; None: the end."""
        to = step.then if holds else step.otherwise
        return self.after(step.key) if to is None else None if to == END else self.step(to)

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels it uses, each once."""
        return tuple(dict.fromkeys(TOUCHES[step.kind] for step in self.steps if step.kind in TOUCHES))


def plan_of(version: SequenceVersion) -> Plan:
    """The plan of a stored version."""
    steps = tuple(StepView.model_validate(step) for step in version.steps)
    return Plan(version.sequence_id, version.number, steps, options_of(version.options))


def load(sequence_id: int, number: int) -> Plan:
    """The plan of a version. Raises NotFound when there is no such version."""
    version = SequenceVersion.objects.filter(sequence_id=sequence_id, number=number).first()
    if version is None:
        raise NotFound("There is no such version of this sequence.", fields={"number": "see getSequence"})
    return plan_of(version)


def options_of(own: dict[str, Any]) -> OptionsView:
    """The options of a sequence, with what the settings say where it says nothing itself."""
    chosen = preferences.get(Sequences)
    from_settings = {
        "window": WindowView(opens=chosen.opens, closes=chosen.closes),
        "weekdays": list(chosen.days),
        "skipHolidays": chosen.skip_holidays,
        "senderId": None,
        "stopWhenColleagueReplies": chosen.stop_when_colleague_replies,
        "stopWhenStageChanges": chosen.stop_when_stage_changes,
        "whenRefused": chosen.when_refused,
    }
    return OptionsView.model_validate(from_settings | own)
