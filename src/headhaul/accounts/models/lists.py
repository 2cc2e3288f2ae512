"""What firms and people make of the lists: fields of their own, and views."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from headhaul.accounts.choices import CustomEntity, CustomKind
from headhaul.accounts.models.common import BLANK, EMPTY, among


class CustomField(models.Model):
    """A field that a firm added to accounts, contacts or opportunities. Values live in the rows' `custom`, by key."""

    entity = models.TextField()
    key = models.TextField()  # as in the API; never changes
    label = models.TextField()
    kind = models.TextField()
    choices: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)  # for kinds that choose
    retired: models.JSONField[Any, Any] = models.JSONField(
        default=list, blank=True
    )  # choices of before: history and undo know them, nobody chooses them anew
    help = models.TextField(**BLANK)
    is_required = models.BooleanField(default=False)
    position = models.IntegerField(default=0)
    is_active = models.BooleanField(default=True)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entity", "key"], name="custom_field_once"),
            models.CheckConstraint(condition=among("entity", CustomEntity), name="custom_field_known_entity"),
            models.CheckConstraint(condition=among("kind", CustomKind), name="custom_field_known_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.entity}.{self.key}"


class SavedView(models.Model):
    """A list as somebody likes it: filters, order, columns, grouping. Private until it is shared."""

    entity = models.TextField()
    name = models.TextField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    is_shared = models.BooleanField(default=False)
    filters: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)  # wire names of the list action
    sort = models.TextField(**BLANK)
    columns: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    direction = models.TextField(**EMPTY)
    group_by = models.TextField(**BLANK)
    position = models.IntegerField(default=0)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)  # kept, so that removing can be taken back

    class Meta:
        indexes = [models.Index("entity", "is_shared", "owner", name="views_of_a_list")]
        constraints = [
            models.UniqueConstraint(
                "entity",
                "owner",
                Lower("name"),
                condition=Q(removed_at__isnull=True),
                name="view_name_once_an_owner",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="view_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class DefaultView(models.Model):
    """The view with which a list opens for somebody."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    entity = models.TextField()
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "entity"], name="one_default_view_a_list")]

    def __str__(self) -> str:
        return f"{self.entity}: {self.view_id}"


class ExportFile(models.Model):
    """A list on its way to a file, or there; the bytes lie in HEADHAUL_HOME/exports under its id."""

    id = models.UUIDField(primary_key=True)
    entity = models.TextField()
    format = models.TextField()
    file_name = models.TextField()
    request: models.JSONField[Any, Any] = models.JSONField()  # as the action was asked
    state = models.TextField(default="queued")
    rows = models.IntegerField(default=0)
    size = models.BigIntegerField(null=True)
    problem = models.TextField(**BLANK)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    created_at = models.DateTimeField(db_index=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "done", "failed"]), name="export_known_state"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name
