"""What was used of each cap, and who was reached when. Raised only by what cannot pass the limit."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from headhaul.compliance.choices import ConsentChannel


class CapUse(models.Model):
    """How often a bucket was used on a day of UTC: `firm:email`, `user:7:email`, `sender:12:sms`."""

    pk = models.CompositePrimaryKey("bucket", "day")
    bucket = models.TextField()
    day = models.DateField()
    used = models.IntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(used__gte=0), name="cap_use_is_not_negative")]

    def __str__(self) -> str:
        return f"{self.bucket} {self.day} {self.used}"


class Touch(models.Model):
    """One contact with an address, by its hash. Counted over the recipient's own day and over 24 hours.

    It goes again when the attempt that made it certainly reached nobody.
    """

    address_hash = models.TextField()
    channel = models.TextField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index("address_hash", "channel", F("at").desc(), name="touches_of_address")]
        constraints = [
            models.CheckConstraint(
                condition=Q(channel__in=[c.value for c in ConsentChannel if c != "all"]), name="touches_known_channel"
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.at}"


class Pace(models.Model):
    """From when on a mailbox or number may send again."""

    sender_id = models.BigIntegerField(primary_key=True)
    next_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.sender_id} from {self.next_at}"
