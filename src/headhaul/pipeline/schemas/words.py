"""The words that several of the pipeline's schemas share."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator, Field, StringConstraints

Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
Cents = Annotated[int, Field(ge=0, le=10**15, description="In cents")]
Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*$")
]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00-\x1f]*$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=10_000, pattern=r"^[^\x00]*$")]
StageKey = Annotated[str, StringConstraints(max_length=40, pattern=r"^[a-z][a-z0-9_]*$"), Field(examples=["discovery"])]
Custom = Annotated[
    dict[Annotated[str, StringConstraints(max_length=60)], Any],
    Field(max_length=200, description="Values of the firm's own fields by key; null clears one"),
]
EffectiveAt = Annotated[
    AwareDatetime,
    Field(
        description="Since when it is so, if that is earlier than now; never in the future",
        examples=["2026-11-18T12:00:00Z"],
    ),
]


def _words(value: Any) -> Any:
    """A list, or words joined by commas as a page's address carries them."""
    return [word for word in value.split(",") if word] if isinstance(value, str) else value


Split = BeforeValidator(_words)
