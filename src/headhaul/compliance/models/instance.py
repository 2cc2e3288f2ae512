"""Which database this is, so that a copy or a restored backup notices that it is one."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Instance(models.Model):
    """One row: the mark that this database and the home directory share, and the server that it was last seen on."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    mark = models.UUIDField()
    server = models.TextField()  # PostgreSQL's system identifier, timeline and the database's number
    key_print = models.TextField()  # of the secret key, by which addresses of erased people are matched
    marked_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="instance_is_one")]

    def __str__(self) -> str:
        return str(self.mark)
