"""The driver pool. No name, phone, e-mail or street is here, and no column to put one into."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from headhaul.carriers.choices import DriverStatus
from headhaul.carriers.models.carrier import BLANK, UNKNOWN


class Driver(models.Model):
    """A driver by the pool's own id, as far as matching needs to know them."""

    driver_id = models.TextField(primary_key=True)
    home_zip = models.TextField(**BLANK)
    home_state = models.TextField(**BLANK)
    zip3 = models.SmallIntegerField(**UNKNOWN)
    cdl_class = models.TextField(**BLANK)  # A, B, C or "" for none
    endorsements = models.TextField(**BLANK)  # letters in order, X written as HN
    years = models.DecimalField(max_digits=4, decimal_places=1, **UNKNOWN)
    equipment_mask = models.SmallIntegerField(default=0)
    job_mask = models.SmallIntegerField(default=0)
    available_from = models.DateField(**UNKNOWN)
    last_active_on = models.DateField(**UNKNOWN)
    status = models.TextField(default=DriverStatus.ACTIVE)
    added_on = models.DateField()
    updated_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(driver_id=""), name="carriers_driver_id_given"),
            models.CheckConstraint(
                condition=Q(status__in=[str(s) for s in DriverStatus]), name="carriers_driver_known_status"
            ),
        ]

    def __str__(self) -> str:
        return self.driver_id
