"""What the judge is asked, told, and answers. Plain values: nothing here reads a database or a clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from headhaul.compliance.choices import Outcome, Purpose


@dataclass(frozen=True, slots=True)
class Content:
    """What would be said. `html` only of e-mail; `approved_hash` is that of what a person or a version approved."""

    subject: str = ""
    text: str = ""
    html: str = ""
    body_hash: str = ""
    approved_hash: str = ""
    has_unsubscribe: bool = False  # the headers of RFC 8058 and a link in the body


@dataclass(frozen=True, slots=True)
class Proposal:
    """One message or call to one address. `channel` is email, sms, call or ai_call."""

    channel: str
    address: str
    purpose: Purpose = Purpose.OUTREACH
    contact_id: int | None = None
    account_id: int | None = None
    dot_number: str = ""
    segment: str = ""
    user_id: int | None = None  # the rep in whose name it goes
    sender_id: int | None = None  # the mailbox or number it goes from
    sequence_id: int | None = None
    call_campaign_id: int | None = None
    content: Content | None = None  # None: not written yet (a plan, a call, a note of something sent elsewhere)


@dataclass(frozen=True, slots=True)
class Said:
    """One consent event of the address, as the fold needs it. `has_evidence`: words, a form or an inbound START.

    `by_person`: one of ours typed it in, whatever source they named; else it came in by itself. `lifted_at`: of a
    refusal, from when on an administrator's lift of its denial is in effect.
    """

    id: int
    channel: str
    status: str
    basis: str
    source: str
    at: datetime
    expires_at: datetime | None = None
    has_evidence: bool = False
    by_person: bool = False
    lifted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Denied:
    """A suppression in effect that hits the proposal, by whichever scope."""

    id: int
    scope: str
    key: str
    channel: str
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Cap:
    """One limit and what was used of it; it opens again at `resets_at`. The counters are reserved later.

    `name`: firm, user, sender, warm_up, spacing, recipient, recipient_state.
    """

    name: str
    bucket: str
    limit: int
    used: int
    resets_at: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """A stop of sending that covers the proposal."""

    scope: str
    key: str
    reason: str
    since: datetime
    until: datetime | None = None  # an emergency ban ends by itself; a switch waits for a person


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that was looked up. `zones` and `states` are all the recipient may be in; `country` is ISO 3166-1
    alpha-2, "" when it is not known. `settings` are the firm's rules as plain JSON.
    """

    zones: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    country: str = ""
    said: tuple[Said, ...] = ()
    denied: tuple[Denied, ...] = ()
    held: tuple[Held, ...] = ()
    caps: tuple[Cap, ...] = ()
    readiness: tuple[str, ...] = ()  # what is missing before this channel may be used, in sentences; empty: ready
    invalid_address: bool = False
    scrubbed_at: datetime | None = None
    is_listed: bool | None = None
    still_theirs_at: datetime | None = None  # when the database of reassigned numbers last said that it is
    texted_before: bool = False  # whether they had a text from us; the first one says how to end them
    inbound_at: datetime | None = None  # when the recipient last wrote or called us
    own_address: str = ""  # of whoever asks: a test goes there alone
    opted_out_at: datetime | None = None  # of a notice: the opt-out it confirms
    clock_skew_seconds: float = 0.0
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that spoke against it, in a sentence for the rep and the moment it would allow (None: ask a person)."""

    rule: str
    layer: str
    outcome: Outcome
    sentence: str
    until: datetime | None = None
    cite: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Allow; defer until a moment (None: until a person acts); or deny. All reasons are told, the first one leads."""

    outcome: Outcome
    at: datetime
    until: datetime | None = None
    reasons: tuple[Reason, ...] = ()
    rules_hash: str = ""
    tzdata: str = ""
    evidence: dict[str, Any] = field(default_factory=dict)  # local times by zone, windows that were tested, counters

    @property
    def is_allowed(self) -> bool:
        """Whether it may go now."""
        return self.outcome is Outcome.ALLOW
