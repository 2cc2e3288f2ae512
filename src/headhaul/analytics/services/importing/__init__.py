"""Spend and competitor intel from files and from the plan's tables; what is worked out here goes out alone."""

from __future__ import annotations

from headhaul.accounts.ports import imports as ports
from headhaul.analytics.services.importing import computed, outgoing
from headhaul.analytics.services.importing.competitors import CompetitorIntelImporter, CompetitorIntelKeeper
from headhaul.analytics.services.importing.spend import SpendImporter, SpendKeeper


def register() -> None:
    """Both can be imported, taken back, and leave under the plan's column names."""
    ports.register(SpendImporter(), SpendKeeper())
    ports.register(CompetitorIntelImporter(), CompetitorIntelKeeper())
    ports.register_outgoing("spend", "spend", outgoing.spend)
    ports.register_outgoing("competitorIntel", "competitorIntel", outgoing.competitor_intel)
    ports.register_outgoing("analyticsSnapshots", "analyticsSnapshot", computed.snapshots)
    ports.register_outgoing("leadAttribution", "leadAttribution", computed.attribution)
