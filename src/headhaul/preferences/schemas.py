"""What reading and saving settings takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from headhaul.kernel import Payload, Result

SectionKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{1,59}$"), Field(examples=["limits"])]


class GetSettings(Payload):
    """Which section to read; all when none is named."""

    section: SectionKey | None = None
    history: bool = Field(default=False, description="The latest changes of each section too.")


class SettingView(Result):
    """One setting: what it is called, what it means, what it may be, what it is."""

    name: str
    title: str
    help: str
    value: Any
    default: Any
    json_schema: dict[str, Any]


class ChangeView(Result):
    """One change of a section; only what differed."""

    version: int
    at: datetime
    actor: str
    before: dict[str, Any]
    after: dict[str, Any]


class SectionView(Result):
    """A section with its settings. `version` goes back as `expectedVersion` when saving."""

    section: str
    heading: str
    help: str
    version: int
    settings: list[SettingView]
    history: list[ChangeView] = []


class SettingsView(Result):
    """All sections asked for."""

    sections: list[SectionView]


class SaveSettings(Payload):
    """Changed settings of one section; what is not named stays as it is."""

    section: SectionKey
    expected_version: int = Field(ge=0, le=2**31 - 1, description="The version that was read before.")
    values: dict[str, Any] = Field(min_length=1, max_length=200)
