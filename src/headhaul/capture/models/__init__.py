"""The tables of this room."""

from headhaul.capture.models.events import CaptureEvent, LeadSource
from headhaul.capture.models.forms import FormUse
from headhaul.capture.models.leads import COUNTS, Lead, LeadQuerySet, LeadTouch
from headhaul.capture.models.routing import OutOfOffice, RoutingDecision, RoutingTurn, RoutingVersion
from headhaul.capture.models.scores import LeadModel

__all__ = [
    "COUNTS",
    "CaptureEvent",
    "FormUse",
    "Lead",
    "LeadModel",
    "LeadQuerySet",
    "LeadSource",
    "LeadTouch",
    "OutOfOffice",
    "RoutingDecision",
    "RoutingTurn",
    "RoutingVersion",
]
