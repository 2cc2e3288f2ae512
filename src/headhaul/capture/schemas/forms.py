"""The public form: what a page needs to show it, and what it sends."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from headhaul.capture.schemas.words import Short, Text
from headhaul.kernel import DotNumber, Payload, Result, StateCode


class FormPage(Result):
    """What the page of a form shows. `ticket` goes back with it: it says when the page was opened."""

    event_id: int
    event: str
    consent_wording: str
    ticket: str


class PublicLead(Payload):
    """What somebody filled in. `website` is a field that people do not see: only machines fill it in.

    The form is sent with the page's `ticket`; nothing else is asked of a browser.
    """

    name: Short = ""
    company: Short = ""
    dot_number: DotNumber | None = None
    state: StateCode | None = None
    email: Annotated[str, StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[^\x00]*$")] = ""
    phone: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60, pattern=r"^[^\x00]*$")] = ""
    title: Short = ""
    fleet_size: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    message: Text = ""
    agrees_email: bool = False
    agrees_sms: bool = False
    agrees_call: bool = False
    rep: Annotated[str, StringConstraints(max_length=40, pattern=r"^[a-zA-Z0-9_-]*$")] = Field(
        default="", description="Whose QR code it was, if it was a rep's"
    )
    website: Annotated[str, StringConstraints(max_length=500)] = ""
    ticket: Annotated[str, StringConstraints(max_length=500)] = ""


class SubmitLeadForm(PublicLead):
    """A filled-in form that came through the counts of the door: which one, from where, what speaks against it."""

    public_key: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    origin: Annotated[str, StringConstraints(max_length=60)] = Field(default="", description="Hash of the address")
    against: Annotated[list[Short], Field(max_length=20)] = Field(
        default=[], description="What looks like junk; nothing: it is taken"
    )


class LeadFormSubmitted(Result):
    """What came of it: taken down, or held back to look through."""

    status: Literal["taken", "held"]
    lead_id: int


class PublicLeadTaken(Result):
    """What the page says: always thanks. Nobody outside is told whether it was held back."""

    status: Literal["taken", "held"]
    lead_id: int | None
    thanks: str
