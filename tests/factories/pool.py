"""Drivers to match with, and a small census around them."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from headhaul.carriers.choices import SEGMENTS, CdlLevel, Equipment, JobType
from headhaul.carriers.models import Carrier, Driver
from tests.factories.market import TODAY, unsaved_carrier

ZIPS = {
    "TX": ("75201", "77002", "78701"),
    "PA": ("19103", "15222"),
    "MN": ("55401", "56001"),
    "CA": ("90012", "93301", "95814"),
}


def driver(driver_id: str, **facts: Any) -> Driver:
    """A reefer and dry-van driver of Dallas with class A, active today, unless said otherwise; not saved."""
    return Driver(
        **{
            "driver_id": driver_id,
            "home_zip": "75201",
            "home_state": "TX",
            "zip3": 752,
            "cdl_class": "A",
            "equipment_mask": 1 << Equipment.REEFER | 1 << Equipment.DRY_VAN,
            "job_mask": 1 << JobType.REGIONAL | 1 << JobType.OTR,
            "last_active_on": TODAY,
            "added_on": TODAY - timedelta(days=60),
            "updated_on": TODAY,
        }
        | facts
    )


def town(*, carriers: int, drivers: int, seed: int = 3, today: date = TODAY) -> None:
    """A census and a pool that are the same for the same numbers."""
    dice = random.Random(seed)
    Carrier.objects.bulk_create([_carrier(number, dice) for number in range(carriers)])
    Driver.objects.bulk_create([_driver(number, dice, today) for number in range(drivers)])


def _carrier(number: int, dice: random.Random) -> Carrier:
    state = dice.choice(list(ZIPS))
    home = dice.choice(ZIPS[state])
    units, segment = dice.choice(list(zip([2, 9, 30, 140, 700], SEGMENTS, strict=False)))
    return unsaved_carrier(
        1000 + number,
        phy_state=state,
        phy_zip=home,
        zip3=int(home[:3]),
        power_units=units,
        effective_units=units,
        segment=segment,
        equipment_primary=1 << dice.randrange(5),
        specificity=dice.choice([40, 80, 100]),
        job_mask=1 << JobType.REGIONAL | 1 << dice.randrange(4),
        cdl_level=CdlLevel.A if number % 3 else CdlLevel.B,
        status_code="A" if number % 17 else "I",
    )


def _driver(number: int, dice: random.Random, today: date) -> Driver:
    state = dice.choice(list(ZIPS))
    home = dice.choice(ZIPS[state])
    return driver(
        f"d{number:05d}",
        home_zip=home,
        home_state=state,
        zip3=int(home[:3]),
        cdl_class=dice.choice("AAAB"),
        equipment_mask=1 << dice.randrange(5) | 1 << dice.randrange(5),
        job_mask=dice.randrange(1, 16),
        last_active_on=today - timedelta(days=dice.randrange(60)),
        added_on=today - timedelta(days=dice.choice([1, 3, 20, 60, 100])),
    )
