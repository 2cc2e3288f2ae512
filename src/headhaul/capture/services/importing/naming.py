"""Sources and events as other systems call them: found by key or name, or made."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from headhaul.accounts.ports.imports import Problem, Touched
from headhaul.accounts.services.importing.sessions import Refusal
from headhaul.capture.choices import EventKind
from headhaul.capture.models import CaptureEvent, LeadSource
from headhaul.capture.services import events, sources
from headhaul.kernel import Actor

_NO_KEY = re.compile(r"[^a-z0-9]+")


def source_of(said: str, *, medium: str, at: datetime) -> tuple[LeadSource, list[Touched]]:
    """The source, in use or not; a new one where there is none of this name."""
    words = " ".join(said.split())
    key = key_of(words)
    found = LeadSource.objects.filter(key=key).first() or LeadSource.objects.filter(name__iexact=words).first()
    if found is not None:
        return found, []
    made, _ = sources.save(key=key, values={"name": words[:200], "medium": medium or None}, version=None, at=at)
    return made, [Touched("leadSource", made, True)]


def key_of(said: str) -> str:
    """What a source of this name is called in reports. Refusal when it cannot be."""
    key = _NO_KEY.sub("_", said.lower()).strip("_")[:40].strip("_")
    if not key or not key[0].isalpha():
        raise Refusal(Problem("source", said, "is no name of a source; it begins with a letter"))
    return key


def event_of(said: str, *, source: LeadSource | None, at: datetime, by: Actor) -> tuple[CaptureEvent, list[Touched]]:
    """The event, the latest of its name; a closed one where there is none."""
    name = " ".join(said.split())[:200]
    found = CaptureEvent.objects.select_related("source").filter(name__iexact=name).order_by("-pk").first()
    if found is not None:
        return found, []
    kinds = {kind.value for kind in EventKind}
    kind = source.key if source is not None and source.key in kinds else EventKind.OTHER.value
    own = source.key if source is not None and source.is_active else None
    values: dict[str, Any] = {"name": name, "kind": kind, "source": own, "is_active": False}
    made = events.create(values=values, at=at, by=by)
    return made, [Touched("captureEvent", made, True)]
