"""The facts that a stage may ask for, and which of them are still missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headhaul.pipeline.choices import StageKind
from headhaul.pipeline.models import Stage

REQUIRABLE: dict[str, tuple[str, str]] = {
    "amountCents": ("amount_cents", "an amount"),
    "closeOn": ("close_on", "a close date"),
    "decisionMakerId": ("decision_maker_id", "who decides"),
    "nextStep": ("next_step", "a next step"),
    "nextStepOn": ("next_step_on", "a day for the next step"),
    "ownerId": ("owner_id", "an owner"),
    "competitor": ("competitor", "the competitor"),
    "source": ("source", "where it came from"),
    "lostReason": ("lost_reason", "why it was lost"),
}
"""Wire names that a stage may require, with the column and the words for what is missing."""

CUSTOM = "custom."


def required_by(stage: Stage) -> list[str]:
    """What the stage asks for. Whatever its settings say, what is lost has a reason."""
    always = ["lostReason"] if stage.kind == StageKind.LOST else []
    return [*stage.required, *(name for name in always if name not in stage.required)]


def missing_fields(stage: Stage, facts: Mapping[str, Any]) -> list[str]:
    """The wire names of what the stage asks for and the facts (by column) do not have."""
    return [name for name in required_by(stage) if _is_empty(name, facts)]


def words_for(name: str) -> str:
    """What a person should give."""
    return REQUIRABLE[name][1] if name in REQUIRABLE else name.removeprefix(CUSTOM).replace("_", " ")


def _is_empty(name: str, facts: Mapping[str, Any]) -> bool:
    if name.startswith(CUSTOM):
        return facts["custom"].get(name.removeprefix(CUSTOM)) in (None, "", [])
    return facts[REQUIRABLE[name][0]] in (None, "")
