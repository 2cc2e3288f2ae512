"""Words that several payloads use."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

EquipmentCode = Literal[
    "dry_van", "reefer", "flatbed", "heavy_haul", "tanker", "bulk", "auto_hauler", "intermodal", "livestock", "bus"
]
JobCode = Literal["local", "dedicated", "regional", "otr"]
LevelCode = Literal["low", "medium", "high"]
SegmentCode = Literal["owner_operator", "small_fleet", "regional", "mid_market", "enterprise", "unknown"]


def _listed(value: Any) -> Any:
    """A list, or words joined by commas as a page's address carries them."""
    return [word for word in value.split(",") if word] if isinstance(value, str) else value


Segments = Annotated[list[SegmentCode], BeforeValidator(_listed), Field(max_length=6)]
Equipments = Annotated[list[EquipmentCode], BeforeValidator(_listed), Field(max_length=10)]
Jobs = Annotated[list[JobCode], BeforeValidator(_listed), Field(max_length=4)]
States = Annotated[
    list[Annotated[str, StringConstraints(to_upper=True, pattern=r"^[A-Za-z]{2}$")]],
    BeforeValidator(_listed),
    Field(max_length=60, examples=[["TX", "OK"]]),
]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100, pattern=r"^[^\x00-\x1f]*$")]
RunId = Annotated[int, Field(ge=1, le=2**63 - 1)]
