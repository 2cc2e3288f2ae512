"""Models of the score that were fitted on outcomes: kept, taken into force, and taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db import connection, transaction

from headhaul.capture.models import LeadModel
from headhaul.kernel import InvalidData, NotFound

_SPACE = "capture_models"


def record(
    *,
    weights: Mapping[str, float],
    intercept: float,
    map: Mapping[str, Any],  # noqa: A002 (the column's name)
    measures: Mapping[str, Any],
    at: datetime,
    why: str = "",
) -> LeadModel:
    """Keep a fitted model with its measures, adopted or not. Raises InvalidData for a map that does not rise."""
    check_map(map)
    return LeadModel.objects.create(
        fitted_at=at, weights=dict(weights), intercept=intercept, map=dict(map), measures=dict(measures), why=why
    )


def adopt(*, model_id: int, why: str, at: datetime) -> LeadModel:
    """Put a model into force in the place of the one that is. Leads keep the score they have."""
    with transaction.atomic():
        _one_at_a_time()
        LeadModel.objects.filter(is_active=True).exclude(pk=model_id).update(is_active=False, retired_at=at)
        changed = LeadModel.objects.filter(pk=model_id).update(is_active=True, adopted_at=at, retired_at=None, why=why)
        if not changed:
            raise NotFound(f"There is no lead model {model_id}.", fields={"modelId": "unknown"})
        return LeadModel.objects.get(pk=model_id)


def retire(*, why: str, at: datetime) -> LeadModel | None:
    """Go back to the documented weights; the model that was in force, if one was."""
    with transaction.atomic():
        _one_at_a_time()
        row = LeadModel.objects.filter(is_active=True).first()
        if row is not None:
            row.is_active, row.retired_at, row.why = False, at, why
            row.save(update_fields=["is_active", "retired_at", "why"])
        return row


def in_force() -> LeadModel | None:
    """The adopted model, if there is one."""
    return LeadModel.objects.filter(is_active=True).first()


def check_map(given: Mapping[str, Any]) -> None:
    """Raise InvalidData unless the points of the map rise, from 0 to 1 and from 0 to 100."""
    if given.get("p") or given.get("score"):
        _rises("map", given.get("p") or [], given.get("score") or [], most=100)
    calibration = given.get("calibration")
    if calibration:
        _rises("map.calibration", calibration["p"], calibration["q"], most=1)


def _rises(name: str, xs: list[float], ys: list[float], *, most: float) -> None:
    fits = len(xs) == len(ys) >= 2 and all(a < b for a, b in pairwise(xs))
    fits = fits and all(a <= b for a, b in pairwise(ys)) and min(ys) >= 0 and max(ys) <= most
    if not fits or min(xs) < 0 or max(xs) > 1:
        raise InvalidData("The map of a lead model has to rise.", fields={name: f"p from 0 to 1, values 0 to {most:g}"})


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext(%s), 0)", [_SPACE])
