"""What the page says, in one sentence."""

from __future__ import annotations

from typing import Any


def of_model(found: Any, model: Any) -> str:
    """Which weights score leads now, and what that rests on."""
    if model is None:
        return "The documented weights score leads. Nothing has been learnt from outcomes yet."
    if model.is_active:
        return f"{model.name} score leads now: {_measured(model)}"
    stands = "The documented weights" if found.active is None else f"Model {found.active.id}"
    if model.is_adopted:
        return f"Model {model.id} was in force once. {stands} score{'s' if found.active else ''} leads now."
    return f"{stands} stay{'s' if found.active else ''} in force: what was tried was not better on the newest leads."


def _measured(model: Any) -> str:
    before, after = model.before, model.after
    if before is None or after is None or before.log_loss is None or after.log_loss is None:
        return "no measures came with it."
    if before.auc is None or after.auc is None:
        fell = f"the log loss fell from {before.log_loss:.3f} to {after.log_loss:.3f}"
        return f"on {model.held:,} leads that were held out {fell}."
    return (
        f"of {model.held:,} newest leads that were held out, a won one stood above a lost one {100 * after.auc:.0f}"
        f" times in 100; with the weights before, {100 * before.auc:.0f} times."
    )
