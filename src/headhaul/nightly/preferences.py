"""Settings of this room."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from headhaul.preferences.sections import Section


class Prospecting(Section):
    """Which carriers become accounts in the night, how many, and whose."""

    key = "prospecting"
    heading = "Nightly prospecting"

    accounts_per_rep: int = Field(
        25,
        ge=0,
        le=10_000,
        title="New accounts per rep and night",
        description="The best carriers come first; the run's report says how many were left out.",
    )
    assignment: Literal["balanced", "none"] = Field(
        "balanced",
        title="Who gets the new accounts",
        description="balanced: to active reps with the fewest open accounts, in turn. none: managers assign.",
    )
    spike_alerts: int = Field(
        200,
        ge=0,
        le=10_000,
        title="Spike alerts a night at most",
        description="Carriers with an account first, then by score; the rest are counted in the report.",
    )
    enrichments: int = Field(
        500,
        ge=0,
        le=100_000,
        title="FMCSA look-ups a night at most",
        description="New accounts are looked up one by one; those beyond keep the facts of the census.",
    )


class Upkeep(Section):
    """How long the records of work are kept."""

    key = "upkeep"
    heading = "Upkeep"

    run_days: int = Field(400, ge=30, le=3_650, title="Days the records of runs are kept")
    job_days: int = Field(14, ge=1, le=365, title="Days finished background jobs are kept")
