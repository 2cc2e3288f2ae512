"""Writing what was spent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from headhaul.analytics.models import Spend
from headhaul.analytics.selectors.channels import GENERAL, key_of, known
from headhaul.capture.models import CaptureEvent, LeadSource
from headhaul.kernel import Actor, Conflict, InvalidData, NotFound, StaleVersion

FIELDS = ("channel", "source_id", "campaign", "event_id", "starts_on", "ends_on", "amount_cents", "note")
LONGEST = 3_660  # days
_WIRE = {"starts_on": "startsOn", "ends_on": "endsOn", "amount_cents": "amountCents"}
SAME = ("channel", "source_id", "campaign", "event_id", "starts_on", "ends_on", "amount_cents")


class SpendIsThere(Conflict):
    """The same row was entered before."""

    code = "spend_is_there"


class StaleSpend(StaleVersion):
    """Somebody changed it since it was read."""


@dataclass(frozen=True, slots=True)
class Saved:
    """The row as it is now, and what it held before; None: it was not there."""

    row: Spend
    before: dict[str, Any] | None


def record(*, values: Mapping[str, Any], at: datetime, by: Actor) -> Spend:
    """Enter what was spent."""
    row = Spend(created_at=at, created_by_id=by.user_id, updated_at=at, **_checked(values))
    return _save(row)


def update(*, spend_id: int, version: int | None, values: Mapping[str, Any], at: datetime) -> Saved:
    """Put a row right. What a report said before is said anew from now on."""
    row = _lock(spend_id, version=version)
    missing = [name for name in ("starts_on", "ends_on", "amount_cents") if values.get(name, ...) is None]
    if missing:
        raise InvalidData("Spend has days and an amount.", fields={_WIRE[missing[0]]: "something, or left out"})
    before = {name: getattr(row, name) for name in FIELDS}
    if "channel" not in values and values.keys() & {"source_id", "event_id"}:
        values = {**values, "channel": None}
    checked = _checked({**before, **values})
    changes = {name: value for name, value in checked.items() if before[name] != value}
    if not changes:
        return Saved(row, {})
    for name, value in changes.items():
        setattr(row, name, value)
    row.version, row.updated_at = row.version + 1, at
    return Saved(_save(row), {name: before[name] for name in {**changes, "channel": ""}})


def remove(*, spend_id: int, version: int | None, at: datetime) -> Spend:
    """Take a row away; it is kept, so that it can come back."""
    row = _lock(spend_id, version=version)
    row.removed_at, row.updated_at, row.version = at, at, row.version + 1
    return _save(row)


def restore(*, spend_id: int, version: int | None, at: datetime) -> Spend:
    """Bring it back, unless the same was entered since."""
    row = _lock(spend_id, version=version, removed=True)
    row.removed_at, row.updated_at, row.version = None, at, row.version + 1
    return _save(row)


def overlapping(row: Spend) -> list[int]:
    """Other rows of the same channel, source, campaign and event in the same days: what they say adds up."""
    others = Spend.objects.filter(
        removed_at__isnull=True,
        channel=row.channel,
        source_id=row.source_id,
        campaign=row.campaign,
        event_id=row.event_id,
        starts_on__lte=row.ends_on,
        ends_on__gte=row.starts_on,
    ).exclude(pk=row.pk)
    return list(others.order_by("pk").values_list("pk", flat=True)[:100])


def check_days(starts_on: date, ends_on: date) -> None:
    """A period runs forwards and is no longer than ten years."""
    if ends_on < starts_on:
        raise InvalidData("These days run backwards.", fields={"endsOn": "not before startsOn"})
    if (ends_on - starts_on).days >= LONGEST:
        raise InvalidData("Spend covers at most ten years.", fields={"endsOn": "earlier"})


def _checked(given: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: given.get(name) for name in FIELDS} | {name: given.get(name) or "" for name in ("campaign", "note")}
    check_days(values["starts_on"], values["ends_on"])
    event = _of(CaptureEvent, values["event_id"], "eventId", "one of getCaptureEvents")
    if event is not None and values["source_id"] is None:
        values["source_id"] = event.source_id
    source = _of(LeadSource, values["source_id"], "sourceId", "one of listLeadSources")
    if event is not None and not values["campaign"]:
        values["campaign"] = event.campaign
    values["channel"] = channel_of(values["channel"], source=source)
    return values


def channel_of(given: str | None, *, source: LeadSource | None) -> str:
    """The channel: as given, or the one of the source. Refused where leads could never come by it."""
    if not given:
        if source is None or not source.medium:
            raise InvalidData(
                "Say on what it was spent.", fields={"channel": "a channel, or a source that has one, or general"}
            )
        return source.medium
    key = key_of(given)
    channels = known()
    if key == GENERAL and source is not None:
        raise InvalidData(
            "General spend belongs to no source.", fields={"channel": "that of the source, or leave the source out"}
        )
    if key not in channels:
        raise InvalidData(
            "Nobody comes by such a channel, so its cost could never be held against anything.",
            fields={"channel": f"one of {', '.join(channels)}"},
        )
    return key


def _of(model: Any, key: int | None, field: str, right: str) -> Any:
    if key is None:
        return None
    found = model.objects.filter(pk=key).first()
    if found is None:
        raise NotFound(f"There is no such {model._meta.verbose_name} as {key}.", fields={field: right})
    return found


def _lock(spend_id: int, *, version: int | None, removed: bool = False) -> Spend:
    row = Spend.objects.select_for_update().filter(pk=spend_id, removed_at__isnull=not removed).first()
    if row is None:
        raise NotFound(f"There is no spend {spend_id}.", fields={"spendId": "one of listSpend"})
    if version is not None and row.version != version:
        raise StaleSpend(
            "This spend was changed meanwhile. Look at it again, then repeat your change.", current=row.version
        )
    return row


def _save(row: Spend) -> Spend:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as fault:
        if "spend_is_entered_once" not in str(fault):
            raise
        before = Spend.objects.filter(removed_at__isnull=True, **{name: getattr(row, name) for name in SAME})
        there = before.exclude(pk=row.pk).first()
        raise SpendIsThere(
            f"The same amount for the same days and purpose is there already"
            f"{f', as number {there.pk}' if there else ''}. If it was really spent twice, enter the sum or say which"
            " campaign each is of.",
            fields={"amountCents": "another amount, period, campaign or source"},
        ) from fault
    return row
