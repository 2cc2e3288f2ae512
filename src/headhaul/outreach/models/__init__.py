"""Tables: who sends, what is planned, what was tried and what came of it, what came back, and calls."""

from headhaul.outreach.models.calls import Call, CallCampaign, CallScript, CallTarget
from headhaul.outreach.models.facts import MessageFact
from headhaul.outreach.models.inbound import InboundMessage, LinkHit, TrackedLink, UnsubscribeLink
from headhaul.outreach.models.messages import Message, MessageEvent, ProviderEvent, SendAttempt
from headhaul.outreach.models.senders import Sender, Template
from headhaul.outreach.models.sequences import Enrolment, EnrolmentBefore, EnrolmentChange, Sequence, SequenceVersion

__all__ = [
    "Call",
    "CallCampaign",
    "CallScript",
    "CallTarget",
    "Enrolment",
    "EnrolmentBefore",
    "EnrolmentChange",
    "InboundMessage",
    "LinkHit",
    "Message",
    "MessageEvent",
    "MessageFact",
    "ProviderEvent",
    "SendAttempt",
    "Sender",
    "Sequence",
    "SequenceVersion",
    "Template",
    "TrackedLink",
    "UnsubscribeLink",
]
