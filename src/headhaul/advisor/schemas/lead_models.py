"""What the actions about the lead score's models take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from headhaul.kernel import Page, Paged, Payload, Result

Id = Annotated[int, Field(ge=1, le=2**63 - 1)]


class GetLeadModels(Page):
    """How many models, and from where on."""


class RollbackLeadModel(Payload):
    """Which model is to be in force; left out: the documented weights."""

    model_id: Id | None = Field(
        default=None, description="A model that was in force before; left out: documented weights"
    )
    in_force_id: Annotated[int, Field(ge=0, le=2**63 - 1)] | None = Field(
        default=None,
        description="The one that is in force as far as you know, 0 for documented weights; checked if given",
    )


class ReliabilityPoint(Result):
    """Leads of a like probability: what was said of them, what came, and the 90 % interval of that."""

    said: float
    came: float
    least: float
    most: float
    n: int


class ModelMeasures(Result):
    """How good probabilities were on leads that they were not learnt from. None: cannot be told."""

    n: int
    won: int
    base_rate: float | None
    mean_chance: float | None
    log_loss: float | None
    brier: float | None
    auc: float | None
    pr_auc: float | None
    ece: float | None = Field(description="Expected calibration error over 15 bins of equal mass")
    slope: float | None = Field(description="Calibration slope: 1 is right, less is overconfident")
    curve: list[ReliabilityPoint]


class FeatureWeight(Result):
    """A feature's weight, documented and learnt, as log odds and as its share of 100."""

    feature: str
    label: str
    documented: float
    learnt: float | None
    documented_share: float
    learnt_share: float | None


class ModelTrial(Result):
    """One step that was tried on the held-out leads: by how much its log loss is lower, and what would be chance."""

    name: str
    log_loss: float | None
    gain: float
    error: float
    stopped: str


class LeadModelShown(Result):
    """A model that was fitted: what it was learnt from, how it and what it was to replace did, and what came of it."""

    id: int
    name: str
    fitted_at: datetime
    adopted_at: datetime | None
    retired_at: datetime | None
    is_active: bool
    is_adopted: bool = Field(description="Whether it was ever in force; only such can be gone back to")
    reasons: list[str]
    why: str = Field(description="The last word on it: adopted, rolled back, replaced")
    replaced_id: int | None = Field(description="What was in force when it was fitted; none: documented weights")
    n: int
    won: int
    held: int
    left_out: int = Field(description="Older mature leads beyond the setting's number")
    learnt_until: datetime | None
    horizon_days: int
    before: ModelMeasures | None
    after: ModelMeasures | None
    weights: list[FeatureWeight]
    intercept: float
    trials: list[ModelTrial]


class LearningState(Result):
    """What there is to learn from now. `missing` says what is needed before anything can be tried, or is ""."""

    mature: int
    won: int
    lost: int
    too_young: int
    not_scored: int
    horizon_days: int
    is_monthly: bool
    missing: str


class LeadModels(Paged[LeadModelShown]):
    """Models, the newest first; `activeId` is none while the documented weights are in force."""

    active_id: int | None
    active: LeadModelShown | None
    documented: list[FeatureWeight]
    state: LearningState


class LeadScoreRecalibrated(Result):
    """What the recalibration came to. `model` is none when there was too little to try."""

    is_adopted: bool
    reasons: list[str]
    mature: int
    won: int
    active_id: int | None
    model: LeadModelShown | None


class LeadModelRolledBack(Result):
    """What is in force now; none: the documented weights."""

    active_id: int | None
    previous_id: int | None
    name: str
