"""Operating authority, insurance and orders: what may stop a carrier from running, each with its source and day."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from headhaul.carriers.models.carrier import BLANK, UNKNOWN


class Authority(models.Model):
    """The state of one docket. A active, I inactive, N none; "" when the source does not say."""

    dot_number = models.IntegerField()
    docket = models.TextField()  # prefix and digits without padding: MC421775
    common = models.TextField(**BLANK)
    contract = models.TextField(**BLANK)
    broker = models.TextField(**BLANK)
    revocation_pending = models.BooleanField(default=False)
    granted_on = models.DateField(**UNKNOWN)
    source = models.TextField()
    as_of = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dot_number", "docket", "source"], name="carriers_authority_docket"),
        ]


class Revocation(models.Model):
    """An order that revokes an authority, in force from `effective_on`."""

    dot_number = models.IntegerField()
    docket = models.TextField()
    authority = models.TextField()  # COMMON, CONTRACT, BROKER, …
    kind = models.TextField(**BLANK)  # INVOLUNTARY REVOCATION, …
    served_on = models.DateField(**UNKNOWN)
    effective_on = models.DateField(**UNKNOWN)  # a voluntary one is listed before its day is set
    source = models.TextField()
    as_of = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dot_number", "docket", "authority", "effective_on", "kind"],
                name="carriers_revocation_order",
                nulls_distinct=False,
            ),
        ]


class InsuranceFiling(models.Model):
    """Required and filed cover of one kind, in whole dollars. 0 on file is a fact; null is not known."""

    dot_number = models.IntegerField()
    kind = models.TextField()  # bipd, cargo, bond
    is_required = models.BooleanField(**UNKNOWN)
    required_dollars = models.BigIntegerField(**UNKNOWN)
    on_file_dollars = models.BigIntegerField(**UNKNOWN)
    cancels_on = models.DateField(**UNKNOWN)
    source = models.TextField()
    as_of = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dot_number", "kind", "source"], name="carriers_insurancefiling_kind"),
            models.CheckConstraint(
                condition=Q(kind__in=["bipd", "cargo", "bond"]), name="carriers_insurancefiling_known_kind"
            ),
        ]


class OutOfServiceOrder(models.Model):
    """An order not to operate; in force until it is rescinded."""

    dot_number = models.IntegerField()
    ordered_on = models.DateField()
    reason_code = models.TextField(**BLANK)
    reason = models.TextField(**BLANK)
    rescinded_on = models.DateField(**UNKNOWN)
    source = models.TextField()
    as_of = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dot_number", "ordered_on", "reason_code", "source"],
                name="carriers_outofserviceorder_order",
            ),
        ]
