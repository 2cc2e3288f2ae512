"""The settings of the door itself."""

from __future__ import annotations

from pydantic import Field

from headhaul.preferences.sections import Section


class Limits(Section):
    """How much one user or program may ask of the system."""

    key = "limits"
    heading = "Limits"

    token_actions_per_minute: int = Field(
        1200,
        ge=0,
        le=1_000_000,
        title="Actions per minute and API token",
        description="Beyond this an API token is told to wait. 0 switches the limit off.",
    )
    user_actions_per_minute: int = Field(
        6000,
        ge=0,
        le=1_000_000,
        title="Actions per minute and signed-in user",
        description="A console page asks for several actions at once. 0 switches the limit off.",
    )
    upload_days: int = Field(
        7,
        ge=1,
        le=365,
        title="Days an uploaded file is kept",
        description="After that the file is removed; what was imported from it stays.",
    )
