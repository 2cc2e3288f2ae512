"""Reading the pipeline: the board, lists, one opportunity, what is at risk, what matters most."""

from __future__ import annotations

from headhaul.kernel import Call, Role, action
from headhaul.pipeline.schemas.board import (
    Board,
    GetPipeline,
    GetRisks,
    GetTopOpportunities,
    RisksPage,
    TopOpportunities,
)
from headhaul.pipeline.schemas.opportunities import (
    GetOpportunity,
    ListOpportunities,
    OpportunitiesPage,
    OpportunityDetail,
)
from headhaul.pipeline.schemas.stages import GetStages, Stages
from headhaul.pipeline.selectors import board, detail, opportunities, risks, stages, top


@action("getStages", reply="stagesLoaded", role=Role.VIEWER)
def get_stages(call: Call, data: GetStages) -> Stages:
    """Pipelines with their stages in order: probability, clock, category, what each asks for, how many are in it."""
    return stages.listing(by=call.actor, include_inactive=data.include_inactive)


@action("getPipeline", reply="pipelineLoaded", role=Role.VIEWER)
def get_pipeline(call: Call, data: GetPipeline) -> Board:
    """The board: stages as columns with count and sums, and cards a page at a time in each column."""
    return board.board(asked=data, by=call.actor, at=call.at)


@action("listOpportunities", reply="opportunitiesLoaded", role=Role.VIEWER)
def list_opportunities(call: Call, data: ListOpportunities) -> OpportunitiesPage:
    """Opportunities, filtered and sorted, a page at a time; the open ones unless `kind` says otherwise."""
    return opportunities.list_page(asked=data, by=call.actor, at=call.at)


@action("getOpportunity", reply="opportunityLoaded", role=Role.VIEWER)
def get_opportunity(call: Call, data: GetOpportunity) -> OpportunityDetail:
    """One opportunity: facts, committee, risks with reasons, its way through the stages, its history."""
    return detail.detail(opportunity_id=data.opportunity_id, by=call.actor, at=call.at)


@action("getRisks", reply="risksLoaded", role=Role.VIEWER)
def get_risks(call: Call, data: GetRisks) -> RisksPage:
    """Open opportunities that something speaks against: what, since when, and what would clear it."""
    return risks.at_risk(asked=data, by=call.actor, at=call.at)


@action("getTopOpportunities", reply="topOpportunitiesLoaded", role=Role.VIEWER)
def get_top_opportunities(call: Call, data: GetTopOpportunities) -> TopOpportunities:
    """The open opportunities that are worth today, by weighted value and urgency, with the reasons."""
    return top.top(asked=data, by=call.actor, at=call.at)
