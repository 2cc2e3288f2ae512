"""Pairs that may be the same, and what became one: enough is kept of a merge to take it apart again."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from headhaul.accounts.choices import MergeEntity, PairState
from headhaul.accounts.models.common import BLANK, among


class DuplicatePair(models.Model):
    """Two records that look like one, found by the scan. Named and not tied: either may be gone the next moment."""

    entity = models.TextField()
    first_id = models.BigIntegerField()
    second_id = models.BigIntegerField()
    score = models.SmallIntegerField()
    reasons: models.JSONField[Any, Any] = models.JSONField(default=list)  # sentences, the strongest first
    state = models.TextField(default=PairState.OPEN)
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [
            models.Index("entity", "state", F("score").desc(), F("id").desc(), name="duplicates_queue"),
            models.Index("entity", "second_id", name="duplicates_of_second"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["entity", "first_id", "second_id"], name="duplicate_pair_once"),
            models.CheckConstraint(condition=Q(first_id__lt=F("second_id")), name="duplicate_pair_in_order"),
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=100), name="duplicate_pair_score"),
            models.CheckConstraint(condition=among("entity", MergeEntity), name="duplicate_known_entity"),
            models.CheckConstraint(condition=among("state", PairState), name="duplicate_known_state"),
        ]

    def __str__(self) -> str:
        return f"{self.entity} {self.first_id} and {self.second_id}"


class DuplicateScan(models.Model):
    """How far the search for duplicates has come: what changed up to then was compared."""

    entity = models.TextField(primary_key=True)
    seen_until = models.DateTimeField()
    finished_at = models.DateTimeField()
    compared = models.IntegerField(default=0)
    found = models.IntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=among("entity", MergeEntity), name="scan_known_entity")]

    def __str__(self) -> str:
        return f"{self.entity} until {self.seen_until}"


class MergeRecord(models.Model):
    """One merge: the rows that went, what moved and from where, what changed on the one that stayed."""

    entity = models.TextField()
    winner_id = models.BigIntegerField()
    loser_ids: models.JSONField[Any, Any] = models.JSONField()
    choices: models.JSONField[Any, Any] = models.JSONField(default=dict)
    before: models.JSONField[Any, Any] = models.JSONField()  # the winner's whole row
    after: models.JSONField[Any, Any] = models.JSONField()
    losers: models.JSONField[Any, Any] = models.JSONField()  # their whole rows
    moves: models.JSONField[Any, Any] = models.JSONField()  # services.absorbing.Moves
    consent: models.JSONField[Any, Any] = models.JSONField(default=list)  # denials carried to other addresses
    batch_id = models.TextField(**BLANK)
    merged_at = models.DateTimeField()
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index("entity", "winner_id", F("id").desc(), name="merges_into")]
        constraints = [models.CheckConstraint(condition=among("entity", MergeEntity), name="merge_known_entity")]

    def __str__(self) -> str:
        return f"{self.loser_ids} into {self.winner_id}"


class MergedAway(models.Model):
    """Where a record went whose id somebody may still hold."""

    entity = models.TextField()
    old_id = models.BigIntegerField()
    new_id = models.BigIntegerField()
    merge = models.ForeignKey(MergeRecord, models.CASCADE, related_name="redirects")

    class Meta:
        indexes = [models.Index("entity", "new_id", name="merged_away_into")]
        constraints = [models.UniqueConstraint(fields=["entity", "old_id"], name="merged_away_once")]

    def __str__(self) -> str:
        return f"{self.old_id} is {self.new_id}"
