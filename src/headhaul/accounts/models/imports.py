"""Imports of records: what was read, what became of each row, and what it takes to take all of it back."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from headhaul.accounts.choices import ImportMode, ImportState, RowResult
from headhaul.accounts.models.common import BLANK, among


class ImportRun(models.Model):
    """One import. `read` = created + updated + unchanged + skipped + failed, and is also where it goes on."""

    entity = models.TextField()  # key of an importer
    title = models.TextField(**BLANK)  # what people call what is imported
    source = models.TextField()  # the other system whose record ids it carries: file, airtable
    file_name = models.TextField()
    path = models.TextField(**BLANK)  # where the rows lie; "" when they came with the call
    headers: models.JSONField[Any, Any] = models.JSONField(default=list)
    mapping: models.JSONField[Any, Any] = models.JSONField(default=dict)  # column → field
    options: models.JSONField[Any, Any] = models.JSONField(default=dict)
    mode = models.TextField(default=ImportMode.BOTH)
    is_dry_run = models.BooleanField(default=False)
    state = models.TextField(default=ImportState.QUEUED)
    error = models.TextField(**BLANK)
    rows_total = models.IntegerField(null=True, blank=True)  # where it is known before the end
    done_percent = models.SmallIntegerField(default=0)
    read = models.IntegerField(default=0)
    created = models.IntegerField(default=0)
    updated = models.IntegerField(default=0)
    unchanged = models.IntegerField(default=0)
    skipped = models.IntegerField(default=0)
    failed = models.IntegerField(default=0)
    notes: models.JSONField[Any, Any] = models.JSONField(default=list)
    batch_id = models.TextField(**BLANK)
    attempts = models.SmallIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    by_name = models.TextField(**BLANK)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    reversed = models.IntegerField(default=0)
    kept = models.IntegerField(default=0)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [
            models.Index("heartbeat_at", name="imports_open", condition=Q(state__in=["queued", "running", "undoing"])),
        ]
        constraints = [
            models.CheckConstraint(condition=among("state", ImportState), name="import_in_a_known_state"),
            models.CheckConstraint(condition=among("mode", ImportMode), name="import_of_a_known_mode"),
            models.CheckConstraint(
                condition=Q(read=F("created") + F("updated") + F("unchanged") + F("skipped") + F("failed")),
                name="import_leaves_no_row_out",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.state})"


class ImportRowError(models.Model):
    """A row that did not come in, as it stood in the file, and why."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="row_errors")
    row = models.IntegerField()  # of the rows under the header, from 1
    line = models.IntegerField()  # of the file
    result = models.TextField(default=RowResult.FAILED)
    column = models.TextField(**BLANK)  # of the first thing that is wrong
    value = models.TextField(**BLANK)
    reason = models.TextField()
    problems: models.JSONField[Any, Any] = models.JSONField(default=list)  # all that is wrong: [column, value, reason]
    cells: models.JSONField[Any, Any] = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "row"], name="import_error_once_a_row"),
            models.CheckConstraint(condition=among("result", RowResult), name="import_error_known_result"),
        ]

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


class ImportedRecord(models.Model):
    """A record that an import made or changed. `before` and `after` hold the fields that it changed."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="records")
    entity = models.TextField()
    record_id = models.BigIntegerField()
    row = models.IntegerField()
    is_new = models.BooleanField()
    version = models.IntegerField()  # as the import left it
    before: models.JSONField[Any, Any] = models.JSONField(default=dict)
    after: models.JSONField[Any, Any] = models.JSONField(default=dict)
    taken_back = models.BooleanField(null=True)  # None: nobody has tried
    reason = models.TextField(**BLANK)  # why it was kept, all of it or a part

    class Meta:
        indexes = [models.Index("run", "taken_back", "id", name="imported_and_kept")]
        constraints = [models.UniqueConstraint(fields=["run", "entity", "record_id"], name="imported_once_a_run")]

    def __str__(self) -> str:
        return f"{self.entity} {self.record_id}"


class ImportMapping(models.Model):
    """Which column is which field, as somebody said it last for a file with these headers."""

    entity = models.TextField()
    fingerprint = models.TextField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    mapping: models.JSONField[Any, Any] = models.JSONField(default=dict)
    options: models.JSONField[Any, Any] = models.JSONField(default=dict)
    used_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index("entity", "fingerprint", F("used_at").desc(), name="mappings_of_headers")]
        constraints = [
            models.UniqueConstraint(
                fields=["entity", "fingerprint", "user"], name="mapping_once_a_user", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.entity} {self.fingerprint}"


class AirtableExport(models.Model):
    """One export of our records: to Airtable, or into a folder of CSV files."""

    target = models.TextField()  # api or csv
    path = models.TextField(**BLANK)  # of the folder, or of the archive that people fetch
    state = models.TextField(default=ImportState.QUEUED)
    error = models.TextField(**BLANK)
    only: models.JSONField[Any, Any] = models.JSONField(default=list)  # tables; all when empty
    counts: models.JSONField[Any, Any] = models.JSONField(default=dict)  # table → created, updated, refused, last id
    problems: models.JSONField[Any, Any] = models.JSONField(default=list)  # what Airtable refused, in words
    attempts = models.SmallIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    by_name = models.TextField(**BLANK)
    created_at = models.DateTimeField()
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=among("state", ImportState), name="export_in_a_known_state"),
            models.CheckConstraint(condition=Q(target__in=["api", "csv"]), name="export_to_a_known_target"),
        ]

    def __str__(self) -> str:
        return f"to {self.target} ({self.state})"


class ExternalId(models.Model):
    """What another system calls a record of ours, so that it is found again."""

    source = models.TextField()
    entity = models.TextField()
    external_id = models.TextField()
    record_id = models.BigIntegerField()
    seen_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index("entity", "record_id", name="external_ids_of_record")]
        constraints = [
            models.UniqueConstraint(fields=["source", "entity", "external_id"], name="external_id_once"),
            models.CheckConstraint(condition=~Q(external_id=""), name="external_id_is_something"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.external_id}"
