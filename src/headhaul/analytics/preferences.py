"""Settings of this room."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from headhaul.preferences.sections import Section


class Crediting(Section):
    """How deals are shared out among the touches before them, and what a client costs and brings."""

    key: ClassVar[str] = "attribution"
    heading: ClassVar[str] = "Attribution and cost of clients"

    look_back_days: int = Field(
        180,
        ge=1,
        le=3_650,
        title="Days before a close in which a touch counts",
        description="What lies longer ago gets nothing of the deal.",
    )
    half_life_days: int = Field(
        7,
        ge=1,
        le=365,
        title="Half-life of a touch in days",
        description="Under time decay a touch is worth half of one that came so many days later.",
    )
    enough_clients: int = Field(
        10,
        ge=1,
        le=1_000,
        title="Enough clients to give a cost per client",
        description="Below, the range is shown. It is that of a Poisson count, which with 10 clients is still as wide"
        " as from half of the cost to double.",
    )
    contract_months: int = Field(
        12,
        ge=1,
        le=120,
        title="Months in which a deal brings its amount",
        description="An opportunity's amount divided by these is what a client brings a month.",
    )
    margin_percent: int = Field(
        100,
        ge=1,
        le=100,
        title="Gross margin in percent",
        description="What is left of a client's money to pay back what winning them cost. 100: all of it.",
    )
