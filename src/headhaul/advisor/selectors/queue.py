"""The queue of next actions: the reasons of each account together, the most pressing account first. Rules, no model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, tzinfo
from typing import Any

from headhaul import preferences
from headhaul.accounts.choices import Channel
from headhaul.activities.selectors.zones import reader_zone
from headhaul.advisor.choices import WEIGHTS, Reason
from headhaul.advisor.preferences import NextActions
from headhaul.advisor.schemas.next_actions import AboutAccount, AboutContact, NextAction, NextActionsLoaded, Why
from headhaul.advisor.selectors import reach
from headhaul.advisor.selectors.findings import Days, Finding, findings
from headhaul.compliance.judging.words import Verdict
from headhaul.kernel import Actor
from headhaul.kernel.days import today
from headhaul.pipeline.preferences import RiskLimits
from headhaul.pipeline.working_days import current

_VERBS = {Channel.CALL: "Call", Channel.EMAIL: "Write to", Channel.SMS: "Text"}
_OF_A_TASK = (Reason.TASK_OVERDUE, Reason.TASK_DUE)
_OF_A_DEAL = (Reason.NEXT_STEP_OVERDUE, Reason.NEXT_STEP_TODAY, Reason.CLOSE_DATE_PASSED, Reason.CLOSING_SOON)
_BY_SCORE = 0.15  # how far the best signal lifts an account above others with the same reasons


@dataclass(frozen=True, slots=True)
class Clock:
    """The moment, and which day it is then for whom."""

    at: datetime
    zone: tzinfo  # of the reader
    days: Days

    def ago(self, one: Finding) -> int:
        """Days since what it is about; negative when that is to come, 0 when it has no time."""
        if one.day is not None:
            return ((self.days.firm if one.reason in _OF_A_DEAL else self.days.reader) - one.day).days
        return (self.days.reader - today(one.moment, self.zone)).days if one.moment else 0


def clock_of(timezone: str, *, by: Actor, at: datetime) -> Clock:
    """By the zone that was asked for or else the reader's own, and by the firm's calendar."""
    _, zone = reader_zone(timezone, by=by)
    return Clock(at, zone, Days(reader=today(at, zone), firm=current().today(at)))


def next_actions(*, owner_id: int | None, limit: int, by: Actor, at: datetime, timezone: str = "") -> NextActionsLoaded:
    """Whom this owner should contact next, and why; in the days of a reader in this zone."""
    is_own = owner_id == by.user_id
    if owner_id is None:
        return NextActionsLoaded(items=[], of=0, owner_id=None, is_own=is_own)
    clock, grouped = clock_of(timezone, by=by, at=at), defaultdict[int, list[Finding]](list)
    chosen, limits = preferences.get(NextActions), preferences.get(RiskLimits)
    for finding in findings(owner_id=owner_id, chosen=chosen, limits=limits, days=clock.days, by=by, at=at):
        grouped[finding.account_id].append(finding)
    facts = reach.accounts(list(grouped))
    ranked = sorted(
        ((_priority(found, facts[key]), key) for key, found in grouped.items() if key in facts),
        key=lambda pair: (-pair[0], -_amount(grouped[pair[1]]), pair[1]),
    )
    shown = ranked[:limit]
    items = _items([(priority, _ordered(grouped[key])) for priority, key in shown], facts, clock, by=by)
    return NextActionsLoaded(items=items, of=len(ranked), owner_id=owner_id, is_own=is_own)


def _priority(found: Sequence[Finding], facts: dict[str, Any]) -> int:
    left = 1 - _BY_SCORE * max(facts["score_hundredths"] or 0, 0) / 10_000
    for reason in {finding.reason for finding in found}:
        left *= 1 - WEIGHTS[reason]
    return round(100 * (1 - left))


def _amount(found: Sequence[Finding]) -> int:
    return max((finding.amount_cents or 0 for finding in found), default=0)


def _ordered(found: Sequence[Finding]) -> list[Finding]:
    return sorted(found, key=lambda one: (-WEIGHTS[one.reason], _since_epoch(one), one.key))


def _since_epoch(one: Finding) -> float:
    """Seconds, to put one before the other; a day counts from its midnight in UTC."""
    moment = datetime.combine(one.day, time.min, UTC) if one.day else one.moment
    return moment.timestamp() if moment else 0


def _items(
    shown: Sequence[tuple[int, list[Finding]]], facts: dict[int, dict[str, Any]], clock: Clock, *, by: Actor
) -> list[NextAction]:
    wanted = {
        found[0].account_id: next((one.contact_id for one in found if one.contact_id is not None), None)
        for _, found in shown
    }
    people = reach.contacts(wanted)
    verdicts = reach.judged({key: facts[key] for key in wanted}, people, at=clock.at, by=by)
    return [
        _item(rank, priority, found, facts[found[0].account_id], people.get(found[0].account_id), verdicts, clock)
        for rank, (priority, found) in enumerate(shown, start=1)
    ]


def _item(
    rank: int,
    priority: int,
    found: list[Finding],
    account: dict[str, Any],
    person: dict[str, Any] | None,
    verdicts: dict[reach.Way, Verdict],
    clock: Clock,
) -> NextAction:
    lead, way = found[0], reach.reach(account, person, verdicts, at=clock.at)
    hundredths = account["score_hundredths"]
    return NextAction(
        key=lead.key,
        kind=lead.reason,
        rank=rank,
        priority=priority,
        title=_title(lead, person, way.channel),
        reasons=[Why(code=one.reason, text=_text(one, account, days=clock.ago(one))) for one in found],
        account=AboutAccount(
            score=None if hundredths is None else hundredths / 100,
            **{name: account[name] for name in AboutAccount.model_fields if name != "score"},
        ),
        contact=AboutContact(**{name: person[name] for name in AboutContact.model_fields}) if person else None,
        channel=way.channel,
        address=way.address,
        refusal=way.refusal,
        wait=way.wait,
        possible_at=way.possible_at,
        zone=way.zone,
        local_time=way.local_time,
        is_open_now=way.is_open_now,
        opportunity_id=next((one.opportunity_id for one in found if one.opportunity_id), None),
        task_id=next((one.activity_id for one in found if one.key.startswith("task:")), None),
        amount_cents=_amount(found) or None,
        due_at=lead.moment if lead.reason in _OF_A_TASK else None,
        due_on=lead.day if lead.reason in _OF_A_TASK else None,
    )


def _title(lead: Finding, person: dict[str, Any] | None, channel: Channel | None) -> str:
    if lead.reason in (*_OF_A_TASK, Reason.NEXT_STEP_OVERDUE, Reason.NEXT_STEP_TODAY):
        return lead.words or "Do the task"
    if lead.reason is Reason.NO_DECISION_MAKER:
        return "Find out who decides"
    whom = person["name"] if person else "the office"
    return f"{_VERBS[channel]} {whom}" if channel else f"Find a way to reach {person['name'] if person else 'them'}"


def _text(one: Finding, account: dict[str, Any], *, days: int) -> str:
    money = f", ${one.amount_cents / 100:,.0f}" if one.amount_cents else ""
    words = f"“{one.words}”" if one.words else ""
    score = round((account["score_hundredths"] or 0) / 100)
    return {
        Reason.REPLY_WAITING: f"They wrote {_since(days)} and wait for an answer",
        Reason.TASK_OVERDUE: f"Task {words} was due {_since(days)}",
        Reason.TASK_DUE: f"Task {words} is due {_until(-days)}",
        Reason.NEXT_STEP_OVERDUE: f"Next step {words} was due {_since(days)}{money}",
        Reason.NEXT_STEP_TODAY: f"Next step {words} is due today{money}",
        Reason.CLOSE_DATE_PASSED: f"{words} was to close {_since(days)}{money}",
        Reason.CLOSING_SOON: f"{words} is to close {_until(-days)}{money}",
        Reason.SIGNAL_SPIKE: f"Their need rose sharply: score {score}",
        Reason.NEW_ACCOUNT: f"New {_since(days)}, nobody has been in touch",
        Reason.HOT_UNTOUCHED: f"Score {score}, " + (f"last touch {_since(days)}" if one.moment else "never touched"),
        Reason.NO_DECISION_MAKER: f"Nobody is named who decides on {words}{money}",
    }[one.reason].replace("  ", " ")


def _since(days: int) -> str:
    return "today" if days <= 0 else "yesterday" if days == 1 else f"{days} days ago"


def _until(days: int) -> str:
    return "today" if days <= 0 else "tomorrow" if days == 1 else f"in {days} days"
