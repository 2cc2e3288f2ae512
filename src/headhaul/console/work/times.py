"""From what a form says about time, in the reader's zone, to what an action takes; and the other way round."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from headhaul.kernel import InvalidData
from headhaul.kernel.days import MORNING, monday_of, today

REMINDERS = {"": "No reminder", "0": "When it is due", "15": "15 minutes before", "60": "An hour before",
             "1440": "A day before"}  # fmt: skip
SNOOZES = {"tomorrow": "Tomorrow", "monday": "Next Monday", "week": "In a week"}


def moment(text: str, zone: tzinfo, *, field: str) -> datetime | None:
    """A datetime-local field as an instant; an hour that the clock skips counts as the one before the skip."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError) as fault:
        raise InvalidData("That is no date and time.", fields={field: "for example 2026-11-18T09:30"}) from fault


def due(form: Mapping[str, str], zone: tzinfo) -> dict[str, Any]:
    """dueAt or dueOn, and remindAt, of a task."""
    day, clock, before = (form.get(name, "").strip() for name in ("due_day", "due_time", "remind"))
    if not day:
        if before or clock:
            raise InvalidData("Choose the day as well.", fields={"dueOn": "a day"})
        return {}
    instant = moment(f"{day}T{clock or MORNING.isoformat()}", zone, field="dueAt" if clock else "dueOn")
    assert instant is not None
    given: dict[str, Any] = {"dueAt": instant} if clock else {"dueOn": date.fromisoformat(day)}
    if before and before != "keep":
        given["remindAt"] = instant - timedelta(minutes=int(before) if before in REMINDERS else 0)
    return given


def snoozed(until: str, at: datetime, zone: tzinfo) -> date:
    """The day that a snooze leads to."""
    now = today(at, zone)
    days = {
        "tomorrow": now + timedelta(days=1),
        "monday": monday_of(now) + timedelta(weeks=1),
        "week": now + timedelta(weeks=1),
    }
    if until not in days:
        raise InvalidData("Snooze until when?", fields={"until": ", ".join(SNOOZES)})
    return days[until]


def seconds(text: str) -> int | None:
    """Minutes of a form as seconds."""
    if not text.strip():
        return None
    try:
        return round(float(text) * 60)
    except (ValueError, OverflowError) as fault:
        raise InvalidData("The length is a number of minutes.", fields={"durationSeconds": "minutes"}) from fault


def local(value: datetime | None, zone: tzinfo) -> str:
    """An instant as a datetime-local field shows it."""
    return "" if value is None else value.astimezone(zone).strftime("%Y-%m-%dT%H:%M")


def heading(day: date, now: date) -> str:
    """How a day is called above its entries."""
    if day == now:
        return "Today"
    if day == now - timedelta(days=1):
        return "Yesterday"
    return f"{day:%a} {day.day} {day:%b %Y}" if day.year != now.year else f"{day:%A} {day.day} {day:%B}"
