"""What can be asked about what brought deals."""

from __future__ import annotations

from headhaul.analytics.schemas.attribution import (
    AttributedDeals,
    Attribution,
    GetAttributedDeals,
    GetAttribution,
    GetOpportunityTouches,
    OpportunityTouches,
)
from headhaul.analytics.selectors.attribution import rows, table
from headhaul.kernel import Call, Role, action


@action("getAttribution", reply="attributionLoaded", role=Role.VIEWER)
def get_attribution(call: Call, data: GetAttribution) -> Attribution:
    """Deals won in some days, shared out among the touches before them by five models side by side.

    By source, medium, campaign, channel or event: first touch, last touch, linear, position-based and time decay.
    Shares sum exactly to what was won. Opens of e-mails are no touches; what no person did is said apart.
    """
    return table.attribution(asked=data, by=call.actor, at=call.at)


@action("getAttributedDeals", reply="attributedDealsLoaded", role=Role.VIEWER)
def get_attributed_deals(call: Call, data: GetAttributedDeals) -> AttributedDeals:
    """The deals behind a line of attribution, those closed last first, with what the line has of each."""
    return rows.attributed_deals(asked=data, by=call.actor, at=call.at)


@action("getOpportunityTouches", reply="opportunityTouchesLoaded", role=Role.VIEWER)
def get_opportunity_touches(call: Call, data: GetOpportunityTouches) -> OpportunityTouches:
    """The touches before a deal, first one first, each with its share by every model."""
    return rows.opportunity_touches(asked=data, by=call.actor, at=call.at)
