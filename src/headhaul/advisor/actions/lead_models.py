"""How the lead score learns: its models, a recalibration, and the way back."""

from __future__ import annotations

from typing import Any

from headhaul.advisor.schemas.lead_models import (
    GetLeadModels,
    LeadModelRolledBack,
    LeadModels,
    LeadScoreRecalibrated,
    RollbackLeadModel,
)
from headhaul.advisor.selectors import lead_models as selectors
from headhaul.advisor.services import lead_models
from headhaul.kernel import Call, Empty, Role, action


def _of_model(given: Any, answer: Any) -> tuple[str, str]:
    found = getattr(answer, "active_id", None) or getattr(given, "model_id", None)
    return "lead_model", str(found or "documented")


@action("getLeadModels", reply="leadModelsLoaded", role=Role.VIEWER)
def get_lead_models(call: Call, data: GetLeadModels) -> LeadModels:
    """Models of the lead score, newest first: before and after with reliability curve, weights, why adopted or not."""
    return selectors.page(asked=data, at=call.at)


@action(
    "recalibrateLeadScore",
    reply="leadScoreRecalibrated",
    role=Role.MANAGER,
    writes=True,
    target=_of_model,
    undo="rollbackLeadModel",
)
def recalibrate_lead_score(call: Call, data: Empty) -> LeadScoreRecalibrated:
    """Learn from what became of leads. In force only if better on the newest mature leads; else nothing changes."""
    done = lead_models.recalibrate(at=call.at)
    if done.verdict.is_adopted and done.model is not None:
        call.undo_with("rollbackLeadModel", _way_back(to=done.before_id, off=done.model.pk))
    return LeadScoreRecalibrated(
        is_adopted=done.verdict.is_adopted,
        reasons=done.verdict.why,
        mature=done.verdict.n,
        won=done.verdict.won,
        active_id=done.model.pk if done.verdict.is_adopted and done.model else done.before_id,
        model=selectors.shown(done.model) if done.model else None,
    )


@action(
    "rollbackLeadModel",
    reply="leadModelRolledBack",
    role=Role.MANAGER,
    writes=True,
    target=_of_model,
    undo="rollbackLeadModel",
)
def rollback_lead_model(call: Call, data: RollbackLeadModel) -> LeadModelRolledBack:
    """Go back to a model that was in force before, or to the documented weights. Leads keep the score they have."""
    now, before = lead_models.roll_back(model_id=data.model_id, in_force_id=data.in_force_id, at=call.at)
    call.undo_with("rollbackLeadModel", _way_back(to=before.pk if before else None, off=now.pk if now else 0))
    return LeadModelRolledBack(
        active_id=now.pk if now else None,
        previous_id=before.pk if before else None,
        name=selectors.shown(now).name if now else "Documented weights",
    )


def _way_back(*, to: int | None, off: int) -> dict[str, Any]:
    """To what was in force, and only as long as nothing else has been put there since."""
    return ({"modelId": to} if to else {}) | {"inForceId": off}
