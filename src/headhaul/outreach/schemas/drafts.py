"""A message before it is in the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from headhaul.compliance.choices import Purpose
from headhaul.outreach.choices import Channel


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be said to whom, and when. `dedupe_key` makes planning it twice the same as once.

    `subject`, `text` and `html` are what a person or a version approved; what the law asks for is added when it leaves.
    Without `not_after` it goes stale a week after `due_at`. `needs_approval` keeps it back until somebody says yes.
    """

    dedupe_key: str
    channel: Channel
    address: str
    text: str
    due_at: datetime
    subject: str = ""
    html: str = ""
    purpose: Purpose = Purpose.OUTREACH
    contact_id: int | None = None
    account_id: int | None = None
    sender_id: int | None = None
    user_id: int | None = None
    enrolment_id: int | None = None
    sequence_id: int | None = None
    version_number: int | None = None
    step_key: str = ""
    template_id: int | None = None
    campaign: str = ""
    call_campaign_id: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    in_reply_to_id: UUID | None = None
    not_after: datetime | None = None
    needs_approval: bool = False
