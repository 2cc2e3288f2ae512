"""What helps with a deal: playbooks with their steps, and value props."""

from __future__ import annotations

from typing import Any

from pydantic.alias_generators import to_camel

from headhaul.kernel import Call, Role, action
from headhaul.pipeline.schemas.help import (
    GetPlaybooks,
    GetValueProps,
    PlaybookRow,
    Playbooks,
    PlaybookStep,
    RemovePlaybook,
    RemoveValueProp,
    SavePlaybook,
    SaveValueProp,
    ValuePropRow,
    ValueProps,
)
from headhaul.pipeline.selectors import playbooks as reading_playbooks
from headhaul.pipeline.selectors import value_props as reading_value_props
from headhaul.pipeline.services import playbooks, value_props


def _playbook(given: Any, answer: Any) -> tuple[str, str]:
    return "playbook", str(getattr(answer, "id", None) or given.playbook_id or "")


def _value_prop(given: Any, answer: Any) -> tuple[str, str]:
    return "value_prop", str(getattr(answer, "id", None) or given.value_prop_id or "")


def _wire(before: dict[str, Any]) -> dict[str, Any]:
    return {to_camel(name): value for name, value in before.items()}


def _opportunity(given: PlaybookStep, answer: Any) -> tuple[str, str]:
    return "opportunity", str(given.opportunity_id)


@action("getPlaybooks", reply="playbooksLoaded", role=Role.VIEWER)
def get_playbooks(call: Call, data: GetPlaybooks) -> Playbooks:
    """Playbooks by stage and segment; for an opportunity those that fit it, with the steps that are done."""
    return reading_playbooks.playbooks(asked=data, by=call.actor)


@action(
    "savePlaybook",
    reply="playbookSaved",
    role=Role.MANAGER,
    writes=True,
    target=_playbook,
    undo=("savePlaybook", "removePlaybook"),
)
def save_playbook(call: Call, data: SavePlaybook) -> PlaybookRow:
    """Write a playbook: what to do in a stage, step by step. A change names the version that was read."""
    values = data.model_dump(mode="json", exclude_unset=True, exclude={"playbook_id", "version", "steps"})
    if "steps" in data.model_fields_set:
        values["steps"] = data.steps
    saved = playbooks.save(playbook_id=data.playbook_id, version=data.version, values=values, at=call.at)
    key = {"playbookId": saved.row.pk, "version": saved.row.version}
    if saved.before is None:
        call.undo_with("removePlaybook", key)
    elif saved.is_changed:
        call.undo_with("savePlaybook", _wire(saved.before) | key)
    return reading_playbooks.row(saved.row)


@action(
    "removePlaybook",
    reply="playbookRemoved",
    role=Role.MANAGER,
    writes=True,
    target=_playbook,
    undo="restorePlaybook",
)
def remove_playbook(call: Call, data: RemovePlaybook) -> PlaybookRow:
    """Take a playbook away. What was done of it is kept."""
    playbook = playbooks.remove(playbook_id=data.playbook_id, version=data.version, at=call.at)
    call.undo_with("restorePlaybook", {"playbookId": playbook.pk})
    return reading_playbooks.row(playbook)


@action(
    "restorePlaybook",
    reply="playbookRestored",
    role=Role.MANAGER,
    writes=True,
    target=_playbook,
    undo="removePlaybook",
)
def restore_playbook(call: Call, data: RemovePlaybook) -> PlaybookRow:
    """Bring a removed playbook back, with what was done of it."""
    playbook = playbooks.restore(playbook_id=data.playbook_id, version=data.version, at=call.at)
    call.undo_with("removePlaybook", {"playbookId": playbook.pk})
    return reading_playbooks.row(playbook)


@action(
    "completePlaybookStep",
    reply="playbookStepCompleted",
    role=Role.REP,
    writes=True,
    target=_opportunity,
    undo="reopenPlaybookStep",
)
def complete_playbook_step(call: Call, data: PlaybookStep) -> PlaybookRow:
    """Note that a step of a playbook is done for an opportunity. One that is done already stays as it was noted."""
    playbook, is_new = playbooks.complete(**data.model_dump(), at=call.at, by=call.actor)
    if is_new:
        call.undo_with("reopenPlaybookStep", data.model_dump(by_alias=True))
    return reading_playbooks.done_of(data.opportunity_id, playbook)


@action(
    "reopenPlaybookStep",
    reply="playbookStepReopened",
    role=Role.REP,
    writes=True,
    target=_opportunity,
    undo="completePlaybookStep",
)
def reopen_playbook_step(call: Call, data: PlaybookStep) -> PlaybookRow:
    """Note that a step of a playbook is not done after all."""
    playbook, was_done = playbooks.reopen(**data.model_dump(), by=call.actor)
    if was_done:
        call.undo_with("completePlaybookStep", data.model_dump(by_alias=True))
    return reading_playbooks.done_of(data.opportunity_id, playbook)


@action("getValueProps", reply="valuePropsLoaded", role=Role.VIEWER)
def get_value_props(call: Call, data: GetValueProps) -> ValueProps:
    """What we are worth to a kind of carrier, by segment and region; for an account or opportunity the best first."""
    return reading_value_props.value_props(asked=data, by=call.actor)


@action(
    "saveValueProp",
    reply="valuePropSaved",
    role=Role.MANAGER,
    writes=True,
    target=_value_prop,
    undo=("saveValueProp", "removeValueProp"),
)
def save_value_prop(call: Call, data: SaveValueProp) -> ValuePropRow:
    """Write a value prop. A change names the version that was read."""
    values = data.model_dump(mode="json", exclude_unset=True, exclude={"value_prop_id", "version"})
    saved = value_props.save(value_prop_id=data.value_prop_id, version=data.version, values=values, at=call.at)
    key = {"valuePropId": saved.row.pk, "version": saved.row.version}
    if saved.before is None:
        call.undo_with("removeValueProp", key)
    elif saved.is_changed:
        call.undo_with("saveValueProp", _wire(saved.before) | key)
    return reading_value_props.row(saved.row)


@action(
    "removeValueProp",
    reply="valuePropRemoved",
    role=Role.MANAGER,
    writes=True,
    target=_value_prop,
    undo="restoreValueProp",
)
def remove_value_prop(call: Call, data: RemoveValueProp) -> ValuePropRow:
    """Take a value prop away."""
    value_prop = value_props.remove(value_prop_id=data.value_prop_id, version=data.version, at=call.at)
    call.undo_with("restoreValueProp", {"valuePropId": value_prop.pk})
    return reading_value_props.row(value_prop)


@action(
    "restoreValueProp",
    reply="valuePropRestored",
    role=Role.MANAGER,
    writes=True,
    target=_value_prop,
    undo="removeValueProp",
)
def restore_value_prop(call: Call, data: RemoveValueProp) -> ValuePropRow:
    """Bring a removed value prop back."""
    value_prop = value_props.restore(value_prop_id=data.value_prop_id, version=data.version, at=call.at)
    call.undo_with("removeValueProp", {"valuePropId": value_prop.pk})
    return reading_value_props.row(value_prop)
