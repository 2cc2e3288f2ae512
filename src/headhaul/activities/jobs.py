"""Background work of this room. When the clock starts it stands in nightly/schedule.py."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from headhaul.activities.services import digests, reminding


@app.task(queue="clock", name="remind_of_tasks", queueing_lock="remind_of_tasks")
def remind_of_tasks(**_: object) -> int:
    """Tell people of tasks whose moment has come."""
    return reminding.remind(at=datetime.now(UTC))


@app.task(queue="mail", name="send_daily_mails", queueing_lock="send_daily_mails", lock="send_daily_mails")
def send_daily_mails(**_: object) -> dict[str, int]:
    """Send the daily mail to everybody whose morning it is."""
    return digests.send_due(at=datetime.now(UTC))
