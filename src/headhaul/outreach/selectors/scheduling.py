"""When somebody's next step is due: what the sequence says, on the clocks of where they may be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from headhaul.outreach.choices import StepKind
from headhaul.outreach.schemas.steps import StepView
from headhaul.outreach.selectors import timing
from headhaul.outreach.selectors.plans import Plan

QUIET = (StepKind.WAIT, StepKind.CONDITION)


def due(step: StepView, plan: Plan, zones: Sequence[str], *, since: datetime) -> datetime:
    """When a step is due whose delay begins at `since`. A wait or condition needs no hours, a touch does."""
    known = timing.plausible(zones)
    moment = timing.after(step.delay, since, known[0], skips_holidays=plan.options.skip_holidays)
    if step.kind in QUIET:
        return moment
    return timing.next_open(timing.hours_of(step, plan.options), known, moment)
