"""What the door remembers: the audit and its seals, replies by idempotency key, counted use, uploads."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.db.models.functions import Now


class AuditEntry(models.Model):
    """One write or one refusal. Triggers let nobody change or remove it; users are named, not referenced."""

    at = models.DateTimeField(db_default=Now())
    action = models.CharField(max_length=60)
    outcome = models.CharField(max_length=8, choices=[(o, o) for o in ("done", "refused", "failed")])
    code = models.CharField(max_length=40, blank=True, db_default="")
    actor_kind = models.CharField(max_length=10)
    user_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=254)
    role = models.CharField(max_length=16, blank=True, db_default="")
    token_id = models.BigIntegerField(null=True)
    door = models.CharField(max_length=8)
    request_id = models.CharField(max_length=64)
    batch_id = models.CharField(max_length=64, blank=True, db_default="")
    target_type = models.CharField(max_length=40, blank=True, db_default="")
    target_id = models.CharField(max_length=64, blank=True, db_default="")
    data_keys = ArrayField(models.CharField(max_length=60))

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(outcome="done", code="") | (~Q(outcome="done") & ~Q(code="")),
                name="audit_refusals_have_a_code",
            ),
        ]
        indexes = [
            models.Index(fields=["target_type", "target_id", "-at", "-id"], name="audit_of_a_target_by_time"),
            models.Index(fields=["user_id", "-id"], name="audit_of_a_user"),
            models.Index(fields=["action", "-id"], name="audit_of_an_action"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.outcome} by {self.actor}"


class Reversal(models.Model):
    """How one write can be taken back: the actions that do it, until they were done or too much time has passed."""

    audit = models.OneToOneField(AuditEntry, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="+")
    at = models.DateTimeField(db_index=True)
    user_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=60)
    batch_id = models.CharField(max_length=64, blank=True, db_default="")
    steps: models.JSONField[Any, Any] = models.JSONField()
    undone_at = models.DateTimeField(null=True)
    undone_by_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["batch_id"], name="reversals_of_a_batch", condition=~Q(batch_id=""))]

    def __str__(self) -> str:
        return f"{self.action} {self.pk}"


class AuditPending(models.Model):
    """Entries that wait for their seal; filled by a trigger, emptied by the sealer."""

    entry_id = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return str(self.entry_id)


class AuditSeal(models.Model):
    """One link of the chain: what the entry looked like, tied to every link before it. Append-only too."""

    position = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    entry_digest = models.BinaryField(max_length=32)
    chain_digest = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"seal {self.position}"


class StoredReply(models.Model):
    """The reply to a write that came with an idempotency key, kept so that a repetition gets the same one."""

    actor = models.CharField(max_length=32)
    action = models.CharField(max_length=60)
    key = models.CharField(max_length=255)
    data_hash = models.BinaryField(max_length=32)
    payload = models.TextField(blank=True, db_default="")
    undo_id = models.BigIntegerField(null=True)
    stored_at = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["actor", "action", "key"], name="one_reply_per_idempotency_key")]
        indexes = [models.Index(fields=["stored_at"], name="reply_by_age")]

    def __str__(self) -> str:
        return f"{self.action} {self.key}"


class RateUse(models.Model):
    """How much of one minute's allowance an actor has leased. Unlogged: losing it in a crash costs nobody."""

    pk = models.CompositePrimaryKey("actor", "minute")
    actor = models.CharField(max_length=32)
    minute = models.BigIntegerField()
    taken = models.IntegerField()
    granted = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.actor} {self.minute}"


class Upload(models.Model):
    """A file that came in and waits to be imported; the bytes lie in HEADHAUL_HOME/uploads under its id."""

    id = models.UUIDField(primary_key=True)
    filename = models.CharField(max_length=255)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    user_id = models.BigIntegerField(null=True)
    uploaded_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.filename
