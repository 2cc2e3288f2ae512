"""Deals with a history: every helper writes the row and what is kept of it, as the product does."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

from headhaul.accounts.models import Account, AccountPulse, AccountScore
from headhaul.pipeline.models import Opportunity, OpportunityChange, Stage

NOON = datetime(2026, 11, 18, 18, tzinfo=UTC)  # noon in Chicago
FIELDS = {"stage": "stage_id", "amount": "amount_cents", "close_on": "close_on", "owner": "owner_id"}


def account(name: str = "Blue Ridge Haulers", **facts: Any) -> Account:
    """A carrier to sell to."""
    made = Account.objects.create(name=name, created_at=NOON, updated_at=NOON, **facts)
    AccountScore.objects.create(account=made)
    AccountPulse.objects.create(account=made, last_activity_at=NOON)
    return made


def stage(key: str) -> Stage:
    """A stage of the default pipeline."""
    return Stage.objects.get(pipeline__is_default=True, key=key)


def deal(
    of: Account,
    *,
    in_stage: str = "prospecting",
    amount: int | None = 100_00,
    close_on: date | None = date(2026, 12, 1),
    owner: int | None = None,
    at: datetime = NOON,
    told_at: datetime | None = None,
    name: str = "Twelve reefer seats",
    category: str = "",
) -> Opportunity:
    """An opportunity that was opened at a moment, told then or later."""
    entered = stage(in_stage)
    made = Opportunity.objects.create(
        account=of,
        pipeline=entered.pipeline,
        stage=entered,
        kind=entered.kind,
        name=name,
        amount_cents=amount,
        close_on=close_on,
        owner_id=owner,
        category=category or entered.category,
        lost_reason="Price" if entered.kind == "lost" else "",
        stage_entered_at=at,
        opened_at=at,
        closed_at=None if entered.kind == "open" else at,
        created_at=told_at or at,
        updated_at=told_at or at,
    )
    first = {"stage": entered.pk, "amount": amount, "close_on": close_on, "owner": owner, "category": made.category}
    _keep(made.pk, 1, {name: (None, value) for name, value in (first | {"name": name}).items()}, at, told_at)
    return made


def change(of: Opportunity, *, at: datetime, told_at: datetime | None = None, **values: Any) -> Opportunity:
    """Change a deal's stage (by key), amount, close_on, owner or category."""
    of.refresh_from_db()
    if "stage" in values:
        entered = stage(values["stage"])
        values |= {"stage": entered.pk, "category": values.get("category", entered.category)}
        if entered.pk != of.stage_id:
            of.kind, of.stage_entered_at = entered.kind, at
            of.closed_at = None if entered.kind == "open" else at
        of.lost_reason = "Price" if entered.kind == "lost" else ""
    changes = {}
    for field, value in values.items():
        column = FIELDS.get(field, field)
        changes[field] = (getattr(of, column), value)
        setattr(of, column, value)
    of.version += 1
    of.updated_at = told_at or at
    of.save()
    _keep(of.pk, of.version, changes, at, told_at)
    return of


def remove(of: Opportunity, *, at: datetime) -> Opportunity:
    """Remove a deal. Its row goes, its history stays; `of` can be put back."""
    of.refresh_from_db()
    _keep(of.pk, of.version + 1, {"removed": (False, True)}, at, None)
    kept = of.pk
    of.delete()
    of.pk = kept
    return of


def restore(of: Opportunity, *, at: datetime) -> Opportunity:
    """Put a removed deal back under its number."""
    of.version += 2
    of.save(force_insert=True)
    _keep(of.pk, of.version, {"removed": (True, False)}, at, None)
    return of


def _keep(key: int, version: int, changes: dict[str, Any], at: datetime, told_at: datetime | None) -> None:
    OpportunityChange.objects.bulk_create(
        OpportunityChange(
            opportunity_id=key,
            version=version,
            field=field,
            old=_json(old),
            new=_json(new),
            valid_from=at,
            recorded_at=told_at or at,
        )
        for field, (old, new) in changes.items()
        if old != new
    )


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


KEYS = ("prospecting", "discovery", "proposal", "negotiation", "closed_won", "closed_lost")
CLOSES = [None, *(date(2026, month, day) for month, day in ((8, 31), (9, 30), (10, 1), (11, 15), (12, 31)))]
CLOSES += [date(2027, 1, 1), date(2027, 2, 1)]


def random_history(seed: int, *, owners: list[int | None], deals: int = 8, until: datetime = NOON) -> None:
    """A pipeline's life from August on: deals opened, moved, repriced, handed over, lost, reopened, removed, restored.

    Some of it is told days after it was so.
    """
    dice = random.Random(seed)
    of = account()
    for number in range(deals):
        at = datetime(2026, 8, 1, 5, tzinfo=UTC) + timedelta(hours=dice.randrange(0, 24 * 80))
        told = at + timedelta(days=dice.choice([0, 0, 0, 2, 9]))
        each = deal(
            of,
            in_stage=dice.choice(KEYS[:3]),
            amount=dice.choice([None, 0, dice.randrange(1, 10**7)]),
            close_on=dice.choice(CLOSES),
            owner=dice.choice(owners),
            at=at,
            told_at=told,
            name=f"Deal {number}",
        )
        is_there = True
        for _ in range(dice.randrange(0, 9)):
            at += timedelta(hours=dice.randrange(0, 24 * 20))
            if at > until:
                break
            told = max(told, at + timedelta(days=dice.choice([0, 0, 0, 1, 12])))
            since = at - timedelta(days=dice.choice([0, 0, 0, 0, 0, 6]))  # a word about the past, now and then
            if not is_there:
                each, is_there = restore(each, at=at), True
            elif dice.random() < 0.08:
                each, is_there = remove(each, at=at), False
            else:
                change(each, at=since, told_at=told, **_turn(dice, owners))


def _turn(dice: random.Random, owners: list[int | None]) -> dict[str, Any]:
    return dice.choice(
        [
            {"stage": dice.choice(KEYS)},
            {"stage": dice.choice(KEYS), "amount": dice.randrange(1, 10**7)},
            {"amount": dice.choice([None, 0, dice.randrange(1, 10**7)])},
            {"close_on": dice.choice(CLOSES)},
            {"owner": dice.choice(owners)},
            {"category": dice.choice(["commit", "best_case", "pipeline", "omitted"])},
        ]
    )
