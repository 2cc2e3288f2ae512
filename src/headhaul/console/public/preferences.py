"""Settings of the public pages."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from headhaul.preferences.sections import Section

Origin = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        max_length=200,
        pattern=r"^https://(\*\.)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?$",
    ),
]


class FormFrames(Section):
    """Which pages of other sites may show our public forms within them. Nobody's, until one is named."""

    key: ClassVar[str] = "form_frames"
    heading: ClassVar[str] = "Forms within other pages"

    sites: list[Origin] = Field(
        default_factory=list,
        max_length=50,
        title="Sites that may show them",
        description="Such as https://www.example.com or https://*.example.com, without a path.",
    )
