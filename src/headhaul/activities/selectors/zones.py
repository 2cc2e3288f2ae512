"""Whose days count: the zone that was asked for, otherwise the reader's own."""

from __future__ import annotations

from datetime import UTC, tzinfo

from headhaul.accounts.selectors.pages import fetch
from headhaul.kernel import Actor
from headhaul.kernel.days import zone_named


def reader_zone(asked: str, *, by: Actor) -> tuple[str, tzinfo]:
    """The zone's name and the zone; UTC for whoever has none that exists."""
    name = asked
    if not name and by.user_id is not None:
        rows = fetch("select timezone from security_user where id = %s", [by.user_id])
        name = str(rows[0]["timezone"]) if rows else ""
    zone = zone_named(name)
    return ("UTC", UTC) if zone is None else (name, zone)


def zone_or_utc(name: str) -> tzinfo:
    """The zone of that name, or UTC for a name that is none."""
    return zone_named(name) or UTC
