"""What was typed into the form of a lead, as captureLead wants it: for browsers without scripts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

CHANNELS = ("email", "sms", "call")
_DOT = re.compile(r"(?i)^\s*(?:us\s*)?(?:dot)?\s*(?:no\.?|number)?\s*[#:]?\s*(\d{1,8})\s*$")


def lead_of(post: Mapping[str, str]) -> dict[str, Any]:
    """The data of captureLead. A number in the place of the company is a DOT number."""
    said = {name: post.get(name, "").strip() for name in ("contactName", "title", "note")}
    data: dict[str, Any] = {"clientId": str(uuid4()), **{name: words for name, words in said.items() if words}}
    company, event = post.get("company", "").strip(), post.get("eventId", "")
    if dot := _DOT.match(company):
        data["dotNumber"] = int(dot.group(1))
    elif company:
        data["company"] = company
    if event.isdigit():
        data["eventId"] = int(event)
    for name, many in (("phone", "phones"), ("email", "emails")):
        if value := post.get(name, "").strip():
            data[many] = [value]
    data["tags"] = [tag for tag in (each.strip() for each in post.get("tags", "").split(",")) if tag]
    if agreed := [channel for channel in CHANNELS if post.get(f"agreed_{channel}")]:
        data["consent"] = dict.fromkeys(agreed, True) | {"isWritten": bool(post.get("isWritten"))}
    return data | _follow_up(post.get("followUp", ""))


def _follow_up(asked: str) -> dict[str, Any]:
    if asked == "none":
        return {"followUp": False}
    return {"followUpDays": int(asked)} if asked.isdigit() else {}
