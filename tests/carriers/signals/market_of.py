"""A small market: carriers and drivers made by hand or by dice."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from headhaul.carriers.choices import ALL_EQUIPMENT, ALL_JOBS
from headhaul.carriers.models import Carrier, Driver

DAY = date(2026, 11, 22)
PLACES = [
    ("75201", "TX"),
    ("76101", "TX"),
    ("10001", "NY"),
    ("60601", "IL"),
    ("90001", "CA"),
    ("73101", "OK"),
    ("96813", "HI"),
]


def carrier(dot: int, **changes: Any) -> Carrier:
    """An active for-hire dry van and reefer fleet in Dallas, with changes."""
    values: dict[str, Any] = {
        "legal_name": f"CARRIER {dot}", "phy_state": "TX", "phy_zip": "75201", "zip3": 752, "phy_country": "US",
        "status_code": "A", "authorized_for_hire": True, "power_units": 40, "total_drivers": 40, "total_cdl": 38,
        "owned_tractors": 35, "equipment_primary": 0b10, "equipment_secondary": 0b01, "specificity": 60,
        "job_mask": 0b1100, "cdl_level": 2,
        "effective_units": 40, "segment": "regional", "mcs150_date": date(2026, 3, 1),
        "add_date": date(2001, 6, 1), "source": "az4n", "source_date": DAY, "first_seen_on": DAY,
    }  # fmt: skip
    return Carrier.objects.create(dot_number=dot, **values | changes)


def driver(key: str, **changes: Any) -> Driver:
    """An available reefer driver in Dallas, active today, with changes."""
    values: dict[str, Any] = {
        "home_zip": "75201", "home_state": "TX", "zip3": 752, "cdl_class": "A", "endorsements": "",
        "equipment_mask": 0b10, "job_mask": 0b1100, "last_active_on": DAY, "status": "active", "added_on": DAY,
        "updated_on": DAY,
    }  # fmt: skip
    return Driver.objects.create(driver_id=key, **values | changes)


def by_dice(*, carriers: int, drivers: int, seed: int) -> None:
    """Carriers and drivers of every kind, the same for the same seed."""
    dice = random.Random(seed)
    for dot in range(1, carriers + 1):
        code, state = dice.choice(PLACES)
        primary = dice.randrange(ALL_EQUIPMENT + 1) & dice.randrange(ALL_EQUIPMENT + 1)
        carrier(
            dot * 7,
            legal_name=dice.choice(["ACME", "BLUE", "ACME BLUE"]) + f" {dice.randrange(9)}",
            phy_zip=code,
            zip3=int(code[:3]),
            phy_state=state,
            equipment_primary=primary,
            equipment_secondary=dice.randrange(ALL_EQUIPMENT + 1) & ~primary,
            job_mask=dice.randrange(ALL_JOBS + 1),
            cdl_level=dice.randrange(4),
            effective_units=dice.choice([None, 1, 7, 40, 40, 400]),
            segment=dice.choice(["owner_operator", "regional", "enterprise"]),
            status_code=dice.choice("AAAAI"),
            safety_rating=dice.choice(["", "", "S", "U"]),
        )
    for number in range(drivers):
        code, state = dice.choice(PLACES)
        driver(
            f"D{number}",
            home_zip=code,
            zip3=int(code[:3]),
            home_state=state,
            cdl_class=dice.choice(["A", "A", "B", ""]),
            endorsements=dice.choice(["", "HN", "P", "H"]),
            equipment_mask=dice.randrange(ALL_EQUIPMENT + 1),
            job_mask=dice.randrange(ALL_JOBS + 1),
            last_active_on=DAY - timedelta(days=dice.randrange(60)),
            status=dice.choice(["active", "active", "placed"]),
            available_from=dice.choice([None, DAY, DAY + timedelta(days=3)]),
        )
