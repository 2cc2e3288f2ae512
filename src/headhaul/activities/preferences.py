"""Settings of this room."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from headhaul.preferences.sections import Section


class DailyMail(Section):
    """The morning mail with unread notifications and the day's tasks. Everybody can choose otherwise for themselves."""

    key: ClassVar[str] = "daily_mail"
    heading: ClassVar[str] = "Daily mail"

    is_on: bool = Field(True, title="Sent unless somebody switched it off")
    hour: int = Field(7, ge=0, le=23, title="Hour", description="On the clock of each reader.")
