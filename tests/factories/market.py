"""A small freight market: carriers, the days' signals, and the four people who look at them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.db import connection

from headhaul.carriers.choices import Equipment, JobType, Segment
from headhaul.carriers.models import Carrier, Signal, SignalDay
from headhaul.kernel import Actor, Role
from headhaul.security.actors import actor_of
from headhaul.security.models import User

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY = NOON.date()


def person(name: str, role: Role, **fields: Any) -> Actor:
    """A user of this role, as an actor."""
    email = f"{name.lower()}@example.com"
    user, _ = User.objects.get_or_create(email=email, defaults={"name": name, "role": role, **fields})
    return actor_of(user)


def carrier(dot_number: int, **facts: Any) -> Carrier:
    """A carrier of the census: a reefer fleet in Dallas unless said otherwise."""
    made = unsaved_carrier(dot_number, **facts)
    made.save(force_insert=True)
    return made


def unsaved_carrier(dot_number: int, **facts: Any) -> Carrier:
    """The same, to be saved with others."""
    return Carrier(
        **{
            "dot_number": dot_number,
            "legal_name": f"CARRIER {dot_number} LLC",
            "phy_city": "DALLAS",
            "phy_state": "TX",
            "phy_zip": "75201",
            "zip3": 752,
            "status_code": "A",
            "phone": "2145550100",
            "power_units": 40,
            "effective_units": 40,
            "total_drivers": 30,
            "segment": Segment.REGIONAL,
            "cargo_known": True,
            "equipment_primary": 1 << Equipment.REEFER,
            "job_mask": 1 << JobType.REGIONAL,
            "mcs150_date": date(2026, 3, 1),
            "source": "az4n",
            "source_date": date(2026, 11, 1),
            "first_seen_on": date(2026, 1, 1),
        }
        | facts
    )


def partition(day: date) -> None:
    """Room for a day's signals."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"create table if not exists carriers_signal_{day:%Y%m%d} partition of carriers_signal"
            f" for values from ('{day}') to (date '{day}' + 1)"
        )


def signals(day: date, *rows: dict[str, Any]) -> None:
    """A day of signals, the current one: each row names a `dot_number` and what differs from a middling signal."""
    partition(day)
    of = {c.dot_number: c for c in Carrier.objects.filter(dot_number__in=[row["dot_number"] for row in rows])}
    for row in rows:
        known = of[row["dot_number"]]
        Signal.objects.create(
            **{
                "day": day,
                "score_hundredths": 6000,
                "n": 12,
                "near": 5,
                "prox": 7000,
                "rec": 8000,
                "fit": 9000,
                "active7": 4,
                "pool": 40,
                "by_equipment": [0, 12, 0, 0, 0, 0, 0, 0, 0, 0],
                "by_job": [0, 0, 12, 0],
                "top_states": ["TX"],
                "top_state_counts": [12],
                "confidence": 1,
                "urgency": 1,
                "state": known.phy_state,
                "segment": known.segment,
                "equipment_mask": known.equipment_mask,
                "units": known.effective_units,
                "name": known.display_name,
                "computed_at": NOON,
            }
            | row
        )
    SignalDay.objects.filter(is_current=True).exclude(day=day).update(is_current=False)
    SignalDay.objects.update_or_create(
        day=day,
        defaults={"is_current": True, "rows": len(rows), "considered": len(rows), "drivers": 40, "computed_at": NOON},
    )


def no_signals() -> None:
    """Drop every day: the flush between tests knows only the tables that Django manages."""
    with connection.cursor() as cursor:
        cursor.execute("select inhrelid::regclass::text from pg_inherits where inhparent = 'carriers_signal'::regclass")
        for (table,) in cursor.fetchall():
            cursor.execute(f"drop table {table}")
