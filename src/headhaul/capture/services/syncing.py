"""What waited on a device: each lead by itself, so that one that cannot be taken does not hold up the others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from pydantic import ValidationError

from headhaul.actions.services.faults import translated
from headhaul.capture.choices import LeadDoor
from headhaul.capture.schemas.leads import CaptureFault, CaptureItem, CaptureLead
from headhaul.capture.selectors import leads
from headhaul.capture.services import capturing
from headhaul.kernel import Actor, AppError, InvalidData


def take(
    *,
    items: Sequence[CaptureLead | dict[str, Any]],
    device_now: datetime | None,
    door: LeadDoor,
    at: datetime,
    by: Actor,
    request_id: str,
) -> list[CaptureItem]:
    """Take each down, in a savepoint of its own; the answers in their order."""
    read = [_read(item) for item in items]
    capturing.lock_for([item for item in read if isinstance(item, CaptureLead)])
    answers = []
    for raw, item in zip(items, read, strict=True):
        if isinstance(item, CaptureFault):
            client_id = str(raw.get("clientId", ""))[:64] if isinstance(raw, dict) else ""
            answers.append(CaptureItem(client_id=client_id, fault=item))
            continue
        answers.append(_take(item, device_now=device_now, door=door, at=at, by=by, request_id=request_id))
    return answers


def _take(
    item: CaptureLead, *, device_now: datetime | None, door: LeadDoor, at: datetime, by: Actor, request_id: str
) -> CaptureItem:
    try:
        with translated(action="captureLeads", request_id=request_id), transaction.atomic():
            done = capturing.capture(asked=item, door=door, device_now=device_now, at=at, by=by)
            lead = leads.answer(done.lead, client_id=done.client_id, status=done.status)
    except AppError as fault:
        return CaptureItem(client_id=str(item.client_id), fault=_fault(fault))
    return CaptureItem(client_id=str(item.client_id), lead=lead)


def _read(item: CaptureLead | dict[str, Any]) -> CaptureLead | CaptureFault:
    if isinstance(item, CaptureLead):
        return item
    try:
        return CaptureLead.model_validate(item)
    except ValidationError as fault:
        fields = {
            ".".join(str(part) for part in error["loc"]) or "item": error["msg"].removeprefix("Value error, ")
            for error in fault.errors(include_url=False)
        }
        return _fault(InvalidData("This lead cannot be taken as it is.", fields=fields))


def _fault(fault: AppError) -> CaptureFault:
    return CaptureFault(code=fault.code, message=fault.message, fields=fault.fields)
