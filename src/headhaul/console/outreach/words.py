"""How this panel says the closed lists of outreach."""

from __future__ import annotations

from headhaul.outreach.choices import Channel

CHANNEL_WORDS = {channel.value: channel.label for channel in Channel}
CHANNEL_ICONS = {"email": "mail", "sms": "message", "call": "phone", "wait": "clock", "condition": "branch"}
KIND_WORDS = CHANNEL_WORDS | {"wait": "Wait", "condition": "Condition"}
UNITS = {"business_days": "business days", "days": "days", "hours": "hours"}
WEEKDAY_WORDS = {
    "mon": "Mon", "tue": "Tue", "wed": "Wed", "thu": "Thu", "fri": "Fri", "sat": "Sat", "sun": "Sun",
}  # fmt: skip
TESTS = {
    "replied": "they have replied",
    "clicked": "they have clicked a link",
    "opened": "they have opened an e-mail (unreliable)",
    "stage": "the opportunity is in a stage",
    "field": "a fact of theirs fits",
}
OPS = {
    "is": "is", "is_not": "is not", "in": "is one of", "not_in": "is none of", "at_least": "is at least",
    "at_most": "is at most", "has": "has", "has_not": "has not", "is_set": "is known", "is_empty": "is not known",
}  # fmt: skip
SEQUENCE_STATES = {"active": "On", "draft": "Draft", "paused": "Paused", "archived": "Archived"}
ENROLMENT_STATES = {
    "active": "Active", "waiting": "Waiting", "held": "Held", "paused": "Paused", "replied": "Replied",
    "meeting": "Meeting", "bounced": "Bounced", "opted_out": "Opted out", "finished": "Finished", "stopped": "Stopped",
}  # fmt: skip
ENROLMENT_TONES = {
    "active": "accent", "held": "warn", "paused": "", "replied": "good", "meeting": "good", "bounced": "bad",
    "opted_out": "bad",
}  # fmt: skip
MESSAGE_STATES = {
    "draft": "Needs approval", "queued": "Waiting", "claimed": "About to leave", "dispatching": "Leaving",
    "accepted": "Sent", "delivered": "Delivered", "bounced": "Bounced", "failed": "Failed", "unknown": "Not known yet",
    "unknown_final": "Nobody knows", "cancelled": "Called off", "expired": "Out of date",
}  # fmt: skip
MESSAGE_TONES = {
    "accepted": "good", "delivered": "good", "bounced": "bad", "failed": "bad", "unknown": "warn",
    "unknown_final": "warn", "draft": "info",
}  # fmt: skip
REPLY_KINDS = {
    "reply": "Reply", "auto_reply": "Automatic answer", "bounce": "Not delivered", "opt_out": "Opt-out",
    "help": "Asks for help", "start": "Opts in again", "other": "Something else",
}  # fmt: skip
REPLY_TONES = {"reply": "good", "bounce": "bad", "opt_out": "bad", "help": "info"}
