"""Everything the clock starts, on one page. Times are UTC; a start that was missed is made up for within a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from procrastinate import App
from procrastinate.contrib.django import app

from headhaul.accounts.jobs import find_lost_imports, prune_exports
from headhaul.actions.jobs import prune_door, seal_audit
from headhaul.activities.jobs import remind_of_tasks, send_daily_mails
from headhaul.advisor.jobs import recalibrate_lead_score
from headhaul.analytics.jobs import take_analytics_snapshots, watch_competitors
from headhaul.capture.jobs import settle_leads, watch_leads
from headhaul.compliance.jobs import seal_receipts
from headhaul.nightly.jobs import (
    find_lost_runs,
    keep_tallies,
    retry_stalled_jobs,
    run_pipeline,
    run_prospecting,
    run_upkeep,
)
from headhaul.nightly.schemas import ScheduleRow
from headhaul.outreach.jobs import (
    advance_sequences,
    apply_provider_events,
    deliver_messages,
    forget_webhook_tokens,
    read_mailboxes,
    reap_messages,
    regrade_clicks,
)
from headhaul.pipeline.jobs import ask_rules


@dataclass(frozen=True, slots=True)
class Schedule:
    """A job and when the clock starts it."""

    name: str
    title: str
    cron: str
    task: Any
    by_hand: bool = False  # whether an administrator may start it

    def next_after(self, at: datetime) -> datetime:
        """When the clock starts it the next time."""
        registered = app.periodic_registry.periodic_tasks[(self.task.name, self.name)]
        following: datetime = registered.croniter.get_next(datetime, start_time=at)
        return following


SCHEDULES = (
    Schedule("run_prospecting", "Nightly prospecting", "0 3 * * *", run_prospecting, by_hand=True),
    Schedule("run_pipeline", "Snapshots and risks of opportunities", "30 4 * * *", run_pipeline, by_hand=True),
    Schedule(
        "take_analytics_snapshots",
        "Snapshot of the last month's figures",
        "15 12 * * *",
        take_analytics_snapshots,
        by_hand=True,
    ),
    Schedule(
        "recalibrate_lead_score", "Lead score: learn from the month", "40 4 2 * *", recalibrate_lead_score, by_hand=True
    ),
    Schedule("run_upkeep", "Upkeep: remove what has served its time", "30 2 * * *", run_upkeep, by_hand=True),
    Schedule("prune_door", "Forget old replies, counts and uploads", "10 2 * * *", prune_door, by_hand=True),
    Schedule(
        "forget_webhook_tokens", "Forget used tokens of webhooks", "15 2 * * *", forget_webhook_tokens, by_hand=True
    ),
    Schedule("prune_exports", "Remove old exports", "20 2 * * *", prune_exports, by_hand=True),
    Schedule("seal_receipts", "Seal the proofs of sending", "* * * * *", seal_receipts, by_hand=True),
    Schedule("seal_audit", "Seal the audit", "* * * * *", seal_audit, by_hand=True),
    Schedule("remind_of_tasks", "Remind of tasks", "* * * * *", remind_of_tasks),
    Schedule("send_daily_mails", "Daily mails, each in its reader's morning", "*/10 * * * *", send_daily_mails),
    Schedule("ask_rules", "Automation rules: what time brought about, and what waits", "* * * * *", ask_rules),
    Schedule("watch_leads", "Leads: tell managers whom nobody tried to reach in time", "* * * * *", watch_leads),
    Schedule("settle_leads", "Leads: note what became of them", "*/10 * * * *", settle_leads, by_hand=True),
    Schedule("advance_sequences", "Sequences: steps that are due", "* * * * *", advance_sequences),
    Schedule("deliver_messages", "Send what is due", "* * * * *", deliver_messages, by_hand=True),
    Schedule("reap_messages", "Take up messages of killed workers, ask about lost ones", "* * * * *", reap_messages),
    Schedule("apply_provider_events", "Apply what providers tell", "* * * * *", apply_provider_events),
    Schedule("read_mailboxes", "Read the mailboxes of senders", "*/3 * * * *", read_mailboxes),
    Schedule("regrade_clicks", "Tell clicks of people from machines' anew", "*/5 * * * *", regrade_clicks),
    Schedule("watch_competitors", "News of competitors", "*/5 * * * *", watch_competitors, by_hand=True),
    Schedule("keep_tallies", "Figures: take up what was done since", "*/5 * * * *", keep_tallies, by_hand=True),
    Schedule("find_lost_runs", "Take up runs that were killed", "*/2 * * * *", find_lost_runs),
    Schedule("find_lost_imports", "Take up imports that were killed", "* * * * *", find_lost_imports),
    Schedule("retry_stalled_jobs", "Retry jobs of killed workers", "*/5 * * * *", retry_stalled_jobs),
)


def register(queue: App) -> None:
    """Tell the queue about all schedules when it is ready; the workers keep them."""
    for schedule in SCHEDULES:
        queue.periodic(cron=schedule.cron, periodic_id=schedule.name)(schedule.task)


def named(name: str) -> Schedule | None:
    """A schedule by name."""
    return next((schedule for schedule in SCHEDULES if schedule.name == name), None)


def rows(at: datetime) -> list[ScheduleRow]:
    """All schedules as a page lists them."""
    return [
        ScheduleRow(name=each.name, title=each.title, cron=each.cron, next_at=each.next_after(at), by_hand=each.by_hand)
        for each in SCHEDULES
    ]
