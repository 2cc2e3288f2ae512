"""What the inbox takes and gives."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from headhaul.kernel import Page, Paged, Payload, Result
from headhaul.outreach.choices import Channel, InboundKind
from headhaul.outreach.schemas.common import Id, Text, Version

Subject = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")]


class GetReplies(Page):
    """Which of what came in, newest first. Without `kind`: what people wrote, and reports of what did not arrive."""

    which: Literal["open", "handled", "all"] = "open"
    whose: Literal["mine", "all"] = Field(
        default="all", description="mine: to messages of one's own, or at accounts that one owns."
    )
    kind: InboundKind | Literal["any"] | None = Field(default=None, description="any: programs' mail too.")
    channel: Channel | None = None
    contact_id: Id | None = None
    account_id: Id | None = None


class GetReply(Payload):
    """One message that came in."""

    reply_id: Id


class HandleReply(Payload):
    """Mark it as done, or as open again."""

    reply_id: Id
    handled: bool = True
    version: Version | None = None


class ReclassifyReply(Payload):
    """What it really is. A refusal that was found stays in effect: only removeSuppression ends it."""

    reply_id: Id
    kind: Literal["reply", "auto_reply", "opt_out", "other"]
    version: Version | None = None


class MatchReply(Payload):
    """Whom it is from; with a contact its sequences stop, as by any reply. Without one it belongs to nobody again."""

    reply_id: Id
    contact_id: Id | None = None
    version: Version | None = None


class AnswerReply(Payload):
    """An answer, in the same thread."""

    reply_id: Id
    text: Annotated[Text, Field(min_length=1)]
    subject: Subject = Field(default="", description="Of e-mail; Re: and theirs when left out.")


class ReplyRow(Result):
    """Something that came in, as a list shows it."""

    id: int
    version: int
    channel: Channel
    kind: InboundKind
    is_guess: bool = Field(description="A refusal that was inferred from the words: have a look.")
    from_address: str
    subject: str
    excerpt: str
    contact_id: int | None
    contact_name: str
    account_id: int | None
    account_name: str
    owner_id: int | None
    matched_by: str
    is_certain: bool
    is_forward: bool
    sequence_name: str
    received_at: datetime
    handled_at: datetime | None
    handled_by: str


class RepliesPage(Paged[ReplyRow]):
    """A page of the inbox, and how many are open: exact up to 1,000."""

    open: int


class ReplyDetail(Result):
    """All of it: the words, why it is what it is, what it answers, and what followed."""

    row: ReplyRow
    text: str
    whole_text: str
    attachments: list[str]
    signs: list[str] = Field(description="By what it was told what it is.")
    refusal: list[str] = Field(description="What it says that refuses, in sentences.")
    refused_channels: list[str]
    returns_on: date | None
    message_id: UUID | None
    message_subject: str
    message_text: str
    can_answer: bool


class ReplySaved(Result):
    """The row as it is now, and what followed."""

    reply: ReplyRow
    version: int
    stopped: int = 0
    said: str = ""


def plain(value: Any) -> list[str]:
    """A list of words out of stored JSON."""
    return [str(each) for each in value] if isinstance(value, list) else []
