"""One enrolment before one step, held by this worker: where it can go from here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from headhaul.outreach.choices import ChangeKind, EnrolmentState
from headhaul.outreach.models import Enrolment
from headhaul.outreach.schemas.steps import StepView
from headhaul.outreach.selectors import candidates, plans, scheduling
from headhaul.outreach.selectors.plans import Plan
from headhaul.outreach.services.holding import note
from headhaul.outreach.services.room import Room


@dataclass
class Step:
    """The enrolment, the step that is due, and the moves there are. Each move is the last thing that happens to it."""

    row: Enrolment
    room: Room
    at: datetime

    @cached_property
    def plan(self) -> Plan:
        """What the version they are in says."""
        return plans.load(self.row.sequence_id, self.row.version_number)

    @cached_property
    def given(self) -> StepView | None:
        """The step they stand before."""
        return self.plan.step(self.row.step_key)

    @property
    def due_at(self) -> datetime:
        """When it was due: what follows counts from there, however late the worker is."""
        return self.row.next_at or self.at

    @cached_property
    def zones(self) -> tuple[str, ...]:
        """Where they may be in time."""
        return candidates.zones_of(self.row.contact_id)

    def go_on(self, to: StepView | None, *, since: datetime) -> str:
        """To another step, whose delay begins at `since`."""
        if to is None:
            return self.finish()
        self.row.step_key = to.key
        return self._save(EnrolmentState.WAITING, scheduling.due(to, self.plan, self.zones, since=since), "went_on")

    def finish(self) -> str:
        """There is no further step."""
        before, self.row.step_key, self.row.ended_at = self.row.state, "", self.at
        self._save(EnrolmentState.FINISHED, None, "")
        note(self.row, ChangeKind.ENDED, "All steps are done.", before=before, at=self.at)
        return "finished"

    def wait_for(self, until: datetime) -> str:
        """Its message or call is on its way: look again then."""
        return self._save(EnrolmentState.ACTIVE, until, "under_way")

    def hold(self, rule: str, why: str, until: datetime) -> str:
        """A rule holds it: that is seen, and it is tried again."""
        is_news = (self.row.held_rule, self.row.state) != (rule, EnrolmentState.HELD)
        before = self.row.state
        tries = self.row.tries + 1
        self._save(EnrolmentState.HELD, until, "", rule=rule, why=why, tries=tries)
        if is_news:
            note(self.row, ChangeKind.HELD, why, before=before, at=self.at)
        return "held"

    def skip(self, why: str, *, since: datetime | None = None) -> str:
        """Leave the step out, and say why."""
        assert self.given is not None
        note(self.row, ChangeKind.SKIPPED, why, before=self.row.state, at=self.at)
        self.go_on(self.plan.after(self.given.key), since=since or self.due_at)
        return "skipped"

    def stop(self, why: str) -> str:
        """End it."""
        before = self.row.state
        self.row.ended_at, self.row.ended_reason = self.at, why
        self._save(EnrolmentState.STOPPED, None, "")
        note(self.row, ChangeKind.ENDED, why, before=before, at=self.at)
        return "stopped"

    def tell(self, kind: ChangeKind, why: str) -> None:
        """A line in its history."""
        note(self.row, kind, why, before=self.row.state, at=self.at)

    def _save(
        self,
        state: EnrolmentState,
        next_at: datetime | None,
        how: str,
        *,
        rule: str = "",
        why: str = "",
        tries: int = 0,
    ) -> str:
        self.row.state, self.row.next_at, self.row.updated_at = state, next_at, self.at
        self.row.held_rule, self.row.held_reason, self.row.tries = rule, why[:500], tries
        self.row.save()
        return how
