"""What can be asked about how outreach went."""

from __future__ import annotations

from headhaul.kernel import Call, Role, action
from headhaul.outreach.schemas.reports import (
    CampaignMetrics,
    ChannelPerformance,
    GetCampaignMetrics,
    GetChannelPerformance,
    GetReportCalls,
    GetReportCarriers,
    GetReportMessages,
    GetRepPerformance,
    GetSequencePerformance,
    GetStepPerformance,
    ReportCalls,
    ReportCarriers,
    ReportMessages,
    RepPerformance,
    SequencePerformance,
    StepPerformance,
)
from headhaul.outreach.selectors.reports import campaigns, people, rows, sequences


@action("getCampaignMetrics", reply="campaignMetricsLoaded", role=Role.VIEWER)
def get_campaign_metrics(call: Call, data: GetCampaignMetrics) -> CampaignMetrics:
    """What was planned and sent in some days and what became of it: the whole, its trend, and each campaign.

    Calls are counted by how they ended, in the whole and in each campaign.

    Rates carry their 95 % interval. Opens are unverified; clicks are told by people, machines and unknown.
    """
    return campaigns.metrics(asked=data, by=call.actor, at=call.at)


@action("getChannelPerformance", reply="channelPerformanceLoaded", role=Role.VIEWER)
def get_channel_performance(call: Call, data: GetChannelPerformance) -> ChannelPerformance:
    """How e-mails, texts and calls of some days went, each by its own measures."""
    return people.channels(asked=data, by=call.actor, at=call.at)


@action("getRepPerformance", reply="repPerformanceLoaded", role=Role.VIEWER)
def get_rep_performance(call: Call, data: GetRepPerformance) -> RepPerformance:
    """How the messages and calls of each rep went."""
    return people.reps(asked=data, by=call.actor, at=call.at)


@action("getSequencePerformance", reply="sequencePerformanceLoaded", role=Role.VIEWER)
def get_sequence_performance(call: Call, data: GetSequencePerformance) -> SequencePerformance:
    """How each sequence went: its messages and calls, and where those stand who were enrolled in these days."""
    return sequences.sequences(asked=data, by=call.actor, at=call.at)


@action("getStepPerformance", reply="stepPerformanceLoaded", role=Role.VIEWER)
def get_step_performance(call: Call, data: GetStepPerformance) -> StepPerformance:
    """How each step of a sequence went, by its messages or its calls."""
    return sequences.steps(asked=data, by=call.actor, at=call.at)


@action("getReportMessages", reply="reportMessagesLoaded", role=Role.VIEWER)
def get_report_messages(call: Call, data: GetReportMessages) -> ReportMessages:
    """The messages behind a number of a report, newest first."""
    return rows.report_messages(asked=data, by=call.actor, at=call.at)


@action("getReportCalls", reply="reportCallsLoaded", role=Role.VIEWER)
def get_report_calls(call: Call, data: GetReportCalls) -> ReportCalls:
    """The calls behind a number of a report, newest first."""
    return rows.report_calls(asked=data, by=call.actor, at=call.at)


@action("getReportCarriers", reply="reportCarriersLoaded", role=Role.VIEWER)
def get_report_carriers(call: Call, data: GetReportCarriers) -> ReportCarriers:
    """The carriers behind a step of a report's funnel."""
    return rows.report_carriers(asked=data, by=call.actor, at=call.at)
