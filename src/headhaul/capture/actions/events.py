"""Events and sources."""

from __future__ import annotations

from typing import Any

from headhaul.capture.schemas.events import (
    EventRow,
    EventsPage,
    GetCaptureEvents,
    ListLeadSources,
    SaveCaptureEvent,
    SaveLeadSource,
    SourceRow,
    Sources,
)
from headhaul.capture.selectors import events as reading
from headhaul.capture.services import events, sources
from headhaul.kernel import Call, InvalidData, Role, action

_WIRE = {
    "starts_on": "startsOn",
    "ends_on": "endsOn",
    "owner_id": "ownerId",
    "consent_wording": "consentWording",
    "follow_up_days": "followUpDays",
    "is_active": "isActive",
    "form_is_open": "formIsOpen",
    "form_sites": "formSites",
}


@action("getCaptureEvents", reply="captureEventsLoaded", role=Role.VIEWER)
def get_capture_events(call: Call, data: GetCaptureEvents) -> EventsPage:
    """Events with how their leads do, the latest first."""
    return reading.events(asked=data, at=call.at)


@action(
    "saveCaptureEvent",
    reply="captureEventSaved",
    role=Role.MANAGER,
    writes=True,
    target=lambda given, answer: ("capture_event", str(answer.id if answer else given.event_id or "")),
    undo="saveCaptureEvent",
)
def save_capture_event(call: Call, data: SaveCaptureEvent) -> EventRow:
    """Make an event, or change one; taking a new one back makes it inactive, as leads may hang on it."""
    values = {
        name: getattr(data, name) for name in data.model_fields_set if name not in ("event_id", "version", "new_key")
    }
    if data.event_id is None:
        event = events.create(values=values, at=call.at, by=call.actor)
        back: dict[str, Any] = {"isActive": False, "formIsOpen": False}
    else:
        event, before = events.change(
            event_id=data.event_id, version=data.version, values=values, new_key_too=data.new_key, at=call.at
        )
        back = {_WIRE.get(name, name): _plain(value) for name, value in before.items()}
    if back:
        call.undo_with("saveCaptureEvent", {"eventId": event.pk, "version": event.version, **back})
    return reading.event(event.pk, at=call.at)


def _plain(value: Any) -> Any:
    """As JSON says it: days as text, a source by its key; an emptied text as null."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return (value.key if hasattr(value, "key") else value) if value != "" else None


@action("listLeadSources", reply="leadSourcesListed", role=Role.VIEWER)
def list_lead_sources(call: Call, data: ListLeadSources) -> Sources:
    """Where leads come from, by name, with how many came and how many of them became clients."""
    return reading.sources(with_inactive=data.with_inactive)


@action(
    "saveLeadSource",
    reply="leadSourceSaved",
    role=Role.MANAGER,
    writes=True,
    target=lambda given, answer: ("lead_source", given.key),
    undo="saveLeadSource",
)
def save_lead_source(call: Call, data: SaveLeadSource) -> SourceRow:
    """Make a source, or rename and rate one. Its key stays, so reports go on; leads keep the score they have."""
    if data.key == "all":
        raise InvalidData("“all” means every source.", fields={"key": "another word"})
    values = {name: getattr(data, name) for name in data.model_fields_set if name not in ("key", "version")}
    source, before = sources.save(key=data.key, values=values, version=data.version, at=call.at)
    back = {"isActive": False} if before is None else {_WIRE.get(name, name): value for name, value in before.items()}
    if back:
        call.undo_with("saveLeadSource", {"key": source.key, "version": source.version, **back})
    return reading.source(source.key)
