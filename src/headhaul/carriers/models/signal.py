"""Scores by carrier and day, in partitions by day: a run writes its day beside the others and swaps it in."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from headhaul.carriers.choices import Equipment, JobType, Level
from headhaul.carriers.models.carrier import BLANK, UNKNOWN


class Signal(models.Model):
    """A carrier's matched driver supply and its score on a day.

    The sums run over the matched drivers: `near` lives close, `prox`, `rec` and `fit` are sums of weights (closeness,
    recent activity, fit of equipment; 1000 = one full driver), `active7` were active in the last week, `pool` is
    everybody in reach whatever their equipment. State, segment, equipment, units and name are the carrier's, kept here
    so that a list reads one table. The table itself is made by migration SQL.
    """

    pk = models.CompositePrimaryKey("day", "dot_number")
    day = models.DateField()
    dot_number = models.IntegerField()
    score_hundredths = models.SmallIntegerField()
    n = models.IntegerField()
    near = models.IntegerField()
    prox = models.BigIntegerField()
    rec = models.BigIntegerField()
    fit = models.BigIntegerField()
    active7 = models.IntegerField()
    pool = models.IntegerField()
    by_equipment = ArrayField(models.IntegerField(), size=len(Equipment))  # in bit order
    by_job = ArrayField(models.IntegerField(), size=len(JobType))
    top_states = ArrayField(models.TextField(), default=list)
    top_state_counts = ArrayField(models.IntegerField(), default=list)
    confidence = models.SmallIntegerField()
    urgency = models.SmallIntegerField()
    demand_mask = models.SmallIntegerField(default=0)
    gate_mask = models.SmallIntegerField(default=0)
    is_new = models.BooleanField(default=False)
    is_spike = models.BooleanField(default=False)
    previous_score_hundredths = models.SmallIntegerField(**UNKNOWN)  # a week before
    previous_n = models.IntegerField(**UNKNOWN)
    state = models.TextField(**BLANK)
    segment = models.TextField(**BLANK)
    equipment_mask = models.SmallIntegerField(default=0)
    units = models.IntegerField(**UNKNOWN)
    name = models.TextField(**BLANK)
    computed_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "carriers_signal"

    @property
    def score(self) -> float:
        """0–100 with two decimals."""
        return self.score_hundredths / 100

    @property
    def confidence_code(self) -> str:
        """low, medium or high."""
        return Level(self.confidence).code

    @property
    def urgency_code(self) -> str:
        """low, medium or high."""
        return Level(self.urgency).code


class SignalDay(models.Model):
    """A day whose signals are there. The current one is what lists show."""

    day = models.DateField(primary_key=True)
    is_current = models.BooleanField(default=False)
    rows = models.IntegerField()
    considered = models.IntegerField()  # carriers matched, of which `rows` were worth keeping
    drivers = models.IntegerField()
    spikes = models.IntegerField(default=0)
    settings_version = models.IntegerField(default=0)
    details: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    computed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_current"], condition=Q(is_current=True), name="carriers_signalday_one_current"
            ),
        ]
