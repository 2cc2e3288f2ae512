"""Made-up histories of deals, activities and accounts, and what the numbers of them are, in plain Python."""

from __future__ import annotations

import random
import statistics
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from headhaul.accounts.models import Account
from headhaul.activities.models import Activity
from headhaul.pipeline.models import Opportunity, OpportunitySnapshot
from tests.pipeline.histories import NOON, account, random_history

ZONE = ZoneInfo("America/Chicago")
SEGMENTS = ("small_fleet", "enterprise", "unknown")
KINDS = ("call", "email", "sms", "meeting", "note")


def make(seed: int, *, owners: list[int | None], deals: int = 14) -> None:
    """A firm's autumn: accounts of several sizes, deals with a life, activities of everybody."""
    dice = random.Random(seed)
    of = [account(f"Carrier {n}", segment=SEGMENTS[n % 3], owner_id=dice.choice(owners)) for n in range(4)]
    for number, each in enumerate(of):
        made = datetime(2026, 7, 1, tzinfo=UTC) + timedelta(hours=dice.randrange(0, 24 * 140))
        Account.objects.filter(pk=each.pk).update(created_at=made)
        random_history(seed + number, owners=owners, deals=deals // 4)
    moved = list(Opportunity.objects.order_by("pk"))
    for each in moved:
        each.account = dice.choice(of)
        if each.closed_at and dice.random() < 0.7:  # not all in the same weeks
            each.closed_at = max(each.opened_at, each.closed_at - timedelta(hours=dice.randrange(0, 24 * 60)))
        each.save()
    Activity.objects.bulk_create(
        Activity(
            account=dice.choice(of),
            type=dice.choice(KINDS),
            happened_at=NOON - timedelta(hours=dice.randrange(0, 24 * 150)),
            created_at=NOON,
            owner_id=dice.choice(owners),
        )
        for _ in range(60)
    )


def snapshot(day: date, of: Opportunity, **values: Any) -> None:
    """What the night of a day wrote down of a deal."""
    OpportunitySnapshot.objects.create(
        **{
            "day": day,
            "opportunity_id": of.pk,
            "account_id": of.account_id,
            "pipeline_id": of.pipeline_id,
            "stage_id": of.stage_id,
            "stage_key": "proposal",
            "owner_id": of.owner_id,
            "amount_cents": of.amount_cents,
            "close_on": of.close_on,
            "category": "pipeline",
            "probability": 50,
            "days_in_stage": 1,
            "days_open": 1,
            "touches_30": 0,
            "replies_30": 0,
            "contacts": 1,
            "has_decision_maker": False,
            "has_next_step": False,
            "pushes": 0,
            "taken_at": datetime.combine(day, datetime.min.time(), ZONE) + timedelta(hours=23),
        }
        | values
    )


def on(moment: datetime | None) -> date | None:
    """The day of a moment where the firm is."""
    return moment.astimezone(ZONE).date() if moment else None


def within(day: date | None, first: date, last: date) -> bool:
    """Whether a day lies there."""
    return day is not None and first <= day <= last


def expected(
    first: date, last: date, *, owner: int | None = None, segment: str = "", at: datetime = NOON
) -> dict[str, Any]:
    """Every figure of these days, counted one by one."""

    def wanted(row: Any) -> bool:
        of = row.account.segment
        return (owner is None or row.owner_id == owner) and (not segment or of == segment)

    deals = [o for o in Opportunity.objects.select_related("account") if wanted(o)]
    closed = [o for o in deals if within(on(o.closed_at), first, last)]
    won = [o for o in closed if o.kind == "won"]
    lost = [o for o in closed if o.kind == "lost"]
    paid = [o.amount_cents for o in won if o.amount_cents is not None]
    days = sorted((o.closed_at - o.opened_at).total_seconds() / 86_400 for o in won)  # type: ignore[operator]
    end = min(datetime.combine(last + timedelta(days=1), datetime.min.time(), ZONE), at)
    still = [o for o in deals if o.opened_at < end and (o.closed_at is None or o.closed_at >= end)]
    done = [a for a in Activity.objects.select_related("account") if wanted(a)]
    done = [a for a in done if within(on(a.happened_at), first, last)]
    accounts = [a for a in Account.objects.all() if within(on(a.created_at), first, last)]
    accounts = [a for a in accounts if (owner is None or a.owner_id == owner) and (not segment or a.segment == segment)]
    closing = [o for o in deals if o.kind == "open" and o.category != "omitted" and within(o.close_on, first, last)]
    valued = [o for o in closed if o.amount_cents is not None]
    total = sum(o.amount_cents or 0 for o in valued)
    return {
        "openPipeline": sum(o.amount_cents or 0 for o in closing),
        "newDeals": sum(within(on(o.opened_at), first, last) for o in deals),
        "dealsWon": len(won),
        "wonAmount": sum(paid),
        "winRate": 100 * len(won) / len(closed) if closed else None,
        "winRateByValue": 100 * sum(paid) / total if total else None,
        "averageDeal": statistics.mean(paid) if paid else None,
        "cycle": statistics.median(days) if days else None,
        "days": days,
        "lost": len(lost),
        "open_at_its_end": len(still),
        "touches": sum(a.type != "note" for a in done),
        **{key: sum(a.type == kind for a in done) for key, kind in
           (("calls", "call"), ("emails", "email"), ("texts", "sms"), ("meetings", "meeting"))},
        "newAccounts": len(accounts),
    }  # fmt: skip
