"""Settings of this room."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from headhaul.preferences.sections import Section

Reach = Literal["own", "team", "all"]


class Visibility(Section):
    """Whose accounts people see, with everything that hangs on them: contacts, opportunities, timeline. Accounts that
    nobody owns are seen by all who work accounts. Administrators always see everything."""

    key: ClassVar[str] = "visibility"
    heading: ClassVar[str] = "Who sees what"

    viewers: Reach = Field("all", title="Viewers see", description="own: what they own. team: what their team owns.")
    reps: Reach = Field("all", title="Reps see", description="own: what they own. team: what their team owns.")
    managers: Reach = Field("all", title="Managers see", description="team: what the team owns whose member they are.")
