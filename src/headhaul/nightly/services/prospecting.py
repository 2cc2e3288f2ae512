"""The night: from the driver pool and the census to accounts with an owner, as a list of steps.

Every step leaves the same behind when it is done twice, so a run that was killed anywhere is simply run again.
"""

from __future__ import annotations

from datetime import date, datetime

from headhaul.nightly.choices import RunKind, RunState, Trigger
from headhaul.nightly.models import JobRun
from headhaul.nightly.services import opportunities, runs
from headhaul.nightly.services.duplicates import find_duplicates
from headhaul.nightly.services.enrichment import enrich_accounts
from headhaul.nightly.services.openings import open_accounts, refresh_scores, tag_accounts
from headhaul.nightly.services.runs import Step, Tell
from headhaul.nightly.services.signals import check_can_rebuild, make_signals, rebuild_signals
from headhaul.nightly.services.telling import alert_openings, alert_spikes, note_score_moves, tell_pages

STEPS = (
    Step("signals", "Match, score and compare with last week", make_signals, in_one_go=False),
    Step("scores", "Carry scores to accounts", refresh_scores),
    Step("accounts", "Open accounts and hand them out", open_accounts),
    Step("enrichment", "Look up new accounts at FMCSA", enrich_accounts, in_one_go=False),
    Step("tags", "Tag new accounts", tag_accounts),
    Step("duplicates", "Look for duplicates", find_duplicates, in_one_go=False),
    Step("spike_alerts", "Alert about strong rises", alert_spikes),
    Step("account_alerts", "Tell owners about new accounts", alert_openings),
    Step("score_moves", "Note scores that went far", note_score_moves),
    *opportunities.STEPS,
    Step("news", "Tell open pages", tell_pages),
)
REBUILD_STEPS = (Step("rebuilt_signals", "Match and score as of the day", rebuild_signals, in_one_go=False),)


def run(
    *,
    day: date,
    trigger: Trigger,
    at: datetime,
    user_id: int | None = None,
    patience: float = 0,
    tell: Tell = runs.silent,
) -> JobRun:
    """The whole night for a day, from where it stopped if it was killed."""
    return runs.run(
        kind=RunKind.PROSPECTING,
        day=day,
        steps=STEPS,
        trigger=trigger,
        at=at,
        user_id=user_id,
        patience=patience,
        tell=tell,
    )


def rebuild(*, day: date, trigger: Trigger, at: datetime, patience: float = 0, tell: Tell = runs.silent) -> JobRun:
    """The signals of a past day from the drivers who were there by then: for history alone, nothing follows from it.

    Raises DayIsKept for a day whose signals were computed when it was today: what was seen then is not overwritten.
    """
    check_can_rebuild(day)
    return runs.run(
        kind=RunKind.REBUILD,
        day=day,
        steps=REBUILD_STEPS,
        trigger=trigger,
        at=at,
        patience=patience,
        tell=tell,
    )


def is_done_since(then: datetime) -> bool:
    """Whether a night that began at or after this time is done."""
    return JobRun.objects.filter(kind=RunKind.PROSPECTING, state=RunState.DONE, started_at__gte=then).exists()


def take_up_lost(*, at: datetime) -> int:
    """Finish today's run if its process was killed. Returns how many runs were found lost."""
    lost = runs.mark_lost()
    today = JobRun.objects.filter(kind=RunKind.PROSPECTING, day=at.date()).order_by("-pk").first()
    if today is not None and today.state == RunState.LOST:
        run(day=today.day, trigger=Trigger(today.trigger), at=at)
    return lost
