"""Events: made, changed, and found by their public key."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from headhaul.accounts.services.ownership import check_can_own
from headhaul.capture.choices import EventKind
from headhaul.capture.errors import FormIsClosed, StaleEvent
from headhaul.capture.models import CaptureEvent
from headhaul.capture.services import sources
from headhaul.capture.services.defaults import key_of_kind
from headhaul.kernel import Actor, InvalidData, NotFound
from headhaul.security.models import User

TEXTS = frozenset({"city", "state", "timezone", "campaign", "consent_wording"})
NEEDED = frozenset({"name", "kind", "follow_up_days", "is_active", "form_is_open"})


def find(event_id: int, *, field: str = "eventId") -> CaptureEvent:
    """The event, active or not."""
    event = CaptureEvent.objects.select_related("source").filter(pk=event_id).first()
    if event is None:
        raise NotFound(f"There is no event {event_id}.", fields={field: "see getCaptureEvents"})
    return event


def of_key(public_key: str) -> CaptureEvent:
    """The event of a public form that takes something now. FormIsClosed otherwise."""
    event = CaptureEvent.objects.select_related("source").filter(public_key=public_key).first()
    if event is None or not event.is_active or not event.form_is_open:
        raise FormIsClosed("This form is closed. Please write to us instead.")
    return event


def create(*, values: Mapping[str, Any], at: datetime, by: Actor) -> CaptureEvent:
    """A new event; its owner is whoever makes it unless one is named."""
    given = _checked({name: value for name, value in values.items() if value is not None})
    if not given.get("name"):
        raise InvalidData("An event needs a name.", fields={"name": "missing"})
    kind = str(given.get("kind", EventKind.TRADE_SHOW))
    given.setdefault("source", sources.usual(key_of_kind(kind), at=at))
    given.setdefault("owner_id", by.user_id)
    _check_days(given.get("starts_on"), given.get("ends_on"))
    return CaptureEvent.objects.create(
        **given, public_key=new_key(), created_at=at, created_by_id=by.user_id, updated_at=at
    )


def change(
    *, event_id: int, version: int | None, values: Mapping[str, Any], new_key_too: bool, at: datetime
) -> tuple[CaptureEvent, dict[str, Any]]:
    """Write what differs; the event, and what the changed fields were before."""
    event = CaptureEvent.objects.select_for_update(of=("self",)).select_related("source").filter(pk=event_id).first()
    if event is None:
        raise NotFound(f"There is no event {event_id}.", fields={"eventId": "see getCaptureEvents"})
    if version is None:
        raise InvalidData("Say which version you changed.", fields={"version": f"{event.version} is the current one"})
    if version != event.version:
        raise StaleEvent(f"{event.name} was changed meanwhile. Look at it again.", current=event.version)
    given = _checked(_cleared(values))
    before = {name: getattr(event, name) for name, value in given.items() if getattr(event, name) != value}
    for name in before:
        setattr(event, name, given[name])
    _check_days(event.starts_on, event.ends_on)
    if new_key_too:
        event.public_key = new_key()
    if before or new_key_too:
        event.version += 1
        event.updated_at = at
        event.save()
    return event, before


def new_key() -> str:
    """Something nobody guesses, short enough for a QR code that phones read from afar."""
    return secrets.token_urlsafe(9)


def _cleared(values: Mapping[str, Any]) -> dict[str, Any]:
    """None clears a text; what an event cannot do without stays."""
    found = {}
    for name, value in values.items():
        if value is None and name in NEEDED:
            raise InvalidData("An event cannot do without it.", fields={name: "cannot be null"})
        found[name] = "" if value is None and name in TEXTS else value
    return found


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    given = dict(values)
    if "source" in given and given["source"] is not None:
        given["source"] = sources.named(given["source"])
    elif "source" in given:
        given.pop("source")
    if given.get("owner_id") is not None:
        check_can_own(User.objects.filter(pk=given["owner_id"]).first())
    if "kind" in given:
        given["kind"] = str(given["kind"])
    return given


def _check_days(starts_on: Any, ends_on: Any) -> None:
    if starts_on and ends_on and ends_on < starts_on:
        raise InvalidData("The event ends before it starts.", fields={"endsOn": "startsOn or later"})
