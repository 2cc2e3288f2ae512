"""Writing playbooks, and what is done of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from headhaul.kernel import Actor, InvalidData, NotFound
from headhaul.pipeline.models import Playbook, PlaybookStepDone, Stage
from headhaul.pipeline.schemas.help import GivenStep
from headhaul.pipeline.selectors.subjects import of_opportunity
from headhaul.pipeline.services import help as common
from headhaul.pipeline.services.help import Saved

WHAT = "playbook"


def save(*, playbook_id: int | None, version: int | None, values: dict[str, Any], at: datetime) -> Saved[Playbook]:
    """Write a playbook, new or changed. `values` are by column; `steps` as they were given."""
    common.refuse_null(values)
    if values.get("stage_key"):
        _check_stage(values["stage_key"])
    if playbook_id is None:
        common.needed(values, "name", "steps")
        playbook = Playbook()
    else:
        playbook = common.lock(Playbook, playbook_id, what=WHAT, version=version)
    if "steps" in values:
        values = values | {"steps": keyed(values["steps"])}
    return common.save(playbook, values, at=at)


def remove(*, playbook_id: int, version: int | None, at: datetime) -> Playbook:
    """Take it away. What was done of it is kept, in case it comes back."""
    return common.save(common.lock(Playbook, playbook_id, what=WHAT, version=version), {"removed_at": at}, at=at).row


def restore(*, playbook_id: int, version: int | None, at: datetime) -> Playbook:
    """Bring it back."""
    found = common.lock(Playbook, playbook_id, what=WHAT, version=version, removed=True)
    return common.save(found, {"removed_at": None}, at=at).row


def complete(*, opportunity_id: int, playbook_id: int, step_key: str, at: datetime, by: Actor) -> tuple[Playbook, bool]:
    """Note that a step is done; whether it was not before. What is done stays as it was noted."""
    playbook = _step(opportunity_id, playbook_id, step_key, by=by)
    if not any(step["key"] == step_key for step in playbook.steps):
        keys = ", ".join(step["key"] for step in playbook.steps)
        raise NotFound(f"{playbook.name} has no such step.", fields={"stepKey": f"one of {keys}"})
    before = PlaybookStepDone.objects.filter(opportunity_id=opportunity_id, playbook=playbook, step_key=step_key)
    if before.exists():
        return playbook, False
    made = PlaybookStepDone(
        opportunity_id=opportunity_id, playbook=playbook, step_key=step_key, done_at=at, done_by_id=by.user_id
    )
    PlaybookStepDone.objects.bulk_create([made], ignore_conflicts=True)
    return playbook, True


def reopen(*, opportunity_id: int, playbook_id: int, step_key: str, by: Actor) -> tuple[Playbook, bool]:
    """Take the note away; whether there was one."""
    playbook = _step(opportunity_id, playbook_id, step_key, by=by)
    count, _ = PlaybookStepDone.objects.filter(
        opportunity_id=opportunity_id, playbook=playbook, step_key=step_key
    ).delete()
    return playbook, count > 0


def keyed(steps: Sequence[GivenStep]) -> list[dict[str, str]]:
    """The steps with a key each. A key is made from the title's words, once; twice the same is refused."""
    given = [step.key for step in steps if step.key]
    double = {key for key in given if given.count(key) > 1}
    if double:
        raise InvalidData("Each step has a key of its own.", fields={"steps": f"{sorted(double)[0]} is there twice"})
    taken, kept = set(given), []
    for step in steps:
        key = step.key or _new_key(step.title, taken)
        taken.add(key)
        kept.append({"key": key, "title": step.title, "help": step.help})
    return kept


def _new_key(title: str, taken: set[str]) -> str:
    base = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")[:50] or "step"
    number, key = 1, base
    while key in taken:
        number += 1
        key = f"{base}_{number}"
    return key


def _step(opportunity_id: int, playbook_id: int, step_key: str, *, by: Actor) -> Playbook:
    of_opportunity(opportunity_id, by=by, lock=True)
    playbook = Playbook.objects.filter(pk=playbook_id, removed_at__isnull=True).first()
    if playbook is None:
        raise NotFound(f"There is no playbook {playbook_id}.", fields={"playbookId": "one of getPlaybooks"})
    return playbook


def _check_stage(key: str) -> None:
    if not Stage.objects.filter(key=key).exists():
        known = ", ".join(sorted(set(Stage.objects.filter(is_active=True).values_list("key", flat=True))))
        raise InvalidData("There is no such stage.", fields={"stageKey": f"one of {known}, or empty for all"})
