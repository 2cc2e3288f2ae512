"""What attribution takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from headhaul.analytics.attribution.touches import Dimension, TouchKind
from headhaul.analytics.attribution.weights import Model
from headhaul.analytics.schemas.money import Id, Key, MoneyScope, Range
from headhaul.kernel import Page, Paged, Payload, Result
from headhaul.pipeline.schemas.words import Split

Automatic = Literal["automatic"]


class TouchScope(MoneyScope):
    """Deals won in some days, the touches before each, and by what their shares are added up."""

    by: Dimension = Dimension.SOURCE
    look_back_days: Annotated[int, Field(ge=1, le=3_650)] | None = Field(
        default=None, description="How long before the close a touch may lie; left out, as the settings say"
    )
    half_life_days: Annotated[int, Field(ge=1, le=365)] | None = Field(
        default=None, description="Of time decay; left out, as the settings say"
    )
    leave_out: Annotated[list[TouchKind | Automatic], Split, Field(max_length=9)] = Field(
        default=[], description="Kinds of touches that get nothing; automatic: whatever no person did"
    )


class GetAttribution(TouchScope):
    """Which deals, and by what."""


class Credit(Result):
    """What a model gives a line: deals in millionths of one, and money in cents. Over all lines, with what no touch
    explains, both sum exactly to the deals that were won."""

    model: Model
    deals_millionths: int
    amount_cents: int
    deals_share: float | None = Field(description="Percent of all deals; None without any")
    amount_share: float | None = Field(description="Percent of all money; None without any")


class AttributionLine(Result):
    """A source, campaign, channel, medium or event: all models side by side."""

    key: str
    label: str
    is_unattributed: bool = Field(description="Deals before which nobody touched the account within the look-back")
    deals: int = Field(description="Deals it touched at all; several lines may have touched one")
    touches: int
    automatic_touches: int
    credits: list[Credit]


class ModelSaid(Result):
    """A model and what it does."""

    key: Model
    label: str
    meaning: str


class Attribution(Result):
    """Deals won in some days, shared out by each model."""

    range: Range
    by: Dimension
    look_back_days: int
    half_life_days: int
    leave_out: list[str]
    models: list[ModelSaid]
    deals: int = Field(description="Deals won")
    deals_with_amount: int
    amount_cents: int
    unattributed_deals: int
    unattributed_cents: int
    touches: int
    automatic_touches: int
    lines: list[AttributionLine]


class GetAttributedDeals(Page, TouchScope):
    """The deals behind a line."""

    key: Key | None = Field(default=None, description='Of the line; "" is what has no such word; left out, all deals')
    unattributed: bool = Field(default=False, description="Only the deals that no touch explains")


class AttributedDeal(Result):
    """A deal that was won, and what the line has of it by each model."""

    opportunity_id: int
    name: str
    account_id: int
    account: str
    owner: str
    closed_at: datetime
    amount_cents: int | None
    touches: int = Field(description="Of the line; of all where no line is asked for")
    all_touches: int
    credits: list[Credit]


class AttributedDeals(Paged[AttributedDeal]):
    """Those closed last first."""

    label: str


class GetOpportunityTouches(Payload):
    """A deal, won or not. One that is open is shared out as if it had been won now."""

    opportunity_id: Id
    look_back_days: Annotated[int, Field(ge=1, le=3_650)] | None = None
    half_life_days: Annotated[int, Field(ge=1, le=365)] | None = None
    leave_out: Annotated[list[TouchKind | Automatic], Split, Field(max_length=9)] = []


class TouchShare(Result):
    """A touch and what it has of the deal by each model."""

    at: datetime
    kind: TouchKind
    label: str
    source: str
    source_label: str
    medium: str
    campaign: str
    channel: str
    channel_label: str
    event_id: int | None
    event: str
    contact_id: int | None
    contact: str
    user: str
    is_automatic: bool
    credits: list[Credit]


class OpportunityTouches(Result):
    """The way to a deal, first touch first. `touches` is cut at `limit`; shares are of all `total`."""

    opportunity_id: int
    name: str
    account_id: int
    account: str
    is_won: bool
    until: datetime
    amount_cents: int | None
    look_back_days: int
    half_life_days: int
    total: int
    limit: int
    models: list[ModelSaid]
    touches: list[TouchShare]
