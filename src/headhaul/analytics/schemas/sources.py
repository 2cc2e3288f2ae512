"""What source performance and costs take and give."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from headhaul.analytics.schemas.money import Key, MoneyScope, Range, Share
from headhaul.kernel import Page, Paged, Result


class Line(StrEnum):
    """By what leads, deals and spend are laid side by side."""

    CHANNEL = "channel"
    SOURCE = "source"
    CAMPAIGN = "campaign"
    EVENT = "event"
    MONTH = "month"

    @property
    def label(self) -> str:
        """How a page says it."""
        return self.value.capitalize()


class Measure(StrEnum):
    """The numbers that are counted in rows."""

    LEADS = "leads"
    QUALIFIED = "qualified"
    OPPORTUNITIES = "opportunities"
    WON = "won"
    LOST = "lost"
    CLIENTS = "clients"

    @property
    def label(self) -> str:
        """How a page says it."""
        return {"qualified": "Qualified leads", "won": "Deals won", "lost": "Deals lost", "clients": "New clients"}.get(
            self.value, self.value.capitalize()
        )


class GetSourcePerformance(MoneyScope):
    """Which days, whose leads and deals, and by what. A pipeline narrows deals only."""

    by: Line = Line.SOURCE


class GetCPA(MoneyScope):
    """Which days, whose leads and deals, and by what. Costs are only known of the whole firm."""

    by: Line = Line.CHANNEL


class CostShown(Result):
    """Spend ÷ n, with the range in which the true cost lies (95 %). Nothing came of it: at least `low`."""

    cents: int | None = Field(description="None while n is too small, see isEnough")
    low: int | None
    high: int | None = Field(description="None where n is 0: nobody knows")
    n: int
    is_enough: bool


class Costs(Result):
    """What a line cost. cpa: its own spend a new client; cac: with its part of the general spend as well."""

    spend_cents: int
    loaded_cents: int = Field(description="With its part of the spend that belongs to no line, by new clients")
    per_lead: CostShown
    per_opportunity: CostShown
    cpa: CostShown
    cac: CostShown
    payback_months: float | None
    said: str = Field(description="A sentence where a cost cannot be said; else empty")


class SourceLine(Result):
    """A source, channel, campaign, event or month: what came of it and what it cost."""

    key: str
    label: str
    leads: int
    qualified: int
    opportunities: int
    won: int
    lost: int
    clients: int = Field(description="Accounts whose first deal was won in these days")
    won_cents: int
    client_cents: int = Field(description="Amounts of the first deals of the new clients")
    win_rate: Share
    lead_to_client: Share = Field(description="Of the leads taken in these days, those won by now")
    cycle_days: float | None = Field(description="Median from opening to winning; over `won`")
    costs: Costs | None = Field(description="None where costs cannot be held against these rows, see costsNote")


class SourcePerformance(Result):
    """Every line and the whole."""

    range: Range
    by: Line
    lines: list[SourceLine]
    total: SourceLine
    general_cents: int | None = Field(description="Spend of no line; in cac, not in cpa")
    costs_note: str
    enough_clients: int
    contract_months: int
    margin_percent: int


class GetSourceRows(Page, MoneyScope):
    """The rows behind a number."""

    by: Line = Line.SOURCE
    key: Key | None = Field(default=None, description='Of the line; "" is what has no such word; left out, all')
    measure: Measure


class SourceRow(Result):
    """A lead or a deal."""

    kind: str = Field(description="lead or opportunity")
    id: int
    name: str
    account_id: int | None
    account: str
    owner: str
    at: datetime = Field(description="When it was captured, opened or closed")
    amount_cents: int | None
    state: str
    source: str
    campaign: str
    days: float | None = Field(description="From opening to the end, of a deal that ended")


class SourceRows(Paged[SourceRow]):
    """Newest first. `cents` adds up the amounts of all deals; it comes with the first page."""

    label: str
    cents: int | None = None
