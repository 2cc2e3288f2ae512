"""What keeps public forms from being flooded."""

from __future__ import annotations

from django.db import models


class FormUse(models.Model):
    """How often a form was used in a span of time, by an address (hashed) or by everybody. Unlogged: worth nothing
    after a crash."""

    key = models.TextField()
    window = models.BigIntegerField()
    used = models.IntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "window"], name="form_use_once")]
        indexes = [models.Index("at", name="form_use_by_age")]

    def __str__(self) -> str:
        return f"{self.key} {self.used}"
