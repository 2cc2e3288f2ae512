"""What can be asked about sources and what they cost."""

from __future__ import annotations

from headhaul.analytics.schemas.sources import (
    GetCPA,
    GetSourcePerformance,
    GetSourceRows,
    SourcePerformance,
    SourceRows,
)
from headhaul.analytics.selectors import sources
from headhaul.kernel import Call, Role, action


@action("getSourcePerformance", reply="sourcePerformanceLoaded", role=Role.VIEWER)
def get_source_performance(call: Call, data: GetSourcePerformance) -> SourcePerformance:
    """What came of each source: leads, deals, value won, win rate with its interval, cycle, spend and cost.

    A source that got another name stays one source. Costs are given where the whole firm is looked at.
    """
    return sources.performance(asked=data, by=call.actor, at=call.at)


@action("getCPA", reply="cpaLoaded", role=Role.VIEWER)
def get_cpa(call: Call, data: GetCPA) -> SourcePerformance:
    """What a lead, an opportunity and a client cost, by channel, source, campaign, event or month.

    And after how many months a client has paid it back. Each with its 95 % range; where nothing came of it, that is
    said.
    """
    return sources.performance(asked=data, by=call.actor, at=call.at)


@action("getSourceRows", reply="sourceRowsLoaded", role=Role.VIEWER)
def get_source_rows(call: Call, data: GetSourceRows) -> SourceRows:
    """The leads or deals behind a number of source performance or of costs, newest first."""
    return sources.rows(asked=data, by=call.actor, at=call.at)
