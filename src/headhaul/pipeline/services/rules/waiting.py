"""Events that wait: many at once are put down in the write's transaction, for the background."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from headhaul.pipeline.choices import RuleTrigger
from headhaul.pipeline.models import WaitingEvent
from headhaul.pipeline.selectors.rules.facts import read_json
from headhaul.pipeline.services.happening import Event


def put(events: Sequence[Event]) -> int:
    """Put events down; one that is there already is not put down twice. They are worked off within a minute."""
    rows = [
        WaitingEvent(trigger=event.trigger, key=f"{event.trigger}|{event.key}", data=_data(event), queued_at=event.at)
        for event in events
    ]
    WaitingEvent.objects.bulk_create(rows, batch_size=2_000, ignore_conflicts=True)
    return len(rows)


def retry_all() -> int:
    """Ask again about what was put aside; how many events these are."""
    return WaitingEvent.objects.exclude(error="").update(attempts=0, error="")


def event_of(key: str, text: str) -> Event:
    data: Mapping[str, Any] = read_json(text)
    trigger, _, own = key.partition("|")
    return Event(
        trigger=RuleTrigger(trigger),
        at=datetime.fromisoformat(data["at"]),
        key=own,
        account_id=data["account"],
        opportunity_id=data["opportunity"],
        activity_id=data["activity"],
        record_id=data.get("record"),  # what was put down before there were any has none
        actor=data["actor"],
        changes={name: (old, new) for name, (old, new) in data["changes"].items()},
        risk=data["risk"],
    )


def _data(event: Event) -> dict[str, Any]:
    return {
        "at": event.at.isoformat(),
        "account": event.account_id,
        "opportunity": event.opportunity_id,
        "activity": event.activity_id,
        "record": event.record_id,
        "actor": event.actor,
        "risk": event.risk,
        "changes": {name: [_plain(old), _plain(new)] for name, (old, new) in event.changes.items()},
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (date, datetime)) else value
