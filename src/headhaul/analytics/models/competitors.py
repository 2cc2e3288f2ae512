"""Who else is asked for drivers: what we know of them, where we met them, and who was told."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

USER = settings.AUTH_USER_MODEL
BLANK: dict[str, Any] = {"blank": True, "default": ""}


class Competitor(models.Model):
    """A firm that sells what we sell. Reps write its name into deals; `CompetitorName` says what it is called."""

    name = models.TextField()
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True, related_name="+")
    updated_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), condition=Q(removed_at__isnull=True), name="competitor_once"),
            models.CheckConstraint(condition=~Q(name=""), name="competitor_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class CompetitorName(models.Model):
    """A name under which a competitor is written, in lower case. Former names stay: deals of then still mean them."""

    key = models.TextField(primary_key=True)
    competitor = models.ForeignKey(Competitor, models.CASCADE, related_name="names")

    def __str__(self) -> str:
        return self.key


class CompetitorIntel(models.Model):
    """What we know of a competitor in a region; region "" is everywhere."""

    competitor = models.ForeignKey(Competitor, models.CASCADE, related_name="intel")
    region = models.TextField(**BLANK)
    offerings = models.TextField(**BLANK)
    pricing_notes = models.TextField(**BLANK)
    source_url = models.TextField(**BLANK)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["competitor", "region"], condition=Q(removed_at__isnull=True), name="intel_of_a_region_once"
            ),
            models.CheckConstraint(
                condition=Q(source_url="") | Q(source_url__startswith="https://"), name="intel_source_is_https"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.competitor_id} in {self.region or 'all regions'}"


class CompetitorIntelChange(models.Model):
    """What was known before and what became of it, field by field. Append-only."""

    intel = models.ForeignKey(CompetitorIntel, models.CASCADE, related_name="changes")
    version = models.IntegerField()
    field = models.TextField()
    old = models.TextField(**BLANK)
    new = models.TextField(**BLANK)
    at = models.DateTimeField()
    by = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [models.Index("intel", F("id").desc(), name="intel_history")]
        constraints = [models.UniqueConstraint(fields=["intel", "version", "field"], name="intel_change_once")]

    def __str__(self) -> str:
        return f"{self.field} of {self.intel_id}"


class CompetitorSighting(models.Model):
    """A competitor was met: for the first time in a region, or in a deal that was lost. Each is noted, and told, once.

    `name_key` is the name as it stood in the deal, in lower case, whether or not the competitor is known here.
    """

    kind = models.TextField()  # region, lost
    name_key = models.TextField()
    region = models.TextField(**BLANK)
    opportunity_id = models.BigIntegerField()  # named, so that it outlives the deal
    seen_at = models.DateTimeField()  # when the deal was lost, or last changed
    noted_at = models.DateTimeField()
    told = models.IntegerField(default=0)  # how many people; 0 where it lay too far back to be news

    class Meta:
        indexes = [models.Index(F("noted_at").desc(), F("id").desc(), name="sightings_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["name_key", "region"], condition=Q(kind="region"), name="sighting_of_a_region_once"
            ),
            models.UniqueConstraint(
                fields=["name_key", "opportunity_id"], condition=Q(kind="lost"), name="sighting_in_a_deal_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=["region", "lost"]), name="sighting_known_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.name_key} {self.kind}"
