"""Models of the score that were fitted on outcomes. Without one in force, the documented weights hold."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from headhaul.capture.models.common import BLANK


class LeadModel(models.Model):
    """A logistic model over the features of a lead, and a rising map from its probability to the score.

    `weights`: feature → weight; the log-odds are `intercept` + Σ weight · feature, the probability their logistic,
    which is `p_convert`. `map`: `{"p": [0, …, 1], "score": [0, …, 100]}`, both rising: the score is read off the
    line through these points, so that hot, warm and cold keep their thresholds. An empty map is 100 · p.
    `map` may hold `"calibration": {"p": […], "q": […]}`, read in the same way before the score is: then `p_convert`
    is q.
    """

    fitted_at = models.DateTimeField()
    weights: models.JSONField[Any, Any] = models.JSONField()
    intercept = models.FloatField(default=0.0)
    map: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)
    measures: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)
    is_active = models.BooleanField(default=False)
    adopted_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    why = models.TextField(**BLANK)

    class Meta:
        indexes = [models.Index(F("fitted_at").desc(), F("id").desc(), name="lead_models_newest")]
        constraints = [
            models.UniqueConstraint(fields=["is_active"], condition=Q(is_active=True), name="lead_model_one_in_force"),
            models.CheckConstraint(
                condition=Q(is_active=False) | Q(adopted_at__isnull=False), name="lead_model_in_force_was_adopted"
            ),
        ]

    def __str__(self) -> str:
        return f"model of {self.fitted_at:%Y-%m-%d}"
