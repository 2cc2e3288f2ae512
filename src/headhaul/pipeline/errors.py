"""What can go wrong with opportunities and stages, each with its own code."""

from __future__ import annotations

from collections.abc import Mapping

from headhaul.kernel import Conflict, InvalidData, StaleVersion


class StaleOpportunity(StaleVersion):
    """Somebody changed the opportunity since it was read; the fields show what it is now."""

    code = "stale_opportunity"

    def __init__(self, message: str, *, current: int, now: Mapping[str, str]) -> None:
        super().__init__(message, current=current)
        self.fields |= now


class StaleStage(StaleVersion):
    """Somebody changed the stage or the pipeline since it was read."""

    code = "stale_stage"


class NoSuchStage(InvalidData):
    """The pipeline has no such stage, or no longer; the message lists those it has."""

    code = "no_such_stage"


class FieldsRequired(InvalidData):
    """The stage asks for facts that are not known yet; the fields name them."""

    code = "fields_required"


class StageInUse(Conflict):
    """Opportunities are in the stage, and it was not said where they go."""

    code = "stage_in_use"


class NotOpen(Conflict):
    """The opportunity has ended already."""

    code = "not_open"


class NotClosed(Conflict):
    """The opportunity has not ended."""

    code = "not_closed"


class CannotRevert(Conflict):
    """What the opportunity was before cannot be put back."""

    code = "cannot_revert"
