"""The board: columns of cards, and the few opportunities that matter most."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from headhaul.kernel import Cursor, Page, Paged, Payload, Result
from headhaul.pipeline.choices import Risk, StageKind
from headhaul.pipeline.schemas.opportunities import Filters, FoundRisk, OpportunityRow, Whose
from headhaul.pipeline.schemas.words import Id, StageKey


class GetPipeline(Filters):
    """The board, or with `stage` (and `cursor`) one column of it."""

    stage: StageKey | None = None
    cursor: Cursor | None = None
    per_column: Annotated[int, Field(ge=1, le=50)] = 15


class Column(Result):
    """A stage with what is in it: how many, their sum, the sum by probability, and the first cards.

    Count and sums are of all that fits the filters, not of the cards shown.
    """

    id: int
    stage: str
    label: str
    kind: StageKind
    probability: int
    sla_days: int | None
    required: list[str]
    count: int
    amount_cents: int
    weighted_cents: int
    cards: list[OpportunityRow]
    next_cursor: str | None


class Board(Result):
    """The columns in order. `today` is the firm's date."""

    pipeline_id: int
    name: str
    today: date
    columns: list[Column]


class GetRisks(Page):
    """Open opportunities that have a risk; those that close first come first."""

    risk: Risk | None = None
    owner: Whose = None
    pipeline_id: Id | None = None


class AtRisk(Result):
    """An opportunity with its risks in words."""

    opportunity: OpportunityRow
    risks: list[FoundRisk]


class RiskTotal(Result):
    """How many open opportunities have this risk, and their sum."""

    risk: Risk
    count: int
    amount_cents: int


class RisksPage(Paged[AtRisk]):
    """Opportunities at risk, and the totals of all that fit."""

    totals: list[RiskTotal] = []
    opportunities: int | None = None
    amount_cents: int | None = None


class GetTopOpportunities(Payload):
    """How many, and whose."""

    limit: Annotated[int, Field(ge=1, le=50)] = 5
    owner: Whose = None
    pipeline_id: Id | None = None


class TopOpportunity(Result):
    """One that is worth today, with the reasons. `weightedCents` is amount times probability."""

    opportunity: OpportunityRow
    weighted_cents: int
    reasons: list[str]


class TopOpportunities(Result):
    """Best first."""

    items: list[TopOpportunity]
    as_of: datetime
