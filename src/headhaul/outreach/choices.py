"""The closed lists of this room. The words are stored: never change one, only add."""

from __future__ import annotations

from enum import StrEnum

from headhaul.accounts.choices import Channel as Channel  # the same three, said the same way


class GatewayKind(StrEnum):
    """What carries a message. The sandbox keeps it here and shows it as it would look."""

    SANDBOX = "sandbox"
    SMTP = "smtp"
    ESP = "esp"
    TWILIO = "twilio"


class MessageState(StrEnum):
    """Where a message of the outbox stands. Replies, complaints and clicks are events, not states."""

    DRAFT = "draft"
    QUEUED = "queued"
    CLAIMED = "claimed"
    DISPATCHING = "dispatching"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    FAILED = "failed"
    UNKNOWN = "unknown"
    UNKNOWN_FINAL = "unknown_final"
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    @property
    def is_final(self) -> bool:
        """Whether nothing more is done with it by us; an event may still say how it went."""
        return self in FINAL


FINAL = frozenset(
    {
        MessageState.DELIVERED,
        MessageState.BOUNCED,
        MessageState.FAILED,
        MessageState.UNKNOWN_FINAL,
        MessageState.CANCELLED,
        MessageState.EXPIRED,
    }
)
WENT_OUT = frozenset(
    {
        MessageState.ACCEPTED,
        MessageState.DELIVERED,
        MessageState.BOUNCED,
        MessageState.UNKNOWN,
        MessageState.UNKNOWN_FINAL,
    }
)
"""What counts as sent for caps, reports and the sequence: it left, or it cannot be ruled out that it did."""

PROVED_BY_EVENT = frozenset({MessageState.ACCEPTED, MessageState.DELIVERED, MessageState.BOUNCED})
"""Where a message that waits for another try goes when an event proves that an earlier one had left after all."""

NEXT_STATES: dict[MessageState, frozenset[MessageState]] = {
    MessageState.DRAFT: frozenset({MessageState.QUEUED, MessageState.CANCELLED}),
    MessageState.QUEUED: frozenset(
        {MessageState.CLAIMED, MessageState.CANCELLED, MessageState.EXPIRED, *PROVED_BY_EVENT}
    ),
    MessageState.CLAIMED: frozenset(
        {
            MessageState.QUEUED,
            MessageState.DISPATCHING,
            MessageState.CANCELLED,
            MessageState.EXPIRED,
            MessageState.FAILED,
            *PROVED_BY_EVENT,
        }
    ),
    MessageState.DISPATCHING: frozenset(
        {
            MessageState.QUEUED,
            MessageState.ACCEPTED,
            MessageState.DELIVERED,
            MessageState.BOUNCED,
            MessageState.FAILED,
            MessageState.UNKNOWN,
        }
    ),
    MessageState.UNKNOWN: frozenset(
        {
            MessageState.QUEUED,
            MessageState.ACCEPTED,
            MessageState.DELIVERED,
            MessageState.BOUNCED,
            MessageState.FAILED,
            MessageState.UNKNOWN_FINAL,
        }
    ),
    MessageState.UNKNOWN_FINAL: frozenset(
        {MessageState.QUEUED, MessageState.ACCEPTED, MessageState.DELIVERED, MessageState.BOUNCED, MessageState.FAILED}
    ),
    MessageState.ACCEPTED: frozenset({MessageState.DELIVERED, MessageState.BOUNCED, MessageState.FAILED}),
    MessageState.DELIVERED: frozenset({MessageState.BOUNCED}),
    MessageState.BOUNCED: frozenset(),
    MessageState.FAILED: frozenset({MessageState.QUEUED, MessageState.DELIVERED, MessageState.BOUNCED}),
    MessageState.CANCELLED: frozenset(),
    MessageState.EXPIRED: frozenset(),
}
"""Legal moves; the database refuses every other. From unknown_final and failed back to queued only by a person,
audited. Failed to delivered only where the provider had it: of two reports the better one is true, in any order."""


class AttemptOutcome(StrEnum):
    """What became of one call to a provider. The first three are live: a message has at most one of them."""

    STARTED = "started"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    REFUSED = "refused"  # a definite no
    ABORTED = "aborted"  # never called
    OVERRULED = "overruled"  # nobody knows, or it failed later, and a person decided to send again


LIVE_ATTEMPTS = (AttemptOutcome.STARTED, AttemptOutcome.UNKNOWN, AttemptOutcome.ACCEPTED)


class EventKind(StrEnum):
    """What happened to a message after it left."""

    ACCEPTED = "accepted"  # the provider has it, said by the provider itself
    DELIVERED = "delivered"
    DEFERRED = "deferred"
    SOFT_BOUNCE = "soft_bounce"
    HARD_BOUNCE = "hard_bounce"
    FAILED = "failed"
    COMPLAINT = "complaint"
    UNSUBSCRIBED = "unsubscribed"
    OPENED = "opened"
    CLICKED = "clicked"
    REPLIED = "replied"
    AUTO_REPLIED = "auto_replied"


class Grade(StrEnum):
    """Who did it, as far as can be told. An open is never human."""

    HUMAN = "human"
    MACHINE = "machine"
    UNKNOWN = "unknown"


class Fate(StrEnum):
    """What reports say became of a message. The last four together are what was sent."""

    WAITING = "waiting"
    NOT_SENT = "not_sent"  # cancelled, out of date, or failed before it left
    DELIVERED = "delivered"  # taken, and nothing came back; or whoever got it has answered
    BOUNCED = "bounced"
    FAILED = "failed"  # after it had left
    UNKNOWN = "unknown"


