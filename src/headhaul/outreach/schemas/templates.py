"""What the actions on templates take and give."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from headhaul.kernel import Page, Paged, Payload, Result
from headhaul.outreach.choices import Channel
from headhaul.outreach.schemas.common import Id, Line, Name, Text, Version


class SaveTemplate(Payload):
    """A new template, or with `templateId` and the `version` that was read, changes of one: what is left out stays."""

    template_id: Id | None = None
    version: Version | None = None
    name: Name | None = Field(None, examples=["First hello"])
    channel: Channel | None = None
    subject: Line | None = Field(None, description="Of e-mails")
    body: Text | None = Field(None, examples=["Hi {contact.first_name|there}, we have {supply.drivers|good} drivers."])
    is_archived: bool | None = None


class ListTemplates(Page):
    """Templates by name."""

    channel: Channel | None = None
    include_archived: bool = False
    q: Line = ""


class TemplateRow(Result):
    """A text that is used again, and in how many current sequences."""

    id: int
    version: int
    name: str
    channel: Channel
    subject: str
    body: str
    is_archived: bool
    variables: list[str]
    encoding: str = ""
    segments: int = 0
    used_in: int
    updated_at: datetime
    updated_by: str = ""


class TemplatesPage(Paged[TemplateRow]):
    """Templates by name."""
