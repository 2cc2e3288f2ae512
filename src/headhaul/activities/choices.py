"""The closed lists of this room. The words are stored: never change one, only add."""

from __future__ import annotations

from enum import StrEnum


class AlertKind(StrEnum):
    """What an alert is about."""

    SIGNAL_SPIKE = "signal_spike"
    ACCOUNT_OPENED = "account_opened"
    CARRIER_RISK = "carrier_risk"


class Severity(StrEnum):
    """How much it matters."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class ActivityType(StrEnum):
    """What happened."""

    CALL = "call"
    EMAIL = "email"
    SMS = "sms"
    MEETING = "meeting"
    TASK = "task"
    NOTE = "note"
    SEQUENCE_STEP = "sequence_step"
    STAGE_CHANGE = "stage_change"

    @property
    def label(self) -> str:
        """How a page says it."""
        return {
            "email": "E-mail",
            "sms": "Text message",
            "sequence_step": "Sequence step",
            "stage_change": "Stage",
        }.get(self.value, self.value.capitalize())


TOUCHES = frozenset({ActivityType.CALL, ActivityType.EMAIL, ActivityType.SMS, ActivityType.MEETING})
"""What counts as having been in touch, in either direction."""


class Direction(StrEnum):
    """Who reached whom."""

    OUT = "out"
    IN = "in"


class Outcome(StrEnum):
    """How it went. The words for calls are the dispositions of a dialer."""

    CONNECTED = "connected"
    VOICEMAIL = "voicemail"
    NO_ANSWER = "no_answer"
    GATEKEEPER = "gatekeeper"
    WRONG_NUMBER = "wrong_number"
    CALLBACK = "callback"
    INTERESTED = "interested"
    NOT_INTERESTED = "not_interested"
    DO_NOT_CONTACT = "do_not_contact"
    SENT = "sent"
    DELIVERED = "delivered"
    REPLIED = "replied"
    BOUNCED = "bounced"
    HELD = "held"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    DONE = "done"

    @property
    def label(self) -> str:
        """How a page says it."""
        return self.value.replace("_", " ").capitalize()


OUTCOMES_OF: dict[ActivityType, tuple[Outcome, ...]] = {
    ActivityType.CALL: (
        Outcome.CONNECTED, Outcome.VOICEMAIL, Outcome.NO_ANSWER, Outcome.GATEKEEPER, Outcome.WRONG_NUMBER,
        Outcome.CALLBACK, Outcome.INTERESTED, Outcome.NOT_INTERESTED, Outcome.DO_NOT_CONTACT,
    ),
    ActivityType.EMAIL: (
        Outcome.SENT, Outcome.DELIVERED, Outcome.REPLIED, Outcome.BOUNCED, Outcome.INTERESTED, Outcome.NOT_INTERESTED,
        Outcome.DO_NOT_CONTACT,
    ),
    ActivityType.SMS: (
        Outcome.SENT, Outcome.DELIVERED, Outcome.REPLIED, Outcome.INTERESTED, Outcome.NOT_INTERESTED,
        Outcome.DO_NOT_CONTACT,
    ),
    ActivityType.MEETING: (
        Outcome.HELD, Outcome.NO_SHOW, Outcome.CANCELLED, Outcome.INTERESTED, Outcome.NOT_INTERESTED,
    ),
    ActivityType.TASK: (Outcome.DONE, Outcome.CANCELLED),
    ActivityType.NOTE: (),
}  # fmt: skip
"""Which outcomes each kind that people log can have."""


class Priority(StrEnum):
    """How much a task presses."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class NotificationKind(StrEnum):
    """Why somebody is told."""

    MENTION = "mention"
    ASSIGNED = "assigned"
    TASK_DUE = "task_due"
    IMPORT_DONE = "import_done"
    RULE = "rule"
    RISK = "risk"
    DEAL = "deal"
    REPLY = "reply"
    LEAD = "lead"

    @property
    def label(self) -> str:
        """How a page says it."""
        return {
            "mention": "Mentioned", "assigned": "Assigned to you", "task_due": "Task due", "import_done": "Import",
            "rule": "Rule", "risk": "Risk", "deal": "Opportunity",
            "reply": "Reply", "lead": "Lead",
        }[self.value]  # fmt: skip


class DigestState(StrEnum):
    """How far a day's mail got."""

    SENDING = "sending"  # taken up; if this stays, the process was killed and nobody knows whether it left
    SENT = "sent"
    NOTHING = "nothing"  # there was nothing to say
    REFUSED = "refused"  # it surely did not leave: tried again
    UNKNOWN = "unknown"  # the server fell silent after taking it: not tried again, for it might come twice


class TaskList(StrEnum):
    """Which tasks, by where they stand now. An open one is in exactly one of the first three."""

    OVERDUE = "overdue"
    TODAY = "today"
    UPCOMING = "upcoming"  # after today, and those without a date at the end
    OPEN = "open"
    DONE = "done"


LOGGED_BY_HAND = tuple(OUTCOMES_OF)
"""The types people log; the others are written by what happens elsewhere, and nobody edits them."""
