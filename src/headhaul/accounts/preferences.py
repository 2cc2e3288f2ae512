"""Settings of this room."""

from __future__ import annotations

from pydantic import Field

from headhaul.preferences.sections import Section


class Prospects(Section):
    """Who is worth an account, beside score, drivers and the worthiness gate."""

    key = "prospects"
    heading = "Prospects"

    smallest_fleet: int = Field(
        0,
        ge=0,
        le=100_000,
        title="Smallest fleet",
        description="Power units. 0 takes any fleet; 2 leaves out single trucks, which their owners drive. "
        "A fleet that is not known counts as 0. Accounts that exist stay on the list.",
    )
