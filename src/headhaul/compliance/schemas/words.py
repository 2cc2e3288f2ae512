"""Words that several inputs of this room share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Evidence = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4_000)]
Address = Annotated[str, StringConstraints(strip_whitespace=True, max_length=254)]
Instant = AwareDatetime
SendChannel = Literal["email", "sms", "call", "ai_call"]
