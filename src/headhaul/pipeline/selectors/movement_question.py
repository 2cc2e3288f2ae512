"""What a question about movement means: which window, between which moments, whose deals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from headhaul.accounts.selectors.pages import Conditions
from headhaul.kernel import Actor, InvalidData
from headhaul.pipeline.schemas.movement import GetPipelineMovement
from headhaul.pipeline.selectors.periods import Span, span_of
from headhaul.pipeline.selectors.scopes import owners_of, seen
from headhaul.pipeline.working_days import current, start_of

TICK = timedelta(microseconds=1)  # as fine as the database keeps time


@dataclass(frozen=True, slots=True)
class MovementQuestion:
    """A question worked out: from `since` until before `until`, or up to now; `seen` are the conditions of who asks."""

    asked: GetPipelineMovement
    window: Span
    since: datetime
    until: datetime
    owners: list[int | None] | None
    pipeline_id: int | None
    seen: Conditions
    is_up_to_now: bool

    @property
    def before(self) -> datetime:
        """The last moment that is not part of it."""
        return self.since - TICK

    @property
    def after(self) -> datetime:
        """The last moment that is."""
        return self.until if self.is_up_to_now else self.until - TICK


def question(*, asked: GetPipelineMovement, by: Actor, at: datetime) -> MovementQuestion:
    """Work it out; InvalidData for a window or a stretch of time that runs backwards."""
    window = _window(asked, at=at)
    since = start_of(asked.from_, window.zone) if asked.from_ else _beginning(window, at=at)
    ends = start_of(asked.to + timedelta(days=1), window.zone) if asked.to else None
    until = at if ends is None or ends > at else ends
    if since > until:
        raise InvalidData("Movement goes from an earlier day to a later one.", fields={"from": "not after to, or now"})
    conditions = Conditions()
    seen(conditions, by=by)
    owners = owners_of(asked, by=by)
    return MovementQuestion(asked, window, since, until, owners, asked.pipeline_id, conditions, until == at)


def _window(asked: GetPipelineMovement, *, at: datetime) -> Span:
    if asked.closing_from is None and asked.closing_to is None:
        return span_of(asked, at=at)
    if asked.closing_from is None or asked.closing_to is None or asked.closing_from > asked.closing_to:
        raise InvalidData(
            "A window has a first and a last day.",
            fields={"closingFrom": "not after closingTo", "closingTo": "not before closingFrom"},
        )
    return Span(asked.closing_from, asked.closing_to + timedelta(days=1), current().zone)


def _beginning(window: Span, *, at: datetime) -> datetime:
    """The window's first moment; of a window to come, that of the firm's current period."""
    return window.since if window.since <= at else span_of(GetPipelineMovement(), at=at).since
