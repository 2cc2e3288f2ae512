"""Sources: named by a key that stays, so that renaming one changes no report."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from headhaul.capture.errors import StaleEvent
from headhaul.capture.models import LeadSource
from headhaul.capture.services.defaults import defaults, insert_sources
from headhaul.kernel import InvalidData


def named(key: str, *, field: str = "source", may_be_closed: bool = False) -> LeadSource:
    """The source of this key. InvalidData when there is none that is used."""
    found = LeadSource.objects.filter(key=key).first()
    if found is None and key in {row["key"] for row in defaults()} and not LeadSource.objects.exists():
        raise InvalidData("There are no lead sources at all. Save one first.", fields={field: "see saveLeadSource"})
    if found is None or not (found.is_active or may_be_closed):
        known = ", ".join(LeadSource.objects.filter(is_active=True).order_by("key").values_list("key", flat=True)[:20])
        raise InvalidData(f"There is no lead source “{key}” in use.", fields={field: f"one of: {known}"})
    return found


def usual(key: str, *, at: datetime) -> LeadSource:
    """A source that the product comes with, put back if somebody emptied the table."""
    found = LeadSource.objects.filter(key=key).first()
    if found is None:
        insert_sources(connection, at=at)
        found = LeadSource.objects.get(key=key)
    return found


def save(
    *, key: str, values: Mapping[str, Any], version: int | None, at: datetime
) -> tuple[LeadSource, dict[str, Any] | None]:
    """Make or change one; the row, and what its changed fields were before (None: it is new)."""
    row = LeadSource.objects.select_for_update().filter(key=key).first()
    if row is None:
        if not values.get("name"):
            raise InvalidData("A new source needs a name.", fields={"name": "missing"})
        fresh = {"medium": "other", "quality": 50} | {
            name: value for name, value in values.items() if value is not None
        }
        return LeadSource.objects.create(key=key, created_at=at, updated_at=at, **fresh), None
    if version is None:
        raise InvalidData("Say which version you changed.", fields={"version": f"{row.version} is the current one"})
    if version != row.version:
        raise StaleEvent(f"{row.name} was changed meanwhile. Look at it again.", current=row.version)
    changed = {name: value for name, value in values.items() if value is not None and getattr(row, name) != value}
    before = {name: getattr(row, name) for name in changed}
    if changed:
        for name, value in changed.items():
            setattr(row, name, value)
        row.version += 1
        row.updated_at = at
        row.save(update_fields=[*changed, "version", "updated_at"])
    return row, before
