"""Product settings as stored: the current value of each section and every change it went through."""

from __future__ import annotations

from django.db import models
from django.db.models import UniqueConstraint


class StoredSection(models.Model):
    """The saved values of one section. No row means: all defaults, version 0."""

    key = models.CharField(max_length=60, primary_key=True)
    version = models.IntegerField()
    values = models.JSONField()

    def __str__(self) -> str:
        return f"{self.key} v{self.version}"


class SectionChange(models.Model):
    """Who changed a section, when, from what to what."""

    key = models.CharField(max_length=60)
    version = models.IntegerField()
    at = models.DateTimeField()
    user_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=254)
    before = models.JSONField()
    after = models.JSONField()

    class Meta:
        constraints = [UniqueConstraint(fields=["key", "version"], name="one_change_per_section_version")]

    def __str__(self) -> str:
        return f"{self.key} v{self.version} by {self.actor}"
