"""Removing what has served its time: records of old runs, finished background jobs, ended sessions. And a check that
the tallies equal their rows."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from procrastinate.contrib.django import app

from headhaul import preferences
from headhaul.accounts.services import removing
from headhaul.activities.services import digests
from headhaul.activities.services import removing as removing_activities
from headhaul.activities.services import tallying as touch_tally
from headhaul.capture.services import held
from headhaul.carriers.services import lookups
from headhaul.nightly.choices import RunKind, Trigger
from headhaul.nightly.models import JobRun
from headhaul.nightly.preferences import Upkeep
from headhaul.nightly.services import runs
from headhaul.nightly.services.opportunities import forget_befores
from headhaul.nightly.services.runs import Night, Outcome, Step
from headhaul.outreach.services import putting_back
from headhaul.pipeline.services import tallying as deal_tally


def forget_runs(night: Night) -> Outcome:
    """Remove the records of runs that are older than the setting."""
    kept_for = timedelta(days=preferences.get(Upkeep).run_days)
    removed, _ = JobRun.objects.filter(created_at__lt=night.at - kept_for).delete()
    return Outcome(counts={"removed": removed})


def forget_jobs(night: Night) -> Outcome:
    """Remove background jobs that ended longer ago than the setting."""
    hours = preferences.get(Upkeep).job_days * 24
    async_to_sync(app.job_manager.delete_old_jobs)(
        nb_hours=hours, include_failed=True, include_cancelled=True, include_aborted=True
    )
    return Outcome()


def forget_sessions(night: Night) -> Outcome:
    """Remove sessions that ended."""
    store: Any = import_module(settings.SESSION_ENGINE)
    store.SessionStore.clear_expired()
    return Outcome()


def forget_endings(night: Night) -> Outcome:
    """Forget how to put back enrolments whose ending can no longer be taken back."""
    return Outcome(counts={"removed": putting_back.prune(at=night.at)})


def forget_lookups(night: Night) -> Outcome:
    """Remove answers of FMCSA that are too old to be used."""
    return Outcome(counts={"removed": lookups.prune(at=night.at)})


def forget_removed(night: Night) -> Outcome:
    """Remove accounts and contacts for good whose removal can no longer be taken back."""
    return Outcome(counts={"removed": removing.prune(at=night.at)})


def forget_removed_activities(night: Night) -> Outcome:
    """Remove for good what was removed so long ago that it cannot be taken back."""
    return Outcome(counts={"removed": removing_activities.prune(at=night.at)})


def forget_junk(night: Night) -> Outcome:
    """Remove what was held back as junk and has served its time."""
    return Outcome(counts={"removed": held.prune(at=night.at)})


def forget_mails(night: Night) -> Outcome:
    """Remove the notes of which daily mails were sent long ago."""
    return Outcome(counts={"removed": digests.prune(at=night.at)})


def check_tallies(night: Night) -> Outcome:
    """Hold the tallies that figures are read from against the rows, and mend what differs."""
    touches, deals, closing = touch_tally.mend(), deal_tally.mend(), deal_tally.mend_closing()
    notes = []
    if touches.cells:
        notes.append(f"The tally of touches was wrong by {touches.touches:,} and was mended.")
    if deals:
        notes.append("The tally of opportunities was wrong and was mended.")
    if closing:
        notes.append("The sums of opportunities by month of closing were wrong and were mended.")
    counts = {"touches_mended": touches.touches, "deals_mended": deals, "closing_mended": closing}
    return Outcome(counts=counts, notes=notes)


STEPS = (
    Step("runs", "Old records of runs", forget_runs),
    Step("jobs", "Finished background jobs", forget_jobs, in_one_go=False),
    Step("sessions", "Ended sessions", forget_sessions),
    Step("befores", "Old ways back for opportunities", forget_befores),
    Step("endings", "Old ways back for enrolments", forget_endings),
    Step("lookups", "Old answers of FMCSA", forget_lookups),
    Step("removed", "Removed accounts and contacts", forget_removed),
    Step("removed_activities", "Activities removed long ago", forget_removed_activities),
    Step("held_leads", "Leads held back as junk", forget_junk, in_one_go=False),
    Step("daily_mails", "Notes of old daily mails", forget_mails),
    Step("tallies", "Tallies against their rows", check_tallies),
)


def run(*, trigger: Trigger, at: datetime, user_id: int | None = None) -> JobRun:
    """Do the day's upkeep; after another run if one is at work."""
    return runs.run(
        kind=RunKind.UPKEEP, day=at.date(), steps=STEPS, trigger=trigger, at=at, user_id=user_id, patience=300
    )
