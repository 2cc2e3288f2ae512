"""What a page says after something was logged, and what its parts are told."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse

from headhaul.console.ui.words import listed


def said_of(saved: Any) -> str:
    """What was logged, who was told and who was not, and who must not be contacted any more."""
    said = ["Task set." if saved.activity.type == "task" else "Logged."]
    if told := [each.name for each in saved.told if each.is_notified]:
        said.append(f"{listed(told)} {'was' if len(told) == 1 else 'were'} told.")
    said += [f"{each.name} {each.reason}, and was not told." for each in saved.told if not each.is_notified]
    if saved.do_not_contact:
        said.append(f"Marked as do-not-contact: {listed(saved.do_not_contact)}.")
    return " ".join(said)


def trigger(response: HttpResponse, event: str, detail: dict[str, Any]) -> HttpResponse:
    """Let the page hear of an event beside the toast."""
    events = json.loads(response.headers.get("HX-Trigger", "{}"))
    response.headers["HX-Trigger"] = json.dumps({**events, event: detail})
    return response
