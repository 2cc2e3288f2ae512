"""Sequences and call campaigns of another system come in as drafts; ours leave under the plan's column names."""

from __future__ import annotations

from headhaul.accounts.ports import imports as ports
from headhaul.activities.choices import ActivityType
from headhaul.activities.services.importing import KNOWN_AS
from headhaul.outreach.services.importing import outgoing, outgoing_touches
from headhaul.outreach.services.importing.campaigns import CallCampaigns
from headhaul.outreach.services.importing.keeping import CampaignKeeper, SequenceKeeper
from headhaul.outreach.services.importing.sequences import Sequences
from headhaul.outreach.services.importing.steps import SequenceSteps


def register() -> None:
    """What comes in, how it is taken back, and what leaves."""
    ports.register(Sequences(), SequenceKeeper())
    ports.register(SequenceSteps())
    ports.register(CallCampaigns(), CampaignKeeper())
    ports.register_outgoing("sequences", "sequence", outgoing.sequences)
    ports.register_outgoing("sequenceSteps", "sequenceStep", outgoing.steps)
    ports.register_outgoing("callCampaigns", "callCampaign", outgoing.call_campaigns)
    ports.register_outgoing("calls", KNOWN_AS[ActivityType.CALL], outgoing_touches.calls)
    ports.register_outgoing("emails", KNOWN_AS[ActivityType.EMAIL], outgoing_touches.emails)
    ports.register_outgoing("texts", KNOWN_AS[ActivityType.SMS], outgoing_touches.texts)
