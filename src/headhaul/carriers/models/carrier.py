"""A motor carrier as the census knows it, and where each of its rows came from."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from headhaul.carriers.choices import Segment, equipment_codes, job_codes

BLANK: dict[str, Any] = {"blank": True, "default": ""}
UNKNOWN: dict[str, Any] = {"null": True, "blank": True}


class Carrier(models.Model):
    """One row of the census. A number that is not known is null; 0 is a fact."""

    dot_number = models.IntegerField(primary_key=True)

    legal_name = models.TextField(**BLANK)
    dba_name = models.TextField(**BLANK)
    phy_street = models.TextField(**BLANK)
    phy_city = models.TextField(**BLANK)
    phy_state = models.TextField(**BLANK)
    phy_zip = models.TextField(**BLANK)  # five digits for a US address, otherwise as written
    phy_country = models.TextField(**BLANK)
    phy_county = models.TextField(**BLANK)
    zip3 = models.SmallIntegerField(**UNKNOWN)
    mail_street = models.TextField(**BLANK)
    mail_city = models.TextField(**BLANK)
    mail_state = models.TextField(**BLANK)
    mail_zip = models.TextField(**BLANK)
    mail_country = models.TextField(**BLANK)
    phone = models.TextField(**BLANK)
    cell_phone = models.TextField(**BLANK)
    fax = models.TextField(**BLANK)
    email = models.TextField(**BLANK)

    status_code = models.TextField(**BLANK)  # A active, I inactive, P pending
    entity_types = models.TextField(**BLANK)  # C carrier, B broker, S shipper, …, joined by ";"
    carrier_operation = models.TextField(**BLANK)  # A interstate, B intrastate hazmat, C intrastate
    classdef = models.TextField(**BLANK)  # operation classes, joined by ";"
    authorized_for_hire = models.BooleanField(**UNKNOWN)
    exempt_for_hire = models.BooleanField(**UNKNOWN)
    private_only = models.BooleanField(**UNKNOWN)
    government = models.BooleanField(**UNKNOWN)
    passenger = models.BooleanField(**UNKNOWN)
    hm = models.BooleanField(**UNKNOWN)
    dockets = models.TextField(**BLANK)  # "MC421775:A", several joined by ";"

    power_units = models.IntegerField(**UNKNOWN)
    truck_units = models.IntegerField(**UNKNOWN)
    bus_units = models.IntegerField(**UNKNOWN)
    owned_trucks = models.IntegerField(**UNKNOWN)
    owned_tractors = models.IntegerField(**UNKNOWN)
    owned_trailers = models.IntegerField(**UNKNOWN)
    term_trucks = models.IntegerField(**UNKNOWN)
    term_tractors = models.IntegerField(**UNKNOWN)
    term_trailers = models.IntegerField(**UNKNOWN)
    trip_trucks = models.IntegerField(**UNKNOWN)
    trip_tractors = models.IntegerField(**UNKNOWN)
    trip_trailers = models.IntegerField(**UNKNOWN)
    total_drivers = models.IntegerField(**UNKNOWN)
    total_cdl = models.IntegerField(**UNKNOWN)
    interstate_beyond_100 = models.IntegerField(**UNKNOWN)
    interstate_within_100 = models.IntegerField(**UNKNOWN)
    intrastate_beyond_100 = models.IntegerField(**UNKNOWN)
    intrastate_within_100 = models.IntegerField(**UNKNOWN)
    leased_drivers = models.IntegerField(**UNKNOWN)  # average per month
    mileage = models.BigIntegerField(**UNKNOWN)
    mileage_year = models.SmallIntegerField(**UNKNOWN)
    mcs150_date = models.DateField(**UNKNOWN)
    add_date = models.DateField(**UNKNOWN)
    safety_rating = models.TextField(**BLANK)  # S satisfactory, C conditional, U unsatisfactory
    safety_rating_date = models.DateField(**UNKNOWN)

    cargo_mask = models.IntegerField(default=0)  # bit = cargo class id − 1
    cargo_known = models.BooleanField(default=False)
    cargo_other = models.TextField(**BLANK)

    # Derived from the facts above by services.segments, services.equipment and services.jobtypes.
    equipment_primary = models.SmallIntegerField(default=0)
    equipment_secondary = models.SmallIntegerField(default=0)
    specificity = models.SmallIntegerField(default=0)  # 0–100: how much the cargo says about the equipment
    job_mask = models.SmallIntegerField(default=0)
    cdl_level = models.SmallIntegerField(default=0)
    effective_units = models.IntegerField(**UNKNOWN)
    segment = models.TextField(default=Segment.UNKNOWN)

    source = models.TextField()  # the layout whose file set this row last
    source_date = models.DateField()  # the day that file speaks for
    first_seen_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(dot_number__gte=1), name="carriers_carrier_dot_number"),
        ]

    def __str__(self) -> str:
        return f"{self.legal_name} (DOT {self.dot_number})"

    @property
    def equipment_mask(self) -> int:
        """All families this carrier may run, likely ones and possible ones."""
        return self.equipment_primary | self.equipment_secondary

    @property
    def equipment(self) -> list[str]:
        """Wire words of all families, in bit order."""
        return equipment_codes(self.equipment_mask)

    @property
    def jobs(self) -> list[str]:
        """Wire words of the job types."""
        return job_codes(self.job_mask)

    @property
    def display_name(self) -> str:
        """The name a rep would say."""
        return self.dba_name or self.legal_name


class CarrierSource(models.Model):
    """Per carrier and kind of file: the newest file that named it, and a hash of what that file said.

    Narrow on purpose: a daily file touches every row here and few rows of the carrier table.
    """

    pk = models.CompositePrimaryKey("dot_number", "source")
    dot_number = models.IntegerField()
    source = models.TextField()
    row_hash = models.BigIntegerField()
    seen_on = models.DateField()


class CarrierFiling(models.Model):
    """A former MCS-150 filing: what the carrier had declared before a newer filing replaced it."""

    pk = models.CompositePrimaryKey("dot_number", "mcs150_date")
    dot_number = models.IntegerField()
    mcs150_date = models.DateField()
    power_units = models.IntegerField(**UNKNOWN)
    total_drivers = models.IntegerField(**UNKNOWN)
    mileage = models.BigIntegerField(**UNKNOWN)
    source = models.TextField()


class CarrierOverride(models.Model):
    """A manager's word that a carrier is a prospect although the worthiness gate says no."""

    dot_number = models.IntegerField()
    reason = models.TextField()
    created_at = models.DateTimeField()
    created_by = models.TextField()
    expires_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.TextField(**BLANK)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dot_number"],
                condition=Q(removed_at__isnull=True),
                name="carriers_carrieroverride_one_in_force",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="carriers_carrieroverride_reason"),
        ]
