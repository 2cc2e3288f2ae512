"""The closed lists of this room. The words are stored: never change one, only add."""

from __future__ import annotations

from enum import StrEnum


class ConsentChannel(StrEnum):
    """What a consent or a refusal speaks of. `all` is a do-not-contact."""

    EMAIL = "email"
    SMS = "sms"
    CALL = "call"
    ALL = "all"


class ConsentStatus(StrEnum):
    """What somebody said. Whoever said nothing has no row."""

    UNKNOWN = "unknown"
    OPTED_IN = "opted_in"
    OPTED_OUT = "opted_out"
    REVOKED = "revoked"

    @property
    def denies(self) -> bool:
        """Whether it forbids."""
        return self in (ConsentStatus.OPTED_OUT, ConsentStatus.REVOKED)


RETRACTION = "retraction"
"""The source of what takes a note back: it says what held before. Nobody writes it by hand."""


class Scope(StrEnum):
    """How far a suppression reaches."""

    ADDRESS = "address"
    CONTACT = "contact"
    ACCOUNT = "account"
    DOMAIN = "domain"
    DOT = "dot"


class Register(StrEnum):
    """The lists of others that numbers are held against."""

    DO_NOT_CALL = "do_not_call"
    REASSIGNED = "reassigned"


class SuppressionReason(StrEnum):
    """Why somebody is not to be reached."""

    OPT_OUT = "opt_out"
    COMPLAINT = "complaint"
    HARD_BOUNCE = "hard_bounce"
    DNC_REQUEST = "dnc_request"
    NATIONAL_DNC = "national_dnc"
    REASSIGNED = "reassigned"
    LITIGATOR = "litigator"
    MANUAL = "manual"


class Purpose(StrEnum):
    """What a message is for: only marketing is outreach, the rest has rules of its own."""

    OUTREACH = "outreach"
    REPLY = "reply"  # an answer to somebody who wrote or called first
    NOTICE = "notice"  # the one confirmation of an opt-out
    TEST = "test"  # to oneself


class Outcome(StrEnum):
    """What a decision says."""

    ALLOW = "allow"
    DEFER = "defer"
    DENY = "deny"


class HoldScope(StrEnum):
    """What a stop of sending covers."""

    ALL = "all"
    CHANNEL = "channel"
    SEQUENCE = "sequence"
    CALL_CAMPAIGN = "call_campaign"
    SENDER = "sender"