class SequenceState(StrEnum):
    """Whether a sequence may be enrolled in and goes on."""

    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    ARCHIVED = "archived"


NEXT_SEQUENCE_STATES: dict[SequenceState, frozenset[SequenceState]] = {
    SequenceState.DRAFT: frozenset({SequenceState.ACTIVE, SequenceState.ARCHIVED}),
    SequenceState.ACTIVE: frozenset({SequenceState.PAUSED, SequenceState.ARCHIVED}),
    SequenceState.PAUSED: frozenset({SequenceState.ACTIVE, SequenceState.ARCHIVED}),
    SequenceState.ARCHIVED: frozenset({SequenceState.PAUSED, SequenceState.DRAFT}),
}
"""Legal moves of a sequence. What was archived comes back paused, or as the draft it was."""


class StepKind(StrEnum):
    """The kinds of steps."""

    EMAIL = "email"
    SMS = "sms"
    CALL = "call"
    WAIT = "wait"
    CONDITION = "condition"


class DelayUnit(StrEnum):
    """What a delay is counted in."""

    HOURS = "hours"
    DAYS = "days"
    BUSINESS_DAYS = "business_days"


class ConditionTest(StrEnum):
    """What a condition asks."""

    REPLIED = "replied"
    CLICKED = "clicked"  # a person, as far as can be told
    OPENED = "opened"  # unreliable
    STAGE = "stage"  # of the account's open opportunity
    FIELD = "field"


class EnrolmentState(StrEnum):
    """Where somebody stands in a sequence."""

    ACTIVE = "active"
    WAITING = "waiting"  # for the time of the next step
    HELD = "held"  # a rule holds the next step: the reason and the next time are beside it
    PAUSED = "paused"  # by a person
    REPLIED = "replied"
    MEETING = "meeting"
    BOUNCED = "bounced"
    OPTED_OUT = "opted_out"
    FINISHED = "finished"
    STOPPED = "stopped"

    @property
    def is_live(self) -> bool:
        """Whether it may still go on."""
        return self in LIVE_ENROLMENTS


class ChangeKind(StrEnum):
    """What a line in an enrolment's history tells."""

    ENROLLED = "enrolled"
    PLANNED = "planned"
    SENT = "sent"
    SKIPPED = "skipped"
    BRANCHED = "branched"
    HELD = "held"
    PAUSED = "paused"
    RESUMED = "resumed"
    MOVED = "moved"
    ENDED = "ended"


class SkipReason(StrEnum):
    """Why somebody was not enrolled."""

    NOT_FOUND = "not_found"
    NO_ADDRESS = "no_address"
    ALREADY_IN = "already_in"
    WAS_IN = "was_in"
    SUPPRESSED = "suppressed"
    NO_CONSENT = "no_consent"
    CLIENT = "client"
    NOT_A_FIT = "not_a_fit"
    HAS_LEFT = "has_left"
    ERASED = "erased"
    NOBODY = "nobody"

    @property
    def sentence(self) -> str:
        """How a page says it."""
        return _SKIPPED[self]


_SKIPPED = {
    SkipReason.NOT_FOUND: "There is no such contact, or it is not yours to see.",
    SkipReason.NO_ADDRESS: "No address for any channel of this sequence. Add one first.",
    SkipReason.ALREADY_IN: "Is in this sequence now.",
    SkipReason.WAS_IN: "Has been through this sequence. Ask for a second round if that is meant.",
    SkipReason.SUPPRESSED: "Asked not to be contacted, or is on a do-not-contact list.",
    SkipReason.NO_CONSENT: "Every step of this sequence needs an opt-in first, and there is none.",
    SkipReason.CLIENT: "The company is a client already.",
    SkipReason.NOT_A_FIT: "The company is marked as not a fit.",
    SkipReason.HAS_LEFT: "Has left the company.",
    SkipReason.ERASED: "Asked to be forgotten.",
    SkipReason.NOBODY: "The account has nobody who can be reached.",
}

LIVE_ENROLMENTS = frozenset({EnrolmentState.ACTIVE, EnrolmentState.WAITING, EnrolmentState.HELD, EnrolmentState.PAUSED})


class InboundKind(StrEnum):
    """What came in."""

    REPLY = "reply"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    OPT_OUT = "opt_out"
    HELP = "help"
    START = "start"
    OTHER = "other"


class Disposition(StrEnum):
    """How a call ended."""

    CONNECTED = "connected"
    VOICEMAIL = "voicemail"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    GATEKEEPER = "gatekeeper"
    WRONG_NUMBER = "wrong_number"
    CALLBACK = "callback"
    NOT_INTERESTED = "not_interested"
    MEETING_SET = "meeting_set"
    DNC = "dnc"
    FAILED = "failed"


class TargetState(StrEnum):
    """Where a target of a call campaign stands."""

    QUEUED = "queued"
    TAKEN = "taken"
    CALLBACK = "callback"
    DONE = "done"
    SKIPPED = "skipped"


class CampaignState(StrEnum):
    """Whether a call campaign hands out calls."""

    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    FINISHED = "finished"


CONVERSATIONS = (
    Disposition.CONNECTED,
    Disposition.CALLBACK,
    Disposition.NOT_INTERESTED,
    Disposition.MEETING_SET,
    Disposition.DNC,
)
"""How calls end in which somebody was spoken with."""
NOT_REACHED = (
    Disposition.VOICEMAIL,
    Disposition.NO_ANSWER,
    Disposition.BUSY,
    Disposition.WRONG_NUMBER,
    Disposition.FAILED,
)
"""How calls end in which nobody was who knows them."""
NAMELESS = "(erased)"
"""Stands where the address of somebody was who asked to be forgotten."""
