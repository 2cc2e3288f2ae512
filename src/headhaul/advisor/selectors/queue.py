"""The queue of next actions: the reasons of each account together, the most pressing account first. Rules, no model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from headhaul import preferences
from headhaul.accounts.choices import Channel
from headhaul.advisor.choices import WEIGHTS, Reason
from headhaul.advisor.preferences import NextActions
from headhaul.advisor.schemas.next_actions import AboutAccount, AboutContact, NextAction, NextActionsLoaded, Why
from headhaul.advisor.selectors import reach
from headhaul.advisor.selectors.findings import Finding, findings
from headhaul.compliance.judging.words import Verdict
from headhaul.kernel import Actor

_VERBS = {Channel.CALL: "Call", Channel.EMAIL: "Write to", Channel.SMS: "Text"}
_BY_SCORE = 0.15  # how far the best signal lifts an account above others with the same reasons


def next_actions(*, owner_id: int | None, limit: int, by: Actor, at: datetime) -> NextActionsLoaded:
    """Whom this owner should contact next, and why."""
    is_own = owner_id == by.user_id
    if owner_id is None:
        return NextActionsLoaded(items=[], of=0, owner_id=None, is_own=is_own)
    grouped: dict[int, list[Finding]] = defaultdict(list)
    for finding in findings(owner_id=owner_id, chosen=preferences.get(NextActions), by=by, at=at):
        grouped[finding.account_id].append(finding)
    facts = reach.accounts(list(grouped))
    ranked = sorted(
        ((_priority(found, facts[key]), key) for key, found in grouped.items() if key in facts),
        key=lambda pair: (-pair[0], -_amount(grouped[pair[1]]), pair[1]),
    )
    shown = ranked[:limit]
    items = _items([(priority, _ordered(grouped[key])) for priority, key in shown], facts, at=at, by=by)
    return NextActionsLoaded(items=items, of=len(ranked), owner_id=owner_id, is_own=is_own)


def _priority(found: Sequence[Finding], facts: dict[str, Any]) -> int:
    left = 1 - _BY_SCORE * max(facts["score_hundredths"] or 0, 0) / 10_000
    for reason in {finding.reason for finding in found}:
        left *= 1 - WEIGHTS[reason]
    return round(100 * (1 - left))


def _amount(found: Sequence[Finding]) -> int:
    return max((finding.amount_cents or 0 for finding in found), default=0)


def _ordered(found: Sequence[Finding]) -> list[Finding]:
    return sorted(found, key=lambda one: (-WEIGHTS[one.reason], one.moment.timestamp() if one.moment else 0, one.key))


def _items(
    shown: Sequence[tuple[int, list[Finding]]], facts: dict[int, dict[str, Any]], *, at: datetime, by: Actor
) -> list[NextAction]:
    wanted = {
        found[0].account_id: next((one.contact_id for one in found if one.contact_id is not None), None)
        for _, found in shown
    }
    people = reach.contacts(wanted)
    verdicts = reach.judged({key: facts[key] for key in wanted}, people, at=at, by=by)
    return [
        _item(rank, priority, found, facts[found[0].account_id], people.get(found[0].account_id), verdicts, at=at)
        for rank, (priority, found) in enumerate(shown, start=1)
    ]


def _item(
    rank: int,
    priority: int,
    found: list[Finding],
    account: dict[str, Any],
    person: dict[str, Any] | None,
    verdicts: dict[reach.Way, Verdict],
    *,
    at: datetime,
) -> NextAction:
    lead, way = found[0], reach.reach(account, person, verdicts, at=at)
    hundredths = account["score_hundredths"]
    return NextAction(
        key=lead.key,
        kind=lead.reason,
        rank=rank,
        priority=priority,
        title=_title(lead, person, way.channel),
        reasons=[Why(code=one.reason, text=_text(one, account, at=at)) for one in found],
        account=AboutAccount(
            score=None if hundredths is None else hundredths / 100,
            **{name: account[name] for name in AboutAccount.model_fields if name != "score"},
        ),
        contact=AboutContact(**{name: person[name] for name in AboutContact.model_fields}) if person else None,
        channel=way.channel,
        address=way.address,
        refusal=way.refusal,
        zone=way.zone,
        local_time=way.local_time,
        is_open_now=way.is_open_now,
        opportunity_id=next((one.opportunity_id for one in found if one.opportunity_id), None),
        task_id=next((one.activity_id for one in found if one.key.startswith("task:")), None),
        amount_cents=_amount(found) or None,
        due_at=lead.moment if lead.reason in (Reason.TASK_OVERDUE, Reason.TASK_DUE) else None,
    )


def _title(lead: Finding, person: dict[str, Any] | None, channel: Channel | None) -> str:
    if lead.reason in (Reason.TASK_OVERDUE, Reason.TASK_DUE, Reason.NEXT_STEP_OVERDUE, Reason.NEXT_STEP_TODAY):
        return lead.words or "Do the task"
    if lead.reason is Reason.NO_DECISION_MAKER:
        return "Find out who decides"
    whom = person["name"] if person else "the office"
    return f"{_VERBS[channel]} {whom}" if channel else f"Find a way to reach {person['name'] if person else 'them'}"


def _text(one: Finding, account: dict[str, Any], *, at: datetime) -> str:
    days = (at.date() - one.moment.date()).days if one.moment else 0
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
