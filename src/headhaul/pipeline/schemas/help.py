"""What playbooks and value props take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from headhaul.carriers.choices import Segment
from headhaul.kernel import Payload, Result
from headhaul.pipeline.schemas.periods import Id

Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*$")
]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000, pattern=r"^[^\x00]*$")]
Code = Annotated[str, StringConstraints(max_length=60, pattern=r"^[a-z0-9_]*$")]
StepKey = Annotated[
    str, StringConstraints(min_length=1, max_length=60, pattern=r"^[a-z0-9_]+$"), Field(examples=["find_who_decides"])
]
Message = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000, pattern=r"^[^\x00]*$")]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]


class GivenStep(Payload):
    """A step. Its key stays when its words change, so that what was done of it stays done; left out, one is made."""

    key: StepKey | None = None
    title: Line
    help: Text = ""


class GetPlaybooks(Payload):
    """All, or those that fit a stage and a segment; with an opportunity, those that fit it and what is done of them."""

    opportunity_id: Id | None = None
    stage_key: Code | None = None
    segment: Segment | None = None
    include_inactive: bool = False


class Step(Result):
    """A step, and for an opportunity by whom it was done."""

    key: str
    title: str
    help: str
    done_at: datetime | None = None
    done_by: str | None = None


class PlaybookRow(Result):
    """What to do in a stage. An empty `stageKey` or `segment` fits any."""

    id: int
    version: int
    name: str
    description: str
    stage_key: str
    segment: str
    is_active: bool
    position: int
    steps: list[Step]
    done: int = Field(default=0, description="Steps done, for an opportunity")


class Playbooks(Result):
    """Playbooks in order; for an opportunity those made for its segment come first."""

    items: list[PlaybookRow]


class SavePlaybook(Payload):
    """A new playbook, or with its id what is to change: what is left out stays. `version` is the one that was read."""

    playbook_id: Id | None = None
    version: Version | None = None
    name: Line | None = None
    description: Text | None = None
    stage_key: Code | None = Field(default=None, description="A stage's key, or empty for every stage")
    segment: Segment | Annotated[str, StringConstraints(max_length=0)] | None = Field(
        default=None, description="or empty for any"
    )
    steps: Annotated[list[GivenStep], Field(min_length=1, max_length=30)] | None = None
    is_active: bool | None = None
    position: Annotated[int, Field(ge=0, le=10_000)] | None = None


class RemovePlaybook(Payload):
    """The playbook to take away, or to bring back. With `version`, only as it was read."""

    playbook_id: Id
    version: Version | None = None


class PlaybookStep(Payload):
    """A step of a playbook, for an opportunity."""

    opportunity_id: Id
    playbook_id: Id
    step_key: StepKey


class GetValueProps(Payload):
    """All, or those for a segment and region; with an account or opportunity those for its own, best match first."""

    account_id: Id | None = None
    opportunity_id: Id | None = None
    segment: Segment | None = None
    region: Code | None = None
    include_inactive: bool = False


class ValuePropRow(Result):
    """What we are worth to a kind of carrier. An empty `segment` or `region` fits any."""

    id: int
    version: int
    name: str
    segment: str
    region: str
    message: str
    supporting_data: dict[str, str]
    is_active: bool
    fits: str = Field(description="Why it is shown: segment and region, segment, region, or everybody")


class ValueProps(Result):
    """Value props, the most particular first."""

    items: list[ValuePropRow]


class SaveValueProp(Payload):
    """A new value prop, or with its id what is to change: what is left out stays."""

    value_prop_id: Id | None = None
    version: Version | None = None
    name: Line | None = None
    segment: Segment | Annotated[str, StringConstraints(max_length=0)] | None = None
    region: Code | None = Field(default=None, description="A sales region, or empty for any")
    message: Message | None = None
    supporting_data: Annotated[dict[Line, Text], Field(max_length=20)] | None = Field(
        default=None, description="Facts that bear it out, by name"
    )
    is_active: bool | None = None


class RemoveValueProp(Payload):
    """The value prop to take away, or to bring back. With `version`, only as it was read."""

    value_prop_id: Id
    version: Version | None = None
