"""Opportunities and their stages; what was so on which day; quotas and calls; playbooks, value props and rules."""

from __future__ import annotations

from headhaul.pipeline.models.forecast import ForecastSubmission, Quota
from headhaul.pipeline.models.help import Playbook, PlaybookStepDone, ValueProp
from headhaul.pipeline.models.history import (
    OpportunityBefore,
    OpportunityChange,
    OpportunitySnapshot,
    RemovedOpportunity,
)
from headhaul.pipeline.models.opportunities import Opportunity, OpportunityContact, Pipeline, Stage
from headhaul.pipeline.models.rules import AutomationRule, RuleFiring, WaitingEvent

__all__ = [
    "AutomationRule",
    "ForecastSubmission",
    "Opportunity",
    "OpportunityBefore",
    "OpportunityChange",
    "OpportunityContact",
    "OpportunitySnapshot",
    "Pipeline",
    "Playbook",
    "PlaybookStepDone",
    "Quota",
    "RemovedOpportunity",
    "RuleFiring",
    "Stage",
    "ValueProp",
    "WaitingEvent",
]
