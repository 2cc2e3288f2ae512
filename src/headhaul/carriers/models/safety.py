"""Inspections, out-of-service results and crashes, each with its source and its day."""

from __future__ import annotations

from typing import Any

from django.db import models

from headhaul.carriers.models.carrier import BLANK, UNKNOWN


class CarrierSafety(models.Model):
    """What one source says about a carrier's last 24 months on the road.

    `basics` is {code: {"measure", "violations", "acute", "percentile", "alert", "threshold"}} with the keys that the
    source gives: percentiles and alerts of property carriers are not public, so they are absent rather than guessed.
    """

    pk = models.CompositePrimaryKey("dot_number", "source")
    dot_number = models.IntegerField()
    source = models.TextField()
    as_of = models.DateField()
    inspections = models.IntegerField(**UNKNOWN)
    driver_inspections = models.IntegerField(**UNKNOWN)
    driver_oos = models.IntegerField(**UNKNOWN)
    vehicle_inspections = models.IntegerField(**UNKNOWN)
    vehicle_oos = models.IntegerField(**UNKNOWN)
    hazmat_inspections = models.IntegerField(**UNKNOWN)
    hazmat_oos = models.IntegerField(**UNKNOWN)
    crashes = models.IntegerField(**UNKNOWN)
    crashes_fatal = models.IntegerField(**UNKNOWN)
    crashes_injury = models.IntegerField(**UNKNOWN)
    crashes_tow = models.IntegerField(**UNKNOWN)
    basics: models.JSONField[dict[str, dict[str, Any]], dict[str, dict[str, Any]]] = models.JSONField(default=dict)


class Crash(models.Model):
    """One crash of one carrier. The files have a row per vehicle; a crash counts once."""

    pk = models.CompositePrimaryKey("dot_number", "report_number")
    dot_number = models.IntegerField()
    report_number = models.TextField()
    report_date = models.DateField()
    report_state = models.TextField(**BLANK)
    fatalities = models.IntegerField(default=0)
    injuries = models.IntegerField(default=0)
    tow_away = models.BooleanField(default=False)
    hazmat_released = models.BooleanField(default=False)
    not_preventable = models.BooleanField(default=False)
    vehicles = models.IntegerField(default=1)
    as_of = models.DateField()
